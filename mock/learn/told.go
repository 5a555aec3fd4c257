package learn

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"understudy/mock/internal/wire"
	"understudy/scenarios"
	"understudy/specs"
)

// told is one exchange of a recording, as it is looked at.
type told struct {
	source    string
	heard     *scenarios.Exchange
	operation string
	// homeless says that the operation has the path alone: it was called by another method.
	homeless bool
	callback *callback
	// askedKey and repliedKey are the same for requests and replies of which the same can be said.
	askedKey, repliedKey string

	value   any
	decoded bool
}

// where names the exchange's call.
func (t *told) where() string {
	if t.callback != nil {
		return t.heard.Callback
	}
	return t.operation
}

// newTold finds what an exchange belongs to; false where the contract has nothing like it.
func newTold(c *specs.Contract, source string, x *scenarios.Exchange) (*told, bool) {
	t := &told{source: source, heard: x, operation: x.Operation}
	known := t.find(c)
	t.setKeys()
	return t, known
}

// find looks for the operation or the callback in the contract.
func (t *told) find(c *specs.Contract) bool {
	x := t.heard
	if x.Callback != "" {
		cb, ok := callbackOf(c, x.Callback)
		t.callback = cb
		return ok
	}
	if _, ok := c.Operation(x.Operation); ok {
		return true
	}
	for _, op := range c.Operations {
		if x.Operation == "" && op.Wire.Route == nil && op.Method != x.Request.Method && fitsPath(op, x.Request.Path) {
			t.operation, t.homeless = op.ID, true
			return true
		}
	}
	return false
}

// setKeys tells the sides of exchanges apart by what they are held to the contract for. A reply is held to what was asked
// for by parameters as well.
func (t *told) setKeys() {
	q, r := t.heard.Request, t.heard.Response
	q.Wire.Bytes, r.Wire.Bytes = 0, 0
	call := fmt.Sprintf("%q %q %t", t.operation, t.heard.Callback, t.homeless)
	asked, replied := sha256.New(), sha256.New()
	fmt.Fprintf(asked, "%s\n%q %q %q %q %q %q", call, q.Method, q.Path, q.Parameters, q.MediaType, q.Body, fmt.Sprint(q.Wire))
	fmt.Fprintf(replied, "%s\n%d %q %q %q %q %q", call, r.Status, r.Header, r.MediaType, r.Body, fmt.Sprint(r.Wire), r.Broken)
	fmt.Fprintf(replied, " %q", q.Parameters)
	if base(q.MediaType) == formType {
		fmt.Fprintf(replied, " %q", q.Body)
	}
	t.askedKey, t.repliedKey = string(asked.Sum(nil)), string(replied.Sum(nil))
}

// fitsPath says whether an escaped path is that of an operation.
func fitsPath(op *specs.Operation, path string) bool {
	own := strings.Split(op.Path, "/")
	for _, prefix := range append([]string{""}, op.Prefixes...) {
		below, ok := strings.CutPrefix(path, prefix)
		steps := strings.Split(below, "/")
		if !ok || len(steps) != len(own) {
			continue
		}
		fits := true
		for i := range own {
			fits = fits && (own[i] == steps[i] || strings.HasPrefix(own[i], "{") && steps[i] != "")
		}
		if fits {
			return true
		}
	}
	return false
}

// requestValue is the body of the request, decoded; nil where there is none that is JSON.
func (t *told) requestValue() any {
	if t.decoded {
		return t.value
	}
	t.decoded = true
	r := &t.heard.Request
	if base(r.MediaType) == formType {
		if fields, err := url.ParseQuery(string(r.Body)); err == nil && len(fields) > 0 {
			record := map[string]any{}
			for name, list := range fields {
				record[name] = list[0]
			}
			t.value = record
		}
		return t.value
	}
	if v, failed := wire.DecodeJSON(r.Body, wire.JSONOptions{DuplicateNames: true}); failed == nil {
		t.value = v
	}
	return t.value
}

const formType = "application/x-www-form-urlencoded"

// parameter is one of the request, in whatever place, and whether it is there.
func (t *told) parameter(name string) (string, bool) {
	if name == "" {
		return "", false
	}
	for _, p := range t.heard.Request.Parameters {
		if p.Name == name {
			return p.Value, true
		}
	}
	if base(t.heard.Request.MediaType) == formType {
		if fields, err := url.ParseQuery(string(t.heard.Request.Body)); err == nil && fields.Has(name) {
			return fields.Get(name), true
		}
	}
	return "", false
}

func encoded(pairs wire.Pairs) string {
	var list []string
	for _, p := range pairs {
		list = append(list, url.QueryEscape(p.Name)+"="+url.QueryEscape(p.Value))
	}
	return strings.Join(list, "&")
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func itoa(n int) string { return strconv.Itoa(n) }
