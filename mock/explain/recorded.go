package explain

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"understudy/mock/internal/wire"
	"understudy/specs"
)

var (
	// callLine begins what understudy call tells of a request, answerLine what it tells of the answer.
	callLine   = regexp.MustCompile(`^> (GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (https?://\S+)$`)
	answerLine = regexp.MustCompile(`^< (\d{3})\b.* in [\d.]+`)
	// toldPart is what it calls the parts of a request, in lower case, which no header's name begins with there.
	toldPart = regexp.MustCompile(`^[<>] (wire|body|plain|signed): ?(.*)$`)
	cutShort = regexp.MustCompile(`… \(\d+ bytes\)$`)
)

// unmask puts what understudy call has masked back where a call has its credentials: those that are configured here.
func (e *Explainer) unmask(op *operation, m *message) {
	if !m.masked {
		return
	}
	put := func(in, name, credential string) {
		switch {
		case credential == "":
		case in == specs.PlaceHeader && strings.HasSuffix(m.header.Get(name), masked):
			kept := strings.TrimSuffix(m.header.Get(name), masked)
			m.header.Set(name, kept+credential)
		case in == specs.PlaceQuery || in == specs.PlaceParameter:
			m.query = strings.Replace("&"+m.query, "&"+url.QueryEscape(name)+"="+masked, "&"+url.QueryEscape(name)+"="+url.QueryEscape(credential), 1)[1:]
		case in == specs.PlaceForm:
			m.body = bytes.Replace(m.body, []byte(url.QueryEscape(name)+"="+masked), []byte(url.QueryEscape(name)+"="+url.QueryEscape(credential)), 1)
		}
	}
	member := func(pointer, credential string) {
		raw, ok := wire.Member(m.body, pointer)
		text, err := json.Marshal(credential)
		if !ok || credential == "" || err != nil || string(raw) != strconv.Quote(masked) {
			return
		}
		if body, err := wire.PutMember(m.body, pointer, text); err == nil {
			m.body = body
		}
	}
	if s := op.Wire.Sign; s != nil && op.signer != nil {
		l := specs.Location(s.KeyParameter)
		put(l.Place(), l.Name(), e.credentials[s.KeySlot])
		if pointer := l.Pointer(); pointer != "" {
			member(pointer, e.credentials[s.KeySlot])
		}
	}
	if a := op.Wire.Auth; a != nil {
		for pointer, slot := range a.Fields {
			member(pointer, e.credentials[slot])
		}
	}
	for _, all := range op.Requirements {
		for _, scheme := range all {
			credential := e.credentials[scheme.Name]
			for _, token := range e.tokens[scheme.Name] {
				credential = token.Value
			}
			put(scheme.In, scheme.Key, credential)
		}
	}
}

// masked stands where a credential was.
const masked = "***"

// readCalls reads what understudy call told of its calls: > before what was sent, < before what came back.
func readCalls(text string) []message {
	var list []message
	var m *message
	part, held := "", []string(nil)
	done := func() {
		if m == nil || len(held) == 0 {
			return
		}
		text := strings.Join(held, "\n")
		switch {
		case cutShort.MatchString(text): // only its beginning is there
		case part == ">wire", part == ">body":
			m.setBody(text)
		case part == "<wire":
			m.reply = []byte(text)
		}
		held = nil
	}
	for i, line := range strings.Split(text, "\n") {
		side := line[:min(1, len(line))]
		switch found := callLine.FindStringSubmatch(line); {
		case found != nil:
			done()
			list = append(list, message{source: sourceHTTP, method: found[1], certain: true, masked: true, header: http.Header{}, place: "line " + strconv.Itoa(i+1)})
			m = &list[len(list)-1]
			m.setURL(found[2])
		case m == nil || side != ">" && side != "<":
		case strings.HasPrefix(line[1:], "   ") && held != nil:
			held = append(held, line[4:])
		case toldPart.MatchString(line):
			done()
			found := toldPart.FindStringSubmatch(line)
			part, held = side+found[1], []string{found[2]}
		case answerLine.MatchString(line):
			done()
			m.status, _ = strconv.Atoi(answerLine.FindStringSubmatch(line)[1])
		case side == ">":
			done()
			if found := fieldLine.FindStringSubmatch(line); found != nil {
				m.setHeader(found[1], found[2])
			}
		default:
			done()
		}
	}
	done()
	if len(list) == 1 {
		list[0].place = ""
	}
	return list
}
