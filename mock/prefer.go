package mock

import (
	"fmt"
	"net/http"
	"strings"

	"understudy/mock/internal/fault"
	"understudy/specs"
)

// preferred is the id under which a fault is noted that the caller itself asked for.
const preferred = "prefer"

// prefer reads the caller's wish for a row of the catalogue: Prefer: error=ID (RFC 7240). Other preferences are not ours.
func (s *Server) prefer(x *exchange) *no {
	headers := x.request.Header.Values("Prefer")
	if len(headers) == 0 {
		return nil
	}
	id, ok := preference(headers, "error")
	if !ok {
		return nil
	}
	rule := Fault{ID: preferred, Vendor: x.op.Vendor, Operation: x.op.ID, Error: id}
	if id == "" || rule.Check([]*specs.Contract{x.op.vendor.contract}) != nil {
		known := fault.Errors(x.op.vendor.contract, x.op.ID)
		return refuse(http.StatusBadRequest, "unknown-error", fmt.Sprintf("Prefer: error=%s: %s has no such row; it has %s", clip(id), x.op.ID, strings.Join(known, ", ")))
	}
	x.struck, x.preferred, x.judged = &fault.Struck{Rule: rule}, true, true
	return nil
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
