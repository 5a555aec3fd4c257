package explain

import (
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"understudy/mock/internal/wire"
)

// anchors are what a call in a log may begin with: an address, a method with a path, an object, a map of Go, a parameter,
// a long run of ciphertext.
var anchors = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("(?P<url>https?://[^\\s\"'<>`，。；、）】]+)" +
		`|(?:^|[\s"'\[(])(?P<method>GET|POST|PUT|PATCH|DELETE)[\s"',:=\])]+(?P<path>/[^\s"'<>]*)` +
		`|(?P<path2>/[\w.\-~/]*[\w]\?[\w.\-]+=[^\s"'<>]*)` +
		`|(?P<object>\{)|(?P<list>\[)|(?P<map>map\[)` +
		`|(?:^|[\s"'(:,?\[])(?P<pair>[A-Za-z_][\w.\-]*)=` +
		`|(?P<run>[A-Za-z0-9+/_\-=%]{24,})`)
})

// maxScanned bounds the work of looking for ends of objects, in bytes.
const maxScanned = 8 << 20

// scan finds calls and parts of calls in free text, such as a log. An address takes what follows it as its body, if that
// is one.
func (e *Explainer) scan(text string, depth int) []message {
	var list []message
	work := maxScanned
	addressAt := -1 // index of the message that still may get a body
	for pos := 0; pos < len(text) && len(list) <= maxReports; {
		at := anchors().FindStringSubmatchIndex(text[pos:])
		if at == nil {
			break
		}
		part := func(name string) (string, int) {
			i := 2 * anchors().SubexpIndex(name)
			if at[i] < 0 {
				return "", -1
			}
			return text[pos+at[i] : pos+at[i+1]], pos + at[i]
		}
		next := pos + at[1]
		if address, from := part("url"); from >= 0 {
			list, addressAt = e.address(list, "", address, text[:from])
		} else if path, from := part("path"); from >= 0 {
			method, _ := part("method")
			list, addressAt = e.address(list, method, path, text[:from])
		} else if path, from := part("path2"); from >= 0 {
			list, addressAt = e.address(list, "", path, text[:from])
		} else if m, length, ok := e.piece(text, pos, at, &work, depth); length > 0 {
			next = pos + at[0] + length
			if ok {
				list, addressAt = attach(list, m, addressAt)
			}
		}
		pos = max(next, pos+1)
	}
	return numbered(list)
}

// address starts a message, unless its path means nothing to the vendor. A method may stand right before the address.
func (e *Explainer) address(list []message, method, address, before string) ([]message, int) {
	m := message{source: sourceURL, method: method}
	m.setURL(strings.TrimRight(address, ".,;:)]}"))
	if m.method == "" {
		m.method = methodBefore(before)
	}
	found, _ := e.byPath(&m)
	if len(found) == 0 && !e.declaresOne(m.query) {
		return list, -1
	}
	m.certain = len(found) > 0
	return append(list, m), len(list)
}

var lastMethod = regexp.MustCompile(`\b(GET|POST|PUT|PATCH|DELETE)[\s"',:=\])]{1,4}$`)

func methodBefore(text string) string {
	if found := lastMethod.FindStringSubmatch(text[max(0, len(text)-24):]); found != nil {
		return found[1]
	}
	return ""
}

// attach gives a piece to the address before it as its body, or lets it stand alone.
func attach(list []message, m message, addressAt int) ([]message, int) {
	if addressAt < 0 {
		return append(list, m), -1
	}
	to := &list[addressAt]
	switch {
	case m.source == sourceMap:
		// What was logged as a map travelled in the query, or as the body.
		if to.query != "" {
			pairs, _ := wire.ParseQuery(to.query)
			m.params[0] = append(pairs, m.params[0]...)
		}
		to.params = m.params
	case m.source == sourceForm:
		to.setBody(string(m.body))
	default:
		to.body, to.hasBody = m.body, m.hasBody
		if len(m.params) > 0 {
			to.params = m.params
		}
	}
	return list, -1
}

