package mock

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"understudy/mock/internal/fault"
	"understudy/specs"
)

// preferred is the id under which a fault is noted that the caller itself asked for.
const preferred = "prefer"

// wish is the answer that a caller asks for.
type wish struct {
	status  int    // 0 for none
	example string // "" for none
	dynamic *bool  // nil where nothing is said
	applied string // as Preference-Applied tells it (RFC 7240, section 3)
}

// decides says whether a wish takes the place of what the operation would do.
func (w wish) decides() bool {
	return w.status != 0 || w.example != "" || w.dynamic != nil && *w.dynamic
}

// prefer reads what the caller prefers (RFC 7240): error=ID, a row of the catalogue; code=404, a status of the contract;
// example=NAME; dynamic=true, a generated value. The query has the same as __code, __example and __dynamic, where the
// contract has no such parameter; the header wins. Other preferences are not ours.
func (s *Server) prefer(x *exchange) *no {
	headers := x.request.Header["Prefer"]
	if len(headers) == 0 && !strings.Contains(x.request.URL.RawQuery, "__") {
		return nil
	}
	if id, ok := preference(headers, "error"); ok {
		return s.preferError(x, id)
	}
	var wrong string
	for _, one := range []struct {
		name string
		take func(string) bool
	}{{"code", x.wishStatus}, {"example", x.wishExample}, {"dynamic", x.wishDynamic}} {
		v, ok := preference(headers, one.name)
		if !ok {
			v, ok = x.wished("__" + one.name)
		}
		switch {
		case !ok:
		case !one.take(v):
			wrong = one.name + "=" + v
		default:
			x.wish.applied = strings.TrimPrefix(x.wish.applied+", "+one.name+"="+v, ", ")
		}
	}
	if wrong != "" {
		return refuse(http.StatusBadRequest, "unknown-preference", fmt.Sprintf("Prefer: %s: %s answers %s", clip(wrong), x.op.ID, x.op.answers()))
	}
	return nil
}

func (s *Server) preferError(x *exchange, id string) *no {
	rule := Fault{ID: preferred, Vendor: x.op.Vendor, Operation: x.op.ID, Error: id}
	if id == "" || rule.Check([]*specs.Contract{x.op.vendor.contract}) != nil {
		known := fault.Errors(x.op.vendor.contract, x.op.ID)
		return refuse(http.StatusBadRequest, "unknown-error", fmt.Sprintf("Prefer: error=%s: %s has no such row; it has %s", clip(id), x.op.ID, strings.Join(known, ", ")))
	}
	x.struck, x.preferred, x.judged = &fault.Struck{Rule: rule}, true, true
	return nil
}

// wished reads a preference from the query.
func (x *exchange) wished(name string) (string, bool) {
	for _, p := range x.op.parameters {
		if p.Name == name && p.In == "query" {
			return "", false
		}
	}
	v, count := x.query.Get(name)
	return v, count > 0
}

func (x *exchange) wishStatus(v string) bool {
	status, err := strconv.Atoi(v)
	if err != nil {
		status = x.op.statusOf(v)
	}
	if status < 200 || status > 599 {
		return false
	}
	_, ok := x.op.reply(status)
	x.wish.status = status
	return ok
}

// statusOf is a status that a range such as 4XX, or default, stands for in the contract: the first of the range, or the
// first from 500 on, that has no response of its own; 0 where the contract has no such key.
func (op *compiled) statusOf(key string) int {
	first := http.StatusInternalServerError
	if len(key) == 3 && strings.EqualFold(key[1:], "XX") {
		key, first = strings.ToUpper(key), 100*int(key[0]-'0')
	}
	for status := first; status < first+100; status++ {
		if r, ok := op.reply(status); ok && r.Status == key {
			return status
		}
	}
	return 0
}

// wishExample looks for the example in the reply that is asked for, else in the success, else wherever it is.
func (x *exchange) wishExample(v string) bool {
	to := x.op.usual
	if x.wish.status != 0 {
		to, _ = x.op.reply(x.wish.status)
	}
	x.wish.example = v
	if to.named(v) != nil || x.wish.status != 0 {
		return to.named(v) != nil
	}
	for _, r := range x.op.replies {
		if r.status != 0 && r.named(v) != nil {
			x.wish.status = r.status
			return true
		}
	}
	return false
}

func (x *exchange) wishDynamic(v string) bool {
	dynamic := v != "false"
	x.wish.dynamic = &dynamic
	return v == "true" || v == "false" || v == ""
}

// answers lists what may be preferred: code=200 (example=cat, example=dog), code=404.
func (op *compiled) answers() string {
	var list []string
	for _, r := range op.replies {
		one := "code=" + r.Status
		var names []string
		for _, b := range r.bodies {
			for _, e := range b.examples {
				if e.name != "" && !slices.Contains(names, "example="+e.name) {
					names = append(names, "example="+e.name)
				}
			}
		}
		if names != nil {
			one += " (" + strings.Join(names, ", ") + ")"
		}
		list = append(list, one)
	}
	return strings.Join(append(list, "dynamic=true"), ", ")
}

// preference finds the value of a preference; of several the first one counts (RFC 7240, section 2). Names have no case,
// values may be quoted, and what follows a semicolon are parameters of the preference before it.
func preference(headers []string, name string) (v string, ok bool) {
	for _, header := range headers {
		for rest := header; rest != ""; {
			var one string
			one, rest = cutOutsideQuotes(rest, ',')
			one, _ = cutOutsideQuotes(one, ';')
			key, value, _ := strings.Cut(one, "=")
			if strings.EqualFold(strings.TrimSpace(key), name) {
				return unquoted(strings.TrimSpace(value)), true
			}
		}
	}
	return "", false
}

// cutOutsideQuotes cuts at the first separator that stands in no quoted string (RFC 9110, section 5.6.4).
func cutOutsideQuotes(s string, separator byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++ // what is escaped ends nothing
		case s[i] == '"':
			quoted = !quoted
		case s[i] == separator && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// unquoted is what a quoted string says; a token stands for itself.
func unquoted(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	var b strings.Builder
	for i := 1; i < len(s)-1; i++ {
		if s[i] == '\\' && i+1 < len(s)-1 {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
