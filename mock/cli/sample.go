package cli

import (
	"fmt"
	"net/url"
	"runtime"
	"slices"
	"strings"

	"understudy/mock"
	"understudy/specs"
)

// sample is one call that works as it is, for trying out by copy and paste.
type sample struct {
	method, url   string
	authorization string
	body          string // JSON
}

// sampleOf finds a call of a contract that needs neither cipher nor signature, and so can be made by hand. A token is
// shown only where its slot may be; else a word stands in its place.
func sampleOf(c *specs.Contract, base string, credentials mock.Credentials, shown func(slot string) bool) (sample, bool) {
	for _, op := range c.Operations {
		body, known := sampleBodies()[op.ID]
		if !plain(op) || op.Body != nil && op.Body.Required && !known || slices.ContainsFunc(op.Parameters, func(p specs.Parameter) bool { return p.Required }) {
			continue
		}
		s := sample{method: op.Method, url: base + shortest(op.Prefixes) + op.Path, body: body}
		if auth := op.Wire.Auth; auth != nil {
			token := "YOUR-TOKEN"
			if list := credentials[auth.Slot].Tokens; shown(auth.Slot) && len(list) > 0 {
				token = list[0].Value
			}
			switch {
			case op.Security.In == "query":
				s.url += "?" + url.Values{op.Security.Key: {token}}.Encode()
			case op.Security.Bearer:
				s.authorization = "Bearer " + token
			default:
				continue
			}
		}
		return s, true
	}
	return sample{}, false
}

// plain says whether a call can be written by hand.
func plain(op *specs.Operation) bool {
	w := op.Wire
	return w.Seal == nil && w.Sign == nil && w.Route == nil && (w.Auth == nil || w.Auth.Token == "listed")
}

// shortest is the prefix that is the least to type, but one that has a name before one that has none: what a vendor's
// document puts into its addresses is what a client will send.
func shortest(prefixes []string) string {
	best := ""
	for _, p := range prefixes {
		if p != "" && (best == "" || len(p) < len(best)) {
			best = p
		}
	}
	return best
}

// sampleBodies are bodies of operations that need one, in ASCII, which no shell mangles: msgcategory is 政策公示 (E-7) and
// msglevel 普通 (E-8), two documented values, as JSON escapes.
func sampleBodies() map[string]string {
	return map[string]string{
		"sendMessage": `{"sendData":{"appid":"1","appname":"demo","title":"Hello","body":"<p>Hello</p>","msgtype":0,` +
			`"params":{"sender":"demo","msgcategory":"\u653f\u7b56\u516c\u793a","msglevel":"\u666e\u901a"}},` +
			`"from":{"userid":"u1","usertype":1,"orgid":"o1"},"to":[{"userid":"u2","usertype":2,"orgid":"o2"}]}`,
	}
}

// line is the call as a command line of the usual shell of a system.
func (s sample) line(system string) string {
	if system == "windows" {
		return s.powerShell()
	}
	return s.curl()
}

// curl is for a POSIX shell.
func (s sample) curl() string {
	quote := func(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
	line := "curl "
	if s.method != "GET" {
		line += "-X " + s.method + " "
	}
	line += quote(s.url)
	if s.authorization != "" {
		line += " -H " + quote("Authorization: "+s.authorization)
	}
	if s.body != "" {
		line += " -H " + quote("Content-Type: application/json") + " -d " + quote(s.body)
	}
	return line
}

// powerShell does not call curl: what that name is, and how quotes reach it, depends on PowerShell's version.
func (s sample) powerShell() string {
	quote := func(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
	line := fmt.Sprintf("Invoke-RestMethod -Method %s -Uri %s", s.method, quote(s.url))
	if s.authorization != "" {
		line += " -Headers @{Authorization=" + quote(s.authorization) + "}"
	}
	if s.body != "" {
		line += " -ContentType 'application/json' -Body " + quote(s.body)
	}
	return line
}

func thisSystem() string { return runtime.GOOS }
