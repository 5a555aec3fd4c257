package check

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"understudy/mock/drive"
	"understudy/mock/internal/wire"
	"understudy/mock/report"
	"understudy/specs"
)

// secret is a credential that must not be shown.
type secret struct {
	// name stands for it in what is shown.
	name, value string
	// kept says that the server must not show it either: it is no mere name of the caller.
	kept bool
}

// base64Suffix is behind the name of what stands for a login as it travels.
const base64Suffix = "_BASE64"

// leastSecret is how long a text must be to be known again wherever it stands.
const leastSecret = 6

func secretsOf(config Config) []secret {
	open := openSlots(config.Contract)
	var list []secret
	add := func(slot, value string) {
		if value == "" {
			return
		}
		one := secret{name: "$" + variable(config.Contract.Vendor, slot), value: value, kept: len(value) >= leastSecret && !slices.Contains(open, slot)}
		list = append(list, one)
		if user, password, ok := strings.Cut(value, ":"); ok && user != "" && password != "" {
			// Basic credentials travel as Base64 of both.
			list = append(list, secret{one.name + base64Suffix, base64.StdEncoding.EncodeToString([]byte(value)), true}, secret{one.name, password, len(password) >= leastSecret})
		}
	}
	for slot, c := range config.Credentials {
		add(slot, c.Text)
		for _, t := range c.Tokens {
			add(slot, t.Value)
		}
	}
	// Longer ones first: one may be a part of another.
	slices.SortFunc(list, func(a, b secret) int {
		if n := len(b.value) - len(a.value); n != 0 {
			return n
		}
		return strings.Compare(a.name+a.value, b.name+b.value)
	})
	return list
}

// openSlots are those that hold names of the caller, and nothing that is secret.
func openSlots(c *specs.Contract) []string {
	var open, closed []string
	for _, op := range c.Operations {
		if s := op.Wire.Sign; s != nil {
			open, closed = append(open, s.KeySlot), append(closed, s.Secret)
		}
		if s := op.Wire.Seal; s != nil {
			closed = append(closed, s.Key.Slot)
		}
	}
	return slices.DeleteFunc(open, func(slot string) bool { return slices.Contains(closed, slot) })
}

// variable is the environment variable that holds a credential.
func variable(vendor, slot string) string {
	clean := func(text string) string {
		return strings.Map(func(c rune) rune {
			if c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
				return c
			}
			return '_'
		}, strings.ToUpper(text))
	}
	return "UNDERSTUDY_" + clean(vendor) + "_" + clean(slot)
}

// veil puts names in the place of the secrets of a text.
func (r *run) veil(text string) string {
	for _, s := range r.secrets {
		text = strings.ReplaceAll(text, s.value, s.name)
		if escaped := url.QueryEscape(s.value); escaped != s.value {
			text = strings.ReplaceAll(text, escaped, s.name)
		}
	}
	return text
}

// leaks finds what no reply may hold, whatever the contract says: the inside of the server, and our secrets.
func (r *run) leaks(op *operation, x *drive.Exchange) []report.Finding {
	var list []report.Finding
	text := x.Reply.Plain
	if text == nil {
		text = x.Reply.Body
	}
	what := trace(text)
	if what == "" && bytes.Contains(text, []byte(`\n`)) {
		what = trace([]byte(strings.NewReplacer(`\n`, "\n", `\r`, "", `\t`, "\t", `\"`, `"`).Replace(string(text)))) // within a text of JSON
	}
	if what != "" {
		list = append(list, report.Finding{
			Rule: ruleTrace, In: "reply", Expected: "an answer without the inside of the server", Got: what, Clause: op.Source,
			At: r.contract.Position(op.Pointer), Message: "the reply shows the inside of the server: " + what,
		})
	}
	if base := mediaBase(x.Reply.Header.Get("Content-Type")); !declaresHTML(op.Operation) && (base == "text/html" || isPage(text)) {
		list = append(list, report.Finding{
			Rule: rulePage, In: "reply", Expected: "an answer in the form of the contract", Got: "an HTML page", Clause: op.Source,
			At: r.contract.Position(op.Pointer), Message: "the reply is an HTML page, which the contract does not have",
		})
	}
	if name := r.echoed(op, x, text); name != "" {
		list = append(list, report.Finding{
			Rule: ruleEchoed, In: "reply", Expected: "an answer without the caller's secrets", Got: name, Clause: op.Source,
			At: r.contract.Position(op.Pointer), Message: "the reply holds a secret of the caller's, " + name,
		})
	}
	return list
}

