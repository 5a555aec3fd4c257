package mock

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"understudy/mock/internal/diagnosis"
	"understudy/specs"
)

// admit holds a call to OpenAPI's security: one of the alternatives has to be there, each of its credentials in the form of
// its scheme. Nobody can say which values a vendor would take, so any is good, unless the configuration has one.
func (s *Server) admit(x *exchange) *no {
	var first *no
	for _, alternative := range x.op.table.gates {
		failed := s.admitted(x, alternative)
		if failed == nil {
			return nil
		}
		// What is wrong with a credential that is there tells more than that another one is not.
		if first == nil || first.condition == specs.MissingToken && failed.condition != specs.MissingToken {
			first = failed
		}
	}
	return first
}

func (s *Server) admitted(x *exchange, schemes []gate) *no {
	for i := range schemes {
		scheme := schemes[i].SecurityScheme
		if auth := x.op.Wire.Auth; auth != nil && auth.Security == scheme.Name || scheme.Type == "mutualTLS" {
			continue // judged by the vocabulary; a certificate is the transport's
		}
		text, given := x.credential(&schemes[i])
		if !given {
			return vendorNo(specs.MissingToken, scheme.Key, diagnosis.New("unauthorized", "wanted", wanted(x.op.Requirements)))
		}
		value, ok := credentialOf(scheme, text)
		if !ok {
			return vendorNo(specs.InvalidToken, scheme.Key, diagnosis.New("credential-shape", "in", scheme.In, "name", scheme.Key, "scheme", kindOf(scheme)))
		}
		if configured := x.op.vendor.credentials[scheme.Name].Text; configured != "" && !same(value, configured) {
			return vendorNo(specs.InvalidToken, scheme.Key, diagnosis.New("credential-unknown", "in", scheme.In, "name", scheme.Key, "slot", scheme.Name))
		}
	}
	return nil
}

// credential reads what stands where a scheme has its credential.
func (x *exchange) credential(scheme *gate) (text string, given bool) {
	switch scheme.In {
	case "query":
		text, _ = x.query.Get(scheme.Key)
	case "cookie":
		if c, err := x.request.Cookie(scheme.Key); err == nil {
			text = c.Value
		}
	default:
		if lines := x.request.Header[scheme.header]; len(lines) > 0 {
			text = lines[0]
		}
	}
	return text, text != ""
}

// credentialOf takes the credential itself out of a header (RFC 9110, section 11.4); false when the text does not have its
// scheme's form.
func credentialOf(scheme *specs.SecurityScheme, text string) (string, bool) {
	name := scheme.Scheme
	if scheme.Bearer {
		name = "bearer"
	}
	if name == "" {
		return text, true
	}
	given, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	if !strings.EqualFold(given, name) || rest == "" || name == "bearer" && strings.ContainsAny(rest, " \t") { // RFC 6750, section 2.1
		return "", false
	}
	if name != "basic" {
		return rest, true
	}
	pair, err := base64.StdEncoding.DecodeString(rest)
	return string(pair), err == nil && strings.Contains(string(pair), ":") // RFC 7617, section 2
}

// wanted says what the alternatives ask for: "the header X-Api-Key", "Bearer and the cookie sid, or Basic".
func wanted(alternatives [][]specs.SecurityScheme) string {
	var list []string
	for _, schemes := range alternatives {
		var all []string
		for i := range schemes {
			if schemes[i].In != "" { // a certificate stands nowhere in a request
				all = append(all, kindOf(&schemes[i])+" in the "+schemes[i].In+" "+schemes[i].Key)
			}
		}
		list = append(list, strings.Join(all, " and "))
	}
	return strings.Join(list, ", or ")
}

func kindOf(scheme *specs.SecurityScheme) string {
	switch {
	case scheme.Bearer:
		return "a Bearer token"
	case scheme.Scheme == "basic":
		return "Basic credentials"
	case scheme.Scheme != "":
		return scheme.Scheme + " credentials"
	}
	return "an API key"
}

// challenge is the value of WWW-Authenticate, which a 401 has to have (RFC 9110, section 11.6.1). What is no HTTP
// authentication scheme is told by a name of our own.
func challenge(op *compiled) string {
	var list []string
	add := func(scheme string, parameters ...string) {
		text := scheme + ` realm="` + op.Vendor + `"`
		for i := 0; i+1 < len(parameters); i += 2 {
			text += ", " + parameters[i] + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(parameters[i+1]) + `"`
		}
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	for _, schemes := range op.Requirements {
		for i := range schemes {
			switch scheme := &schemes[i]; {
			case scheme.Bearer:
				add("Bearer")
			case scheme.Scheme != "":
				add(strings.ToUpper(scheme.Scheme[:1]) + scheme.Scheme[1:])
			case scheme.Type == "apiKey":
				add("ApiKey", "in", scheme.In, "name", scheme.Key)
			}
		}
	}
	if op.Wire.Sign != nil {
		add("Signature")
	}
	if auth := op.Wire.Auth; auth != nil && len(auth.Fields) > 0 {
		add("Fields")
	}
	return strings.Join(list, ", ")
}

// owed is the header that HTTP itself asks for under a status: its canonical name and its value, "" for none.
func (x *exchange) owed(status int) (name, text string) {
	switch status {
	case http.StatusUnauthorized:
		return "Www-Authenticate", x.op.challenge
	case http.StatusMethodNotAllowed:
		return "Allow", strings.Join(x.place.allow, ", ")
	}
	return "", ""
}