// piece reads what begins at an anchor that is no address, and returns how long it is. It is not ok when it is nothing to
// explain.
func (e *Explainer) piece(text string, pos int, at []int, work *int, depth int) (m message, length int, ok bool) {
	group := func(name string) int { return at[2*anchors().SubexpIndex(name)] }
	from := pos + at[0]
	switch {
	case group("object") >= 0 || group("list") >= 0:
		return e.object(text[from:], work, depth)
	case group("map") >= 0:
		end := balanced(text[from:], work)
		if end == 0 {
			return m, len("map["), false
		}
		m, ok := readMap(text[from : from+end])
		return m, end, ok
	case group("pair") >= 0:
		return e.formPiece(text, from, pos+group("pair"), pos+at[1])
	}
	run := text[from : pos+at[1]]
	if name, v, ok := strings.Cut(run, "="); ok && len(v) >= 16 && javaName.MatchString(name+"=") {
		from += len(name) + 1
		run = v
	}
	skipped := from - pos - at[0]
	if !e.hasCipher() || !looksRandom(run) || !looksSealed(run) {
		return m, skipped + len(run), false
	}
	// What is left of a ciphertext whose plus signs became spaces, or that was broken into lines, goes on behind it.
	for {
		more := continuedRun.FindString(text[from+len(run):])
		if more == "" {
			break
		}
		run += more
		run = text[from : from+len(run)]
	}
	return message{source: sourceCipher, body: []byte(run), hasBody: true}, skipped + len(run), true
}

var continuedRun = regexp.MustCompile(`^[ \n]{1,2}(?:[A-Za-z0-9+/]*[0-9+/][A-Za-z0-9+/]*[A-Z][A-Za-z0-9+/]*|[A-Za-z0-9+/]*[A-Z][A-Za-z0-9+/]*[0-9+/][A-Za-z0-9+/]*)=*`)

func (e *Explainer) hasCipher() bool {
	for _, op := range e.operations {
		if op.cipher != nil {
			return true
		}
	}
	return false
}

// object reads a JSON object or list, escaped or not, a Map of Java or a dict of Python.
func (e *Explainer) object(text string, work *int, depth int) (message, int, bool) {
	none := message{}
	if n := len(text) - len(strings.TrimLeft(text, text[:1])); text[0] == '{' && n > 1 || n > 64 || *work <= 0 {
		return none, n, false // no text has that many brackets in a row
	}
	dec := json.NewDecoder(strings.NewReader(text[:min(len(text), *work)]))
	var raw json.RawMessage
	err := dec.Decode(&raw)
	read := dec.InputOffset()
	if wrong := (*json.SyntaxError)(nil); errors.As(err, &wrong) {
		read = wrong.Offset
	} else if err != nil {
		read = int64(len(text)) // it does not end
	}
	*work -= int(read) + 64
	if err == nil {
		length := int(dec.InputOffset())
		inner := string(raw)
		if inner[0] == '[' && !strings.ContainsAny(inner, "{") && len(inner) < 64 || inner == "{}" {
			return none, length, false // [1], [main]
		}
		list := e.readJSON(inner, depth-1)
		if depth <= 1 || len(list) == 0 {
			return none, length, false
		}
		return list[0], length, list[0].certain || len(list) == 1
	}
	if text[0] == '[' {
		return none, 1, false
	}
	end := balanced(text, work)
	if end == 0 {
		return none, 1, false
	}
	if strings.HasPrefix(text, `{\"`) {
		var inner string
		if json.Unmarshal([]byte(`"`+text[:end]+`"`), &inner) == nil && json.Valid([]byte(inner)) {
			if list := e.readJSON(inner, depth-1); len(list) > 0 {
				return list[0], end, true
			}
		}
		return none, end, false
	}
	m, ok := readMap(text[:end])
	if !ok {
		return none, 1, false
	}
	return m, end, true
}

// balanced returns how long the bracketed text at the beginning is; 0 when it does not end, or not within the work left.
func balanced(text string, work *int) int {
	depth := 0
	for i := 0; i < len(text) && *work > 0; i++ {
		*work--
		switch text[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// numbered tells several messages apart.
func numbered(list []message) []message {
	if len(list) > 1 {
		for i := range list {
			if list[i].place == "" {
				list[i].place = strconv.Itoa(i + 1)
			}
		}
	}
	return list
}
