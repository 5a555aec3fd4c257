package check

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"understudy/mock"
	"understudy/mock/report"
	"understudy/specs"
)

// finder finds the operation that a recorded URL belongs to. A recording is of a server that may stand anywhere: the
// contract's paths may begin below a prefix that no document states.
type finder struct {
	contract *specs.Contract
	base     *url.URL
	// prefixes are those of the contract's servers, "" among them.
	prefixes []string
	// known are the prefixes that were found, by host.
	known map[string][]string
}

func newFinder(config HARConfig) (*finder, error) {
	f := &finder{contract: config.Contract, known: map[string][]string{}, prefixes: []string{""}}
	if config.Base != "" {
		u, err := url.Parse(config.Base)
		if err != nil || u.Host == "" {
			return nil, errors.New("the base is no URL with a host; write one such as https://example.com/api")
		}
		f.base = u
	}
	for _, op := range config.Contract.Operations {
		for _, p := range op.Prefixes {
			if !slices.Contains(f.prefixes, p) {
				f.prefixes = append(f.prefixes, p)
			}
		}
	}
	return f, nil
}

// find tries the paths that a URL may mean, the likeliest first, and gives the first that some contract knows.
func (f *finder) find(x *recorded, try func(path string) (mock.Judgement, bool)) (path string, found mock.Judgement, ok bool) {
	path = withoutSession(x.url.EscapedPath())
	if f.base != nil {
		rest, below := strings.CutPrefix(path, strings.TrimSuffix(f.base.EscapedPath(), "/"))
		if !below || rest != "" && rest[0] != '/' || !strings.EqualFold(f.base.Host, x.url.Host) {
			return path, found, false
		}
		for _, prefix := range f.prefixes {
			if found, ok = try(prefix + rest); ok && found.Refusal != unknownPath {
				return path, found, true
			}
		}
		return path, found, false
	}
	if found, ok = try(path); ok && found.Refusal != unknownPath {
		return path, found, true
	}
	for i := 1; i < len(path); i++ {
		if path[i] != '/' {
			continue
		}
		stripped := path[:i]
		for _, prefix := range f.prefixes {
			found, ok = try(prefix + path[i:])
			if !ok || found.Refusal == unknownPath || found.Operation == "" || !f.plausible(found.Operation) {
				continue
			}
			if list := f.known[x.url.Host]; !slices.Contains(list, stripped) {
				if len(list) >= maxPrefixes {
					continue
				}
				f.known[x.url.Host] = append(list, stripped)
			}
			return path, found, true
		}
	}
	return path, mock.Judgement{}, false
}

// unknownPath is the refusal of a path that no contract has.
const unknownPath = "unknown-path"

// maxPrefixes bounds the prefixes that are taken for the contract's at one host.
const maxPrefixes = 3

// plausible says whether the path of an operation says anything: one of parameters alone fits everything.
func (f *finder) plausible(id string) bool {
	op, ok := f.contract.Operation(id)
	if !ok {
		return false
	}
	path := op.Path
	if op.Wire.Route != nil {
		path = op.Wire.Route.Path
	}
	for _, part := range strings.Split(path, "/") {
		if part != "" && !strings.HasPrefix(part, "{") {
			return true
		}
	}
	return false
}

// withoutSession takes the simulator's mark of a session from a path.
func withoutSession(path string) string {
	if rest, ok := strings.CutPrefix(path, "/~"); ok {
		_, after, _ := strings.Cut(rest, "/")
		return "/" + after
	}
	if path == "" {
		return "/"
	}
	return path
}

// notes say where the contract's paths were found.
func (f *finder) notes() []string {
	var list []string
	for host, prefixes := range f.known {
		for _, p := range prefixes {
			list = append(list, fmt.Sprintf("At %s the contract's paths were taken to begin below %s.", host, clipped(p)))
		}
	}
	slices.Sort(list)
	return list
}

// kinds are findings, each kind a check of its own that counts how often it was found.
type kinds struct {
	index  map[string]int
	checks []report.Check
}

// mostKinds bounds the kinds of findings of one side of one operation.
const mostKinds = 200

// add enters the findings of one recorded call.
func (k *kinds) add(side string, number int, list []report.Finding) {
	for _, f := range list {
		f.Pointer = report.AnyItem(f.Pointer)
		f.Message = f.Sentence() + fmt.Sprintf(" (first in entry %d)", number)
		k.enter(kindName(side, &f), 1, f)
	}
}

func (k *kinds) enter(name string, count int, f report.Finding) {
	i, known := k.index[name]
	if !known {
		if len(k.checks) >= mostKinds {
			return
		}
		if k.index == nil {
			k.index = map[string]int{}
		}
		i = len(k.checks)
		k.index[name] = i
		k.checks = append(k.checks, report.Check{Name: name, Failed: true, Findings: []report.Finding{f}})
	}
	k.checks[i].Count += count
}

func (k *kinds) merge(other kinds) {
	for _, c := range other.checks {
		k.enter(c.Name, c.Count, c.Findings[0])
	}
}

// kindName is the name of the check that a kind of finding is.
func kindName(side string, f *report.Finding) string {
	var parts []string
	for _, one := range []string{side + ":", f.Rule, f.In, f.Pointer, f.Keyword} {
		if one != "" {
			parts = append(parts, one)
		}
	}
	return strings.Join(parts, " ")
}
