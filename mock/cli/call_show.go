package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"understudy/mock/drive"
)

// The bounds of what is shown of one body: as it travelled, where a reader looks at its beginning, and to be read.
const (
	mostWire  = 1 << 10
	mostPlain = 8 << 10
)

// show tells what travelled, both ways, beside its plain text. The plain text of the reply is told where it stands.
func (d *driver) show(w io.Writer, x *drive.Exchange, opened string) {
	var b strings.Builder
	if login := x.Request.Login; login != nil {
		fmt.Fprintf(&b, "login by %s: %s\n", login.Request.Operation.ID, login.Summary())
	}
	d.showRequest(&b, x.Request)
	r := x.Reply
	fmt.Fprintf(&b, "< %s in %s\n", r, x.Took.Round(time.Millisecond/10))
	d.headers(&b, "<", r.Header)
	if r.Sealed {
		bodyLine(&b, "<", "wire", r.Body)
		if r.Unopened != nil {
			fmt.Fprintf(&b, "< not opened: %s\n", r.Unopened.Text(string(d.program.speech)))
		} else {
			fmt.Fprintf(&b, "< plain: on %s\n", opened)
		}
	}
	for _, one := range r.Problems {
		fmt.Fprintf(&b, "the reply breaks the contract: %s\n", one)
	}
	if r.Diagnosis != "" {
		fmt.Fprintf(&b, d.program.speech.of("diagnosis %s; the simulator's log and its journal (http://%s/journal) have the rest\n",
			"诊断 %s，详见模拟器日志及其日志接口（http://%s/journal）\n"), r.Diagnosis, d.settings.control.reachedAt(usualControl))
	}
	fmt.Fprintf(&b, "%s\n", x.Summary())
	_, _ = io.WriteString(w, onTerminal(d.masked(x, b.String())))
}

// showFailed tells of a login that gave no token: it is a call as well.
func (d *driver) showFailed(w io.Writer, err error) {
	if failed := (*drive.LoginError)(nil); errors.As(err, &failed) {
		d.show(w, failed.Exchange, "no output")
	}
}

func (d *driver) showRequest(b *strings.Builder, r *drive.Request) {
	fmt.Fprintf(b, "> %s %s\n", r.Method, r.URL)
	d.headers(b, ">", r.Header)
	switch {
	case len(r.Body) == 0:
		fmt.Fprintln(b, "> (no body)")
	case bytes.Equal(r.Body, r.Plain):
		bodyLine(b, ">", "body", r.Body)
	default:
		bodyLine(b, ">", "wire", r.Body)
		bodyLine(b, ">", "plain", r.Plain)
	}
	if r.Signed != "" {
		bodyLine(b, ">", "signed", []byte(r.Signed))
	}
	for _, one := range r.Problems {
		fmt.Fprintf(b, "sent although the contract forbids it: %s\n", one)
	}
}

func bodyLine(b *strings.Builder, side, what string, text []byte) {
	cut, most := "", mostPlain
	if what == "wire" {
		most = mostWire
	}
	if len(text) > most {
		cut = fmt.Sprintf("… (%d bytes)", len(text))
		text = bytes.ToValidUTF8(text[:most], nil)
	}
	fmt.Fprintf(b, "%s %s: %s%s\n", side, what, strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", "\n"+side+"   "), cut)
}

func (d *driver) headers(b *strings.Builder, side string, h http.Header) {
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, v := range h[name] {
			if name == "Set-Cookie" && !d.flags.showSecrets {
				v = "***"
			}
			fmt.Fprintf(b, "%s %s: %s\n", side, name, v)
		}
	}
}

// masked hides the credentials that somebody configured, as they are and as they travel in URLs and JSON; development
// values protect nothing.
func (d *driver) masked(x *drive.Exchange, text string) string {
	if d.flags.showSecrets {
		return text
	}
	var secrets []string
	for slot, c := range d.credentials {
		if slices.Contains(d.development, slot) {
			continue
		}
		secrets = append(secrets, c.Text)
		for _, t := range c.Tokens {
			secrets = append(secrets, t.Value)
		}
	}
	if len(secrets) > 0 && x != nil {
		secrets = append(secrets, tokensOf(x)...)
	}
	// The longest first: one may be part of another.
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	for _, secret := range secrets {
		if len(secret) < 4 {
			continue
		}
		for _, form := range []string{secret, url.QueryEscape(secret), inJSON(secret)} {
			text = strings.ReplaceAll(text, form, "***")
		}
	}
	return text
}

// inJSON is a text as it stands between the quotes of a JSON text that this program writes.
func inJSON(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string never fails
	return strings.TrimSuffix(strings.TrimPrefix(b.String(), `"`), "\"\n")
}

// tokensOf are the tokens that a call carried beside the configured ones: those that the vendor issued.
func tokensOf(x *drive.Exchange) []string {
	s := x.Request.Operation.Security
	if s == nil {
		return nil
	}
	var list []string
	for _, v := range x.Request.Header.Values(s.Key) {
		if _, token, ok := strings.Cut(v, " "); ok && s.Bearer {
			v = token
		}
		list = append(list, v)
	}
	return list
}

// onTerminal makes characters harmless that would draw or erase on a terminal; what came from elsewhere may hold any.
func onTerminal(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		line = strings.ReplaceAll(line, "\t", "    ")
		lines[i] = oneLine(line, len(line))
	}
	return strings.Join(lines, "\n")
}

// printReply writes the opened reply to standard output: to a terminal indented, else as it is, with a line end.
func (p *program) printReply(x *drive.Exchange, raw bool) error {
	r := x.Reply
	text := r.Plain
	if raw || r.Unopened != nil {
		text = r.Body
	}
	if len(text) == 0 {
		return nil
	}
	terminal := isTerminal(p.stdout)
	if terminal && !raw {
		var pretty bytes.Buffer
		if json.Indent(&pretty, text, "", "  ") == nil {
			text = pretty.Bytes()
		}
		text = []byte(onTerminal(string(bytes.ToValidUTF8(text, []byte("?")))))
	}
	if (terminal || !raw) && !bytes.HasSuffix(text, []byte("\n")) {
		text = append(slices.Clip(text), '\n')
	}
	_, err := p.stdout.Write(text)
	return err
}
