package explain

import (
	"net/http"
	"net/url"
	"strings"

	"understudy/mock/internal/wire"
)

// The kinds of text that a message was read from.
const (
	sourceURL    = "url"
	sourceHTTP   = "http"
	sourceCurl   = "curl"
	sourceHAR    = "har"
	sourceMap    = "map"
	sourceForm   = "form"
	sourceJSON   = "json"
	sourceCipher = "ciphertext"
	sourceText   = "exception"
)

// message is one call, or a part of one, as it was found in the input.
type message struct {
	source string
	place  string // which one of several, "" for the only one
	// certain says that this is a call and nothing that only looks like one.
	certain bool

	method string // "" when unknown
	// path and query are escaped, as they travelled.
	path, query string
	hasPath     bool
	header      http.Header // nil when unknown
	body        []byte
	hasBody     bool
	// params are parameters whose places are unknown, with every way to read them; the first is the likeliest.
	params []wire.Pairs
	// status and reply are the answer, where the input has it.
	status int
	reply  []byte
	// masked says that configured credentials were replaced by *** before the call was written down.
	masked bool
	// notes are diagnosis ids about the reading itself.
	notes []string
}

// setURL takes an absolute or relative URL apart. It is lenient: what a log holds was often decoded.
func (m *message) setURL(raw string) {
	raw, _, _ = strings.Cut(raw, "#")
	if _, rest, ok := strings.Cut(raw, "://"); ok {
		i := strings.IndexAny(rest, "/?")
		if i < 0 {
			raw = "/"
		} else {
			raw = rest[i:]
		}
	}
	m.path, m.query, _ = strings.Cut(raw, "?")
	if m.path == "" {
		m.path = "/"
	}
	m.hasPath = true
}

// contentType is the media type of the body in lower case, without parameters; "" when it is unknown.
func (m *message) contentType() string {
	base, _, _ := strings.Cut(m.header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(base))
}

func (m *message) setBody(body string) {
	m.body, m.hasBody = []byte(body), true
}

const formMediaType = "application/x-www-form-urlencoded"

// setHeader adds a field and makes the header known.
func (m *message) setHeader(name, value string) {
	if m.header == nil {
		m.header = http.Header{}
	}
	m.header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
}

// readings are the ways to read the parameters of form text out of a log: as it travels, and, where nothing in it is
// escaped, as it stands.
func readings(text, in string) []wire.Pairs {
	var list []wire.Pairs
	parse := wire.ParseForm
	if in == wire.InQuery {
		parse = func(b []byte) (wire.Pairs, error) { return wire.ParseQuery(string(b)) }
	}
	if pairs, err := parse([]byte(text)); err == nil && len(pairs) > 0 {
		list = append(list, pairs)
	}
	if strings.ContainsRune(text, '%') && len(list) > 0 {
		return list
	}
	var bare wire.Pairs
	for part := range strings.SplitSeq(text, "&") {
		if name, v, _ := strings.Cut(part, "="); name != "" {
			bare = append(bare, wire.Pair{Name: name, Value: v, In: in})
		}
	}
	if len(bare) > 0 && len(bare) <= 1000 {
		list = append(list, bare)
	}
	return list
}

// unescaped undoes percent-encoding where there is any and it is sound.
func unescaped(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}
