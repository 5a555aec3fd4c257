package explain

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

var (
	requestLine  = regexp.MustCompile(`(?m)^(?:> ?)?(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) +(\S+) +HTTP/\d(?:\.\d)?[ \t]*$`)
	statusLine   = regexp.MustCompile(`^(?:< ?)?HTTP/\d(?:\.\d)? (\d{3})`)
	fieldLine    = regexp.MustCompile("^(?:[<>] ?)?([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)$")
	marginalLine = regexp.MustCompile(`^(?:\* |[{}] \[\d+ bytes data\])`) // what curl -v says of itself
)

// readHTTP reads raw requests, each with the answer behind it where there is one, as Wireshark, curl -v and logs have
// them.
func readHTTP(text string) []message {
	starts := requestLine.FindAllStringSubmatchIndex(text, -1)
	var list []message
	for i, at := range starts {
		end := len(text)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		m := message{source: sourceHTTP, method: text[at[2]:at[3]], certain: true}
		m.setURL(text[at[4]:at[5]])
		m.header = http.Header{} // known, be it empty
		m.readRest(text[at[1]:end])
		if len(starts) > 1 {
			m.place = "line " + strconv.Itoa(1+strings.Count(text[:at[0]], "\n"))
		}
		list = append(list, m)
	}
	return list
}

// readRest reads header, body and answer.
func (m *message) readRest(text string) {
	const inHeader, inBody, inReplyHeader, inReply = 0, 1, 2, 3
	at := inHeader
	var body, reply []string
	for line := range strings.SplitSeq(strings.TrimPrefix(text, "\n"), "\n") {
		if found := statusLine.FindStringSubmatch(line); found != nil {
			at = inReplyHeader
			m.status, _ = strconv.Atoi(found[1])
			continue
		}
		bare := strings.TrimRight(strings.TrimLeft(line, "<> "), " \t")
		switch at {
		case inHeader:
			if found := fieldLine.FindStringSubmatch(line); found != nil {
				m.setHeader(found[1], found[2])
			} else if bare == "" {
				at = inBody
			}
		case inReplyHeader:
			if bare == "" {
				at = inReply
			}
		case inBody:
			if !marginalLine.MatchString(line) {
				body = append(body, line)
			}
		case inReply:
			reply = append(reply, line)
		}
	}
	if text := strings.TrimRight(strings.Join(body, "\n"), "\n"); text != "" {
		m.setBody(text)
	}
	m.reply = []byte(strings.TrimSpace(strings.Join(reply, "\n")))
}