// echoed names a secret that stands in a reply where the contract has no place for one.
func (r *run) echoed(op *operation, x *drive.Exchange, text []byte) string {
	for _, s := range r.secrets {
		if !s.kept || !bytes.Contains(text, []byte(s.value)) {
			continue
		}
		rest := text
		if known := r.replySchema(op, x); known != nil {
			if v, err := wire.DecodeJSON(text, wire.JSONOptions{DuplicateNames: true}); err == nil {
				rest = jsonText(known.Sensitive(v, func(kind string, v any) any {
					if kind == "token" || kind == "secret" {
						return nil
					}
					return v
				}))
			}
		}
		if bytes.Contains(rest, []byte(s.value)) {
			return s.name
		}
		r.observe(op, "echo", "the server repeats "+s.name+" where the contract has a place for it")
	}
	return ""
}

// traces are marks of the inside of a server: what languages and databases write when something broke.
func traces() []struct{ mark, what string } {
	return []struct{ mark, what string }{
		{"goroutine ", "a Go stack"},
		{"panic: ", "a Go panic"},
		{"runtime error: ", "a Go run-time error"},
		{"Traceback (most recent call last)", "a Python traceback"},
		{"Exception in thread ", "a Java stack"},
		{"java.lang.", "a Java exception"},
		{"org.springframework.", "a Spring exception"},
		{"java.sql.", "a Java exception"},
		{"com.mysql.", "a MySQL exception"},
		{"System.NullReferenceException", "a .NET exception"},
		{"Microsoft.AspNetCore.", "an ASP.NET exception"},
		{"at Object.<anonymous>", "a Node.js stack"},
		{"node:internal/", "a Node.js stack"},
		{"node_modules/", "a Node.js stack"},
		{"Fatal error: Uncaught", "a PHP error"},
		{"SQLSTATE[", "a database error"},
		{"You have an error in your SQL syntax", "a database error"},
		{"ORA-0", "an Oracle error"},
		{"ActiveRecord::", "a Ruby exception"},
	}
}

// trace says what of the inside of a server a text shows; "" for nothing.
func trace(text []byte) string {
	for _, t := range traces() {
		if !bytes.Contains(text, []byte(t.mark)) {
			continue
		}
		// A word alone may be anybody's; a stack has places in it.
		if t.mark == "goroutine " && !bytes.Contains(text, []byte("[running]")) && !bytes.Contains(text, []byte(".go:")) {
			continue
		}
		return t.what
	}
	for _, ending := range []string{".java:", ".kt:", ".scala:", ".cs:", ".js:", ".ts:", ".java)", `.py"`, ".php on", ".go:"} {
		if bytes.Contains(text, []byte(ending)) && stackLine.Match(text) {
			return "a stack"
		}
	}
	return ""
}

func isPage(text []byte) bool {
	start := bytes.ToLower(bytes.TrimSpace(text[:min(len(text), 256)]))
	return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}

func declaresHTML(op *specs.Operation) bool {
	for _, response := range op.Responses {
		for _, m := range response.Content {
			if b := mediaBase(m.Type); b == "text/html" || b == "text/*" || b == "*/*" || b == "application/xhtml+xml" {
				return true
			}
		}
	}
	return false
}
