package check

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"understudy/mock/drive"
	"understudy/mock/internal/wire"
)

// mostShown bounds what a finding shows of a body, in bytes.
const mostShown = 600

// reproduce is one line for a POSIX shell that makes a request again, secrets as the variables that hold them: by understudy
// itself where a request is sealed, signed or carries a token that has to be fetched, else by curl.
func (r *run) reproduce(op *operation, request *drive.Request) string {
	if line, ok := r.callLine(op, request); ok {
		return line
	}
	var b strings.Builder
	b.WriteString("curl -sS -i")
	if request.Method != http.MethodGet || len(request.Body) > 0 {
		b.WriteString(" -X " + request.Method)
	}
	b.WriteString(" " + r.quote(request.URL))
	for _, name := range sortedHeader(request.Header) {
		for _, v := range request.Header[name] {
			if login, ok := r.login(name, v); ok {
				b.WriteString(` -u "` + login + `"`) // the shell has no name for its Base64
				continue
			}
			b.WriteString(" -H " + r.quote(name+": "+r.hidden(op, name, v)))
		}
	}
	if len(request.Body) > 0 {
		b.WriteString(" --data-binary " + r.quote(string(request.Body)))
	}
	return b.String()
}

// hidden puts a variable in the place of a token that is none of the configured ones: an issued one.
func (r *run) hidden(op *operation, name, v string) string {
	for _, way := range alternatives(op.Operation) {
		for _, scheme := range way {
			if scheme.In != "header" || !strings.EqualFold(scheme.Key, name) {
				continue
			}
			word, token, ok := strings.Cut(v, " ")
			if !ok {
				word, token = "", v
			}
			if slices.ContainsFunc(r.secrets, func(s secret) bool { return strings.Contains(token, s.value) }) {
				return v // the veil has a name for it
			}
			token = mark + "$" + variable(r.contract.Vendor, "token") + mark
			if ok {
				return word + " " + token
			}
			return token
		}
	}
	return v
}

// login names the variable of a configured user and password that a header carries.
func (r *run) login(name, v string) (string, bool) {
	word, encoded, _ := strings.Cut(v, " ")
	if name != "Authorization" || !strings.EqualFold(word, "basic") {
		return "", false
	}
	i := slices.IndexFunc(r.secrets, func(s secret) bool { return s.value == encoded && strings.HasSuffix(s.name, base64Suffix) })
	if i < 0 {
		return "", false
	}
	return strings.TrimSuffix(r.secrets[i].name, base64Suffix), true
}

// mark stands around a variable in a text that is yet to be quoted.
const mark = "\x00"

// quote writes a text for a shell: in single quotes, but variables in double ones, so that they are filled in.
func (r *run) quote(text string) string {
	for _, s := range r.secrets {
		text = strings.ReplaceAll(text, s.value, mark+s.name+mark)
		if escaped := url.QueryEscape(s.value); escaped != s.value {
			text = strings.ReplaceAll(text, escaped, mark+s.name+mark)
		}
	}
	var b strings.Builder
	for i, piece := range strings.Split(text, mark) {
		switch {
		case i%2 == 1:
			b.WriteString(`"` + piece + `"`)
		case piece != "":
			b.WriteString("'" + strings.ReplaceAll(piece, "'", `'\''`) + "'")
		}
	}
	if b.Len() == 0 {
		return "''"
	}
	return b.String()
}

func sortedHeader(h http.Header) []string {
	var names []string
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// shownRequest is a request in short, without secrets.
func (r *run) shownRequest(request *drive.Request) string {
	address := request.URL
	if u, err := url.Parse(address); err == nil {
		address = u.RequestURI()
	}
	text := request.Method + " " + address
	if len(request.Plain) > 0 {
		text += "\n" + string(request.Plain)
	} else if len(request.Body) > 0 {
		text += "\n" + string(request.Body)
	}
	return short(r.veil(text))
}

// shownReply is a reply in short: what the contract marks as personal or secret is not shown, and where it marks anything at
// all, what it does not describe is not either.
func (r *run) shownReply(op *operation, x *drive.Exchange) string {
	text := statusText(x.Reply.Status)
	if label := x.Reply.Header.Get("Content-Type"); label != "" {
		text += " " + label
	}
	body := x.Reply.Plain
	if body == nil {
		body = x.Reply.Body
	}
	known := r.replySchema(op, x)
	v, err := wire.DecodeJSON(body, wire.JSONOptions{DuplicateNames: true})
	switch {
	case len(body) == 0:
		return text
	case err != nil || known == nil:
		if r.contract.Extended {
			return text + "\n" + (map[bool]string{true: "(sealed)", false: "(no JSON that the contract describes)"})[x.Reply.Sealed]
		}
		return short(r.veil(text + "\n" + string(body)))
	}
	v = known.Sensitive(v, r.hide)
	return short(r.veil(text + "\n" + string(jsonText(v))))
}

func short(text string) string {
	text = strings.ToValidUTF8(text, "�")
	if len(text) <= mostShown {
		return text
	}
	return strings.ToValidUTF8(text[:mostShown], "") + "…"
}

// callLine makes a request again by understudy call; false where only the bytes themselves say what was sent.
func (r *run) callLine(op *operation, request *drive.Request) (string, bool) {
	t, known := r.sent[request]
	a := op.Wire.Auth
	if !known || t.by != nil || t.alter != nil || op.Wire.Seal == nil && op.Wire.Sign == nil && (a == nil || a.Token != "jwt") {
		return "", false
	}
	body, given := t.values[drive.Body]
	if _, raw := body.([]byte); raw {
		return "", false
	}
	line := "understudy call " + r.contract.Vendor + " " + r.quote(op.ID)
	if given {
		line = "printf %s " + r.quote(string(jsonText(body))) + " | " + line + " @-"
	}
	for _, name := range slices.Sorted(maps.Keys(t.values)) {
		v := t.values[name]
		switch {
		case name == drive.Body:
		case v == nil:
			return "", false
		case isScalar(v):
			line += " " + r.quote(name+"="+textOf(v))
		default:
			line += " " + r.quote(name+":="+string(jsonText(v)))
		}
	}
	line += " --target " + r.quote(shownTarget(targetOf(r.config)))
	if !r.contract.Bundled && len(r.contract.Files) > 0 {
		line += " --spec " + r.quote(r.contract.Files[0])
	}
	chosen := r.contract.Readings()
	for _, id := range slices.Sorted(maps.Keys(chosen)) {
		line += " --reading " + r.quote(id+"="+chosen[id])
	}
	for _, name := range sortedHeader(r.config.Header) {
		for _, v := range r.config.Header[name] {
			line += " --header " + r.quote(name+": "+v)
		}
	}
	for _, one := range []struct{ flag, value string }{{"--account", r.config.Account}, {"--form-field", r.config.FormField}} {
		if one.value != "" {
			line += " " + one.flag + " " + r.quote(one.value)
		}
	}
	if len(request.Problems) > 0 {
		line += " --force"
	}
	return line, true
}
