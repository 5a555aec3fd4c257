package specs

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Starter writes an OpenAPI Overlay for a contract whose vendor nobody has described yet. As it stands it changes nothing but
// that the document uses the vocabulary. Behind # it has suggestions, filled in with what the document looks like, each of
// which has been applied to it by itself; behind ## it says what they mean. No line is longer than 120 characters.
func Starter(c *Contract) ([]byte, error) {
	w := starterWriter{contract: c}
	w.line(0, "## What the wire of %s does beyond its OpenAPI document.", plainTitle(c.Title))
	w.line(0, "## As it stands it changes nothing. Lines with a single # are suggestions: where one is true of the vendor, take its")
	w.line(0, "## \"# \" away; change what is not quite right; remove the rest. Lines with ## only explain.")
	w.line(0, "## Names of credential slots, such as secretKey, become keys under vendors.NAME in the configuration.")
	w.line(0, "overlay: 1.0.0")
	w.line(0, "info: {title: %s, version: \"1\"}", quoted(plainTitle(c.Title)+": its wire"))
	w.line(0, "actions:")
	w.line(1, "- target: $")
	w.line(1, "  update:")
	w.line(3, "%s: 1", KeyUnderstudy)
	w.wire()
	w.errors()
	w.resources()
	w.sensitive()
	if _, err := c.Overlay("starter.yaml", w.text); err != nil {
		return nil, fmt.Errorf("specs: the starter of %s does not apply to it: %w", c.Vendor, err)
	}
	return w.text, nil
}

// longestLine is how many characters a line of a starter has at most.
const longestLine = 120

// starterWriter puts a starter together.
type starterWriter struct {
	contract *Contract
	text     []byte
	wireRoot []string // the lines of x-wire that are suggested, with which all other suggestions have to get along
}

func (w *starterWriter) line(depth int, format string, args ...any) {
	w.text = append(w.text, strings.Repeat("  ", depth)+fmt.Sprintf(format, args...)+"\n"...)
}

// suggestion is some lines that may be taken over, and why.
type suggestion struct {
	why   []string
	lines []string
}

// suggest writes a suggestion behind #, unless one of its lines is too long.
func (w *starterWriter) suggest(depth int, s suggestion) {
	if !s.fits(depth) {
		return
	}
	for _, why := range s.why {
		w.line(depth, "## %s", why)
	}
	for _, line := range s.lines {
		w.line(depth, "# %s", line)
	}
}

func (s suggestion) fits(depth int) bool {
	for _, line := range s.lines {
		if utf8.RuneCountInString(line)+2*depth+2 > longestLine {
			return false
		}
	}
	return len(s.lines) > 0
}

// applies says whether the document would take a suggestion by itself: as further lines of the root's update, or as actions
// of their own.
func (w *starterWriter) applies(root, actions []string) bool {
	text := "overlay: 1.0.0\ninfo: {title: trial, version: \"1\"}\nactions:\n  - target: $\n    update:\n      x-understudy: 1\n"
	for _, line := range root {
		text += "      " + line + "\n"
	}
	for _, line := range actions {
		text += "  " + line + "\n"
	}
	_, err := w.contract.Overlay("trial.yaml", []byte(text))
	return err == nil
}

// indented puts lines one level deeper.
func indented(lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = "  " + line
	}
	return out
}

// quoted writes a text so that YAML takes it for one, whatever is in it.
func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(text))
}

// plainTitle is a title in one line of bounded length.
func plainTitle(title string) string {
	words := []rune(strings.Join(strings.Fields(title), " "))
	if len(words) > 40 {
		words = append(words[:39], '…')
	}
	if len(words) == 0 {
		return "this vendor"
	}
	return string(words)
}

// wire suggests the parts of x-wire.
func (w *starterWriter) wire() {
	if w.contract.document.has("/" + KeyWire) {
		return
	}
	var parts []suggestion
	for _, part := range []suggestion{w.envelope(), w.auth(), w.sign(), w.seal()} {
		root := append([]string{KeyWire + ":"}, indented(part.lines)...)
		if len(parts) > 0 {
			root = append(slices.Clone(w.wireRoot), indented(part.lines)...)
		}
		if part.fits(4) && w.applies(root, nil) {
			parts, w.wireRoot = append(parts, part), root
		}
	}
	if len(parts) == 0 {
		return
	}
	w.line(3, "## Uncomment this line with any of the parts below it.")
	w.line(3, "# %s:", KeyWire)
	for _, part := range parts {
		for _, why := range part.why {
			w.line(3, "##   %s", why)
		}
		for _, line := range part.lines {
			w.line(3, "#   %s", line)
		}
	}
}

