package play

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"understudy/mock"
	"understudy/mock/internal/schema"
	"understudy/mock/mask"
	"understudy/scenarios"
)

// answer is a recorded reply as a session gets it.
func (p *Player) answer(s *session, st *step, asked *mock.Asked) (*scenarios.Response, error) {
	recorded := &st.exchange.Response
	out := *recorded
	var issue func(string) (string, error)
	if asked.IssueToken != nil && recorded.Outcome == scenarios.OutcomeOK {
		issued := map[string]string{} // one that stands in the reply twice is issued once
		issue = func(recorded string) (string, error) {
			if token, ok := issued[recorded]; ok {
				return token, nil
			}
			token, err := asked.IssueToken()
			issued[recorded] = token
			return token, err
		}
	}
	list := s.bound.replacements()
	var body []byte
	at := 0
	for _, one := range st.reply.sites {
		text, err := s.written(one, list, issue)
		if err != nil {
			return nil, err
		}
		if text == nil {
			continue
		}
		body = append(append(body, recorded.Body[at:one.from]...), text...)
		at = one.to
	}
	if at > 0 {
		out.Body = append(body, recorded.Body[at:]...)
	} else {
		out.Body = slices.Clone(recorded.Body)
	}
	out.Header = slices.Clone(recorded.Header)
	for i := range out.Header {
		h := &out.Header[i]
		switch moved, ok := move(h.Value, false, st.reply.header[i], false, s.days); {
		case ok:
			h.Value = moved
		case strings.EqualFold(h.Name, "Location"):
			h.Value = within(h.Value, append(slices.Clone(list), escaped(list)...))
		case !strings.EqualFold(h.Name, "Content-Type"):
			h.Value = within(h.Value, list)
		}
	}
	return &out, nil
}

// escaped are replacements as they stand in a URL, without those that need no escape.
func escaped(list []replacement) []replacement {
	var out []replacement
	for _, one := range list {
		for _, escape := range []func(string) string{url.PathEscape, url.QueryEscape} {
			if written := escape(one.recorded); written != one.recorded {
				out = append(out, replacement{written, escape(one.real)})
			}
		}
	}
	return out
}

// written is the text that takes the place of a site's; nil leaves it as it is.
func (s *session) written(one site, list []replacement, issue func(recorded string) (string, error)) ([]byte, error) {
	if one.in == inText {
		if text := within(one.text, list); text != one.text {
			return []byte(text), nil
		}
		return nil, nil
	}
	if real, ok := s.bound.whole(one.kind, one.text); ok && one.kind != "" {
		return one.write(real, one.number && isNumber(real)), nil
	}
	if !one.number && one.kind != "secret" {
		if issue != nil && (one.kind == "token" || mask.StandIn(one.text)) {
			token, err := issue(one.text)
			if err != nil {
				return nil, err
			}
			s.tokens[one.text] = token
			return one.write(token, false), nil
		}
		if token, ok := s.tokens[one.text]; ok {
			return one.write(token, false), nil
		}
	}
	if one.kind == "" || one.kind == schema.Undescribed {
		if text, ok := move(one.text, one.number, one.format, one.now, s.days); ok {
			return one.write(text, one.number), nil
		}
	}
	if one.number {
		return nil, nil
	}
	if text := within(one.text, list); text != one.text {
		return one.write(text, false), nil
	}
	return nil, nil
}

// write is a text in a site's notation; nil where it is what stands there already.
func (one site) write(text string, number bool) []byte {
	switch {
	case text == one.text && number == one.number:
		return nil
	case one.in == inXML:
		var out bytes.Buffer
		_ = xml.EscapeText(&out, []byte(text)) // a buffer takes everything
		return out.Bytes()
	case number:
		return []byte(text)
	}
	quoted, err := jsontext.AppendQuote(nil, text)
	if err != nil { // it is not UTF-8
		quoted, _ = json.Marshal(text)
	}
	return quoted
}

// httpDate is the format of a header that holds a time or a number of seconds (RFC 9110, section 10.2.3).
const httpDate = "http-date"
