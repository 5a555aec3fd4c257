package cli

import (
	"fmt"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"time"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/specs"
)

// sample is one call that works as it is, for trying out by copy and paste.
type sample struct {
	method, url string
	headers     [][2]string // names and values
	body        string
	trust       string // file of the certificate that the call has to trust; PowerShell has the system's store alone
}

// sampleOf finds a call of a contract that needs neither cipher nor signature, and so can be made by hand. A token is
// shown only where its slot may be; else a word stands in its place.
func sampleOf(c *specs.Contract, base string, credentials mock.Credentials, shown func(slot string) bool) (sample, bool) {
	if !c.Bundled {
		return ownSample(c, base, credentials, shown)
	}
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
				s.headers = append(s.headers, [2]string{"Authorization", "Bearer " + token})
			default:
				continue
			}
		}
		if body != "" {
			s.headers = append(s.headers, [2]string{contentType, "application/json"})
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

// callLine is the command line of understudy call for a contract: of a call that changes nothing and works as it is, for the
// usual shell of a system. own is how that shell finds this program, more are flags that
// the call needs as well.
func callLine(own string, c *specs.Contract, more []string, system string) (string, bool) {
	line := func(op *specs.Operation, given []string) string {
		words := append([]string{own, "call", c.Vendor, op.ID}, given...)
		for _, word := range more {
			if strings.ContainsAny(word, special) {
				word = quoted(word, system)
			}
			words = append(words, word)
		}
		return strings.Join(words, " ")
	}
	if !c.Bundled {
		op, given, ok := ownCallLine(c, system)
		if !ok {
			return "", false
		}
		return line(op, given), true
	}
	client, err := drive.New(drive.Config{Contract: c})
	if err != nil {
		return "", false
	}
	for _, op := range c.Operations {
		if op.Wire.Safe == nil || !*op.Wire.Safe {
			continue
		}
		given := sampleFields()[op.ID]
		fields, err := client.Fields(op.ID)
		if err != nil || slices.ContainsFunc(fields, func(f drive.Field) bool { return f.Required && !gives(given, f.Name) }) {
			continue
		}
		return line(op, given), true
	}
	return "", false
}

// special are the characters that a shell may take for its own; a path may have any of them.
const special = " '\"`$&|;<>(){}*?#!"

// ownCommand is how the shell of a system finds this program again: as it was called, since its folder is rarely on the path.
// What go run has built is gone with it.
func ownCommand(called, system string) string {
	const name = "understudy"
	cut := strings.LastIndexByte(called, '/')
	if system == "windows" {
		cut = strings.LastIndexAny(called, `/\`)
	}
	switch folder, base := called[:cut+1], called[cut+1:]; {
	case folder == "" || strings.TrimSuffix(base, ".exe") != name:
		return name
	case strings.Contains(folder, "go-build"):
		return "go run ./mock/cmd/" + name
	case !strings.ContainsAny(called, special):
		return called
	case system == "windows":
		return "& " + quoted(called, system)
	}
	return quoted(called, system)
}

// gives says whether one of some arguments is about a field, named whole or by its last part.
func gives(args []string, field string) bool {
	return slices.ContainsFunc(args, func(arg string) bool {
		name, _, _ := strings.Cut(arg, "=")
		return name == field || strings.HasSuffix(field, "."+name)
	})
}

// sampleFields are the fields of calls that need some.
func sampleFields() map[string][]string {
	return map[string][]string{
		"queryAppointments": {"day=" + time.Now().In(time.FixedZone("UTC+8", 8*60*60)).Format(time.DateOnly), "out_pov_id=00001"},
	}
}

// quoted puts a text between the single quotes of a system's usual shell.
func quoted(text, system string) string {
	inner := `'\''`
	if system == "windows" {
		inner = "''"
	}
	return "'" + strings.ReplaceAll(text, "'", inner) + "'"
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
	quote := func(text string) string { return quoted(text, "posix") }
	line := "curl "
	if s.trust != "" {
		line += "--cacert " + quote(s.trust) + " "
	}
	if s.method != "GET" {
		line += "-X " + s.method + " "
	}
	line += quote(s.url)
	for _, h := range s.headers {
		line += " -H " + quote(h[0]+": "+h[1])
	}
	if s.body != "" {
		line += " -d " + quote(s.body)
	}
	return line
}

// powerShell does not call curl: what that name is, and how quotes reach it, depends on PowerShell's version.
func (s sample) powerShell() string {
	quote := func(text string) string { return quoted(text, "windows") }
	line := fmt.Sprintf("Invoke-RestMethod -Method %s -Uri %s", s.method, quote(s.url))
	var headers []string
	label := ""
	for _, h := range s.headers {
		if h[0] == contentType {
			label = h[1] // which is none of -Headers' there
			continue
		}
		name := h[0]
		if strings.Contains(name, "-") {
			name = quote(name)
		}
		headers = append(headers, name+"="+quote(h[1]))
	}
	if headers != nil {
		line += " -Headers @{" + strings.Join(headers, ";") + "}"
	}
	if s.body != "" {
		line += " -ContentType " + quote(label) + " -Body " + quote(s.body)
	}
	return line
}

const contentType = "Content-Type"

func thisSystem() string { return runtime.GOOS }