func (w *starterWriter) auth() suggestion {
	scheme := ""
	for _, op := range w.contract.Operations {
		switch {
		case op.Security == nil:
		case scheme == "":
			scheme = op.Security.Name
		case scheme != op.Security.Name:
			return suggestion{}
		}
	}
	if scheme == "" {
		return suggestion{}
	}
	return suggestion{
		why: []string{"Which tokens are good: those in a list of the configuration, or ones that the vendor issues (token: jwt)."},
		lines: []string{
			"auth:", "  security: " + quoted(scheme) + "   # in components.securitySchemes", "  token: listed", "  slot: tokens",
		},
	}
}

func (w *starterWriter) seal() suggestion {
	part, carriers := "body", "  carriers: [text]         # bare; quoted: as a JSON string; form: as the only field of a form"
	if member := w.everywhere("data", "encryptData", "encrypt_data", "encryptedData", "ciphertext", "cipherText", "bizContent", "biz_content", "content"); member != "" {
		part, carriers = "/"+EscapePointer(member), ""
	}
	lines := []string{
		"seal:",
		"  cipher: aes              # or sm4",
		"  mode: ecb                # or cbc, gcm: both need an iv; gcm has no padding",
		"  padding: pkcs5           # or zero, none",
		"  encoding: base64         # or hex, base64url",
		"  key: {slot: secretKey}   # form: hex, base64, md5-hex … where the text itself is not the key",
		"  # iv: {prepend: true}    # random, in front of the ciphertext; or {slot: iv}, {text: \"16 characters.\"}",
		"  part: " + part + strings.Repeat(" ", max(1, 19-len(part))) + "# body: the whole body; /data: one member of it",
		"  directions: [request, response]",
	}
	if carriers != "" {
		lines = append(lines, carriers)
	}
	return suggestion{why: []string{"Bodies, or one member of them, that travel as ciphertext. The schemas describe the opened text."}, lines: lines}
}

func (w *starterWriter) sign() suggestion {
	own := w.place("sign", "signature", "x-sign", "x-signature", "x-ca-signature", "signstr")
	key := w.place("appid", "app_id", "appkey", "app_key", "accesskey", "access_key", "x-app-id", "x-app-key", "x-ca-key", "clientid", "mch_id")
	time := w.place("timestamp", "x-timestamp", "x-ca-timestamp", "ts", "time", "reqtime", "requesttime")
	nonce := w.place("nonce", "nonce_str", "noncestr", "x-nonce", "x-ca-nonce")
	if own == "" {
		own = "header:X-Sign"
	}
	lines := []string{
		"sign:", "  scheme: composed",
		"  parameter: " + quoted(own) + "   # where it stands: header, query, form, parameter or body, and the name there",
	}
	if key != "" {
		lines = append(lines, "  key: "+quoted(key), "  keySlot: appId")
	}
	if time != "" {
		lines = append(lines, "  time: "+quoted(time), "  timeForm: millis         # or seconds, datetime, digits, rfc3339", "  within: 5m")
	}
	if nonce != "" {
		lines = append(lines, "  nonce: "+quoted(nonce))
	}
	from := "[query, form]"
	if Location(own).Place() == PlaceBody {
		from = "[body]"
	}
	return suggestion{
		why: []string{"The signature of a call: here all pairs sorted by name, name=value joined by &, &key=SECRET behind them."},
		lines: append(lines,
			"  secret: appSecret",
			"  parts: [fields]          # or such as [method, path, time, nonce, body] with join: \"\\n\"",
			"  fields: {from: "+from+", empty: skip}",
			"  wrap: pair               # the secret: before, after, both, pair (&key=SECRET), or none with an hmac",
			"  digests: [md5]           # or sha1, sha256, sm3, hmac-sha256, hmac-sm3 …",
			"  case: upper"),
	}
}

// everywhere finds the first of some names that every JSON body of a request has as a member; "" when none is, or no
// operation takes one.
func (w *starterWriter) everywhere(names ...string) string {
	for _, name := range names {
		bodies, have := 0, 0
		for _, op := range w.contract.Operations {
			if op.Body == nil {
				continue
			}
			bodies++
			for _, m := range op.Body.Content {
				if member, ok := w.contract.Member(m.Schema, "/"+EscapePointer(name)); ok && member != "" {
					have++
					break
				}
			}
		}
		if bodies > 0 && bodies == have {
			return name
		}
	}
	return ""
}

// place finds where something stands that goes by one of some names, in whatever case: a header or query parameter, or a
// member of every body.
func (w *starterWriter) place(names ...string) string {
	for _, op := range w.contract.Operations {
		for _, p := range op.Parameters {
			for _, name := range names {
				if strings.EqualFold(p.Name, name) && (p.In == PlaceHeader || p.In == PlaceQuery) {
					return p.In + ":" + p.Name
				}
			}
		}
	}
	if len(w.contract.Operations) == 0 {
		return ""
	}
	var spelt []string
	for _, name := range names {
		spelt = append(spelt, name, strings.ReplaceAll(strings.ReplaceAll(name, "appid", "appId"), "appkey", "appKey"))
	}
	if member := w.everywhere(spelt...); member != "" {
		return PlaceBody + ":" + member
	}
	return ""
}
