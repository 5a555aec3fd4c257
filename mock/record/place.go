package record

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"understudy/mock"
	"understudy/specs"
)

// unknownPath is the refusal of a path that no contract has.
const unknownPath = "unknown-path"

// maxPrefixes bounds the prefixes that are taken for the contract's at one host.
const maxPrefixes = 3

// places find the contract's path in a URL: a server may stand anywhere, and the contract's paths begin below a prefix that no
// document states.
type places struct {
	contract *specs.Contract
	prefixes []string // those of the contract's servers, "" among them

	mu    sync.Mutex
	known map[string][]string // the prefixes that were found, by host
}

func newPlaces(c *specs.Contract) *places {
	p := &places{contract: c, prefixes: []string{""}, known: map[string][]string{}}
	for _, op := range c.Operations {
		for _, one := range op.Prefixes {
			if !slices.Contains(p.prefixes, one) {
				p.prefixes = append(p.prefixes, one)
			}
		}
	}
	return p
}

// find tries the paths that a URL may mean, the likeliest first, and gives the first that the contract knows; else the path as
// it stands, and what was found there.
func (p *places) find(u *url.URL, try func(path string) *mock.Opened) (path string, found *mock.Opened) {
	path, _ = cutSession(u.EscapedPath())
	if found = try(path); found == nil || found.Refusal != unknownPath {
		return path, found
	}
	for i := 1; i < len(path); i++ {
		if path[i] != '/' {
			continue
		}
		for _, prefix := range p.prefixes {
			inner := try(prefix + path[i:])
			if inner != nil && inner.Operation != "" && p.plausible(inner.Operation) && p.note(u.Host, path[:i]) {
				return prefix + path[i:], inner
			}
		}
	}
	return path, found
}

// note takes a prefix for the contract's; false where too many are already.
func (p *places) note(host, prefix string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.known[host]
	if !slices.Contains(list, prefix) {
		if len(list) >= maxPrefixes {
			return false
		}
		p.known[host] = append(list, prefix)
	}
	return true
}

// plausible says whether the path of an operation says anything: one of parameters alone fits everything.
func (p *places) plausible(id string) bool {
	op, ok := p.contract.Operation(id)
	if !ok {
		return false
	}
	path := op.Path
	if op.Wire.Route != nil {
		path = op.Wire.Route.Path
	}
	return slices.ContainsFunc(strings.Split(path, "/"), func(part string) bool { return part != "" && !strings.HasPrefix(part, "{") })
}

// cutSession takes the simulator's mark of a session from a path.
func cutSession(path string) (rest, session string) {
	for _, mark := range []string{"/~", "/%7E", "/%7e"} {
		if inner, ok := strings.CutPrefix(path, mark); ok {
			name, after, _ := strings.Cut(inner, "/")
			return "/" + after, name
		}
	}
	if path == "" {
		path = "/"
	}
	return path, ""
}

// headerSession names the simulator's session in which a call is made.
const headerSession = "Understudy-Session"

// sessionOf is the simulator's session that a request names.
func sessionOf(h *Heard) string {
	if _, name := cutSession(h.URL.EscapedPath()); name != "" {
		return name
	}
	return h.Header.Get(headerSession)
}

// ownHeader says whether a header speaks to or of the simulator.
func ownHeader(name string) bool {
	name = http.CanonicalHeaderKey(name)
	return strings.HasPrefix(name, "Understudy-") || name == "Prefer" || name == "Preference-Applied"
}
