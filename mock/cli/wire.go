package cli

import (
	"fmt"
	"slices"
	"strings"

	"understudy/mock"
	"understudy/specs"
)

// wireOf says in one line what of a contract's wire cannot be written by hand; "" when all of it can.
func wireOf(c *specs.Contract) string {
	var order []string
	by := map[string][]string{}
	for _, op := range c.Operations {
		text := describe(op)
		if text == "" {
			continue
		}
		if by[text] == nil {
			order = append(order, text)
		}
		by[text] = append(by[text], op.ID)
	}
	for i, text := range order {
		if len(by[text]) < len(c.Operations) {
			order[i] = strings.Join(by[text], ", ") + ": " + text
		}
	}
	if issuer := issuerOf(c); issuer != "" {
		order = append(order, issuer)
	}
	return strings.Join(order, "; ")
}

func describe(op *specs.Operation) string {
	var parts []string
	if s := op.Wire.Seal; s != nil {
		what := "bodies are"
		if s.Part != "body" {
			what = strings.TrimPrefix(s.Part, "/") + " is"
		}
		if s.ReplyPart != "" && s.ReplyPart != s.Part && len(s.Directions) > 1 {
			what = strings.TrimPrefix(s.Part, "/") + " (of replies " + strings.TrimPrefix(s.ReplyPart, "/") + ") is"
		}
		ways := "the request"
		if len(s.Directions) > 1 {
			ways = "both ways"
		} else if slices.Contains(s.Directions, "response") {
			ways = "the reply"
		}
		cipher := strings.ToUpper(s.Cipher) + "/" + strings.ToUpper(s.Mode)
		if s.Padding != "" { // gcm has none
			cipher += "/" + s.Padding
		}
		parts = append(parts, fmt.Sprintf("%s sealed (%s, %s, key %s), %s", what, cipher, s.Encoding, s.Key.Slot, ways))
	}
	switch s := op.Wire.Sign; {
	case s == nil:
	case s.Scheme == specs.SchemeComposed:
		within := ""
		if s.TimeParameter != "" && s.Within > 0 {
			within = ", time within " + brief(s.Within.String())
		}
		parts = append(parts, fmt.Sprintf("calls are signed in %s (%s, secret %s%s)", locationWords(s.Parameter, english), strings.Join(s.Digests, ", "), s.Secret, within))
	default:
		parts = append(parts, fmt.Sprintf("parameters are signed (%s, secret %s, time within %s)", strings.Join(s.Digests, ", "), s.Secret, brief(s.Within.String())))
	}
	if r := op.Wire.Route; r != nil {
		parts = append(parts, fmt.Sprintf("the parameter %s names the operation", r.Parameter))
	}
	return strings.Join(parts, ", ")
}

// brief writes 10m0s as 10m.
func brief(duration string) string {
	if whole, ok := strings.CutSuffix(duration, "m0s"); ok {
		return whole + "m"
	}
	return duration
}

// issuerOf says where an issued token travels.
func issuerOf(c *specs.Contract) string {
	for _, op := range c.Operations {
		if a := op.Wire.Auth; a != nil && a.Token == "jwt" && op.Security != nil {
			return fmt.Sprintf("an issued token travels in the %s %s", op.Security.In, op.Security.Key)
		}
	}
	return ""
}

// methodsOf are the HTTP methods that an operation takes.
func methodsOf(op *specs.Operation) string {
	if r := op.Wire.Route; r != nil {
		return strings.Join(r.Methods, ", ")
	}
	return op.Method
}

// pathOf is what stands behind a base URL (see [basesOf]) to call an operation.
func pathOf(op *specs.Operation) string {
	if r := op.Wire.Route; r != nil {
		return fmt.Sprintf("?%s=%s", r.Parameter, op.Path[strings.LastIndexByte(op.Path, '/')+1:])
	}
	return op.Path
}

// basesOf are the paths below which a contract is served, the one that a client is most likely to use first; for a
// gateway it is the one real path. There is at least one, if only the root.
func basesOf(c *specs.Contract) []string {
	var bases []string
	for _, op := range c.Operations {
		for _, prefix := range op.Prefixes {
			if r := op.Wire.Route; r != nil {
				prefix += r.Path
			}
			if !slices.Contains(bases, prefix) {
				bases = append(bases, prefix)
			}
		}
	}
	if i := slices.Index(bases, shortest(bases)); i > 0 {
		first := bases[i]
		bases = append([]string{first}, slices.Delete(bases, i, i+1)...)
	}
	if bases == nil {
		bases = []string{""}
	}
	return bases
}

// baseURLs tells where the clients of a vendor begin, for a caller who reached this program as host.
func baseURLs(e *endpoint, server *mock.Server) func(vendor, host string) string {
	return func(vendor, host string) string {
		for _, c := range server.Contracts() {
			if c.Vendor == vendor {
				return e.urlFor(host) + server.Prefix(vendor) + basesOf(c)[0]
			}
		}
		return ""
	}
}
