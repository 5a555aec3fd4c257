package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
)

// masked stands for a value that a diagnosis must not show.
const masked = "***"

// The bounds of DiagnoseSign, which must not cost more than a call is worth:
// beyond the first a diagnosis looks for no single parameter left out, beyond
// the second for nothing; the third is how many bytes may be digested in all,
// single mistakes first.
const (
	maxSignPairs = 64
	maxSignBytes = 64 << 10 // bytes of canonical text
	maxSignWork  = 16 << 20
)

// signTry is one text a client may have signed: the canonical one, or one with
// a known mistake in it.
type signTry struct {
	id, name string // name is the parameter left out, if that is the mistake
	text     string
	shown    string // the same over masked pairs
}

// DiagnoseSign says which known mistake reproduces a signature that Verify
// refused. The fewest mistakes win, at most two of different kinds (text,
// secret, computation) besides the writing; "signature-unexplained" means that
// none does, most often a wrong secret. The zero Finding means that the
// signature is right.
//
// Detail holds "canonical", the text expected, without the secret and with the
// value of the parameter session masked; where the mistake is in the text,
// "reproduced", the text that was signed, and "difference", the byte offset at
// which the two part (both masked in the same way); "digest" for another
// computation, "name" for a parameter left out, "also" for further mistakes.
func DiagnoseSign(pairs Pairs, cfg SignConfig, got string) Finding {
	if Verify(pairs, cfg, got) {
		return Finding{}
	}
	shown := maskPairs(pairs, cfg)
	detail := map[string]string{"canonical": Canonical(shown, cfg.Skip)}
	if got == "" {
		return Finding{"signature-missing", detail}
	}
	writing, ok := readSignature(got)
	if !ok || cfg.Secret == "" || len(Canonical(pairs, cfg.Skip)) > maxSignBytes {
		return Finding{"signature-unexplained", detail}
	}
	s := signSearch{cfg: cfg, tries: signTries(pairs, shown, cfg.Skip), writing: writing, work: budget{maxSignWork}}
	match := s.find()
	if match == nil {
		return Finding{"signature-unexplained", detail}
	}
	if t := match.try; t.id != "" {
		detail["reproduced"] = t.shown
		detail["difference"] = itoa(firstDifference(detail["canonical"], t.shown))
		if t.name != "" {
			detail["name"] = t.name
		}
	}
	if match.digest != cfg.Digest {
		detail["digest"] = match.digest
	}
	if len(match.ids) > 1 {
		detail["also"] = strings.Join(match.ids[1:], ",")
	}
	return Finding{match.ids[0], detail}
}

// signMatch is a combination that reproduces a signature.
type signMatch struct {
	try    *signTry
	digest string
	ids    []string
}

// signSearch tries texts, secrets and computations together.
type signSearch struct {
	cfg     SignConfig
	tries   []signTry
	writing signWriting
	work    budget
}

// find returns the combination with the fewest mistakes, nil for none.
func (s *signSearch) find() *signMatch {
	secrets := []signSlip{{"", s.cfg.Secret}}
	for _, one := range signSecrets() {
		if made := one.make(s.cfg.Secret); made != s.cfg.Secret {
			secrets = append(secrets, signSlip{one.id, made})
		}
	}
	digests := signDigests()
	for i := range digests {
		if digests[i].id == "" && digests[i].name != s.cfg.Digest {
			digests[i].id = "signature-digest-swapped"
		}
	}
	for mistakes := range 3 {
		for i := range s.tries {
			t := &s.tries[i]
			for _, secret := range secrets {
				if n := count(t.id, secret.id); n > mistakes || n < mistakes-1 {
					continue
				}
				for j := range digests {
					if m, ok := s.attempt(t, secret, &digests[j], mistakes); !ok || m != nil {
						return m
					}
				}
			}
		}
	}
	return nil
}

// count is how many of the IDs are not empty.
func count(ids ...string) int {
	n := 0
	for _, id := range ids {
		if id != "" {
			n++
		}
	}
	return n
}

// signSlip is a secret as a slip of copying it has left it.
type signSlip struct{ id, secret string }

// attempt is one combination, if it is one of that many mistakes; false means that the work is used up.
func (s *signSearch) attempt(t *signTry, secret signSlip, d *signDigest, mistakes int) (*signMatch, bool) {
	var inside []string
	switch {
	case d.id == "signature-key-appended":
		// It belongs to the text joined by = and &, which is no mistake of its own then.
		if t.id != "signature-joined" || secret.id != "" || mistakes != 1 {
			return nil, true
		}
		inside = []string{d.id}
	case count(t.id, secret.id, d.id) != mistakes:
		return nil, true
	}
	if !s.work.spend(len(t.text)) {
		return nil, false
	}
	if mistakes == 0 && len(s.writing.mistakes) == 0 || !s.writing.matches(d.sum(secret.secret, t.text)) {
		return nil, true
	}
	if inside == nil {
		inside = named(t.id, secret.id, d.id)
	}
	return &signMatch{t, d.name, append(inside, s.writing.mistakes...)}, true
}

// signTries lists the canonical text and every known departure from it.
func signTries(pairs, shown Pairs, skip string) []signTry {
	all, shownAll := withoutName(pairs, skip), withoutName(shown, skip)
	tries := []signTry{{text: Canonical(all, ""), shown: Canonical(shownAll, "")}}
	// The bare form is no mistake; with another one it must still be found.
	if bare := joinPairs(sorted(withEmpty(all))); bare != tries[0].text {
		tries = append(tries, signTry{text: bare, shown: joinPairs(sorted(withEmpty(shownAll)))})
	}
	seen := map[string]bool{}
	for _, t := range tries {
		seen[t.text] = true
	}
	add := func(id, name string, form func(Pairs) (string, bool)) {
		text, ok := form(all)
		if !ok || seen[text] {
			return
		}
		seen[text] = true
		display, _ := form(shownAll)
		tries = append(tries, signTry{id, name, text, display})
	}
	for _, f := range signForms() {
		add(f.id, "", f.make)
	}
	if len(all) > maxSignPairs {
		return tries
	}
	for _, p := range filled(all) {
		add("signature-without-parameter", p.Name, withoutForm(func(q Pair) bool { return q.Name == p.Name }))
	}
	return tries
}

// signWriting is how a signature is written.
type signWriting struct {
	mistakes []string // in the writing
	matches  func(sum []byte) bool
}

// readSignature tells how got is written; false when it is no digest in any
// known writing.
func readSignature(got string) (signWriting, bool) {
	var w signWriting
	note := func(id string) { w.mistakes = append(w.mistakes, id) }
	text := strings.Trim(got, "\"' \t\r\n")
	if text != got {
		note("signature-blanks")
	}
	if len(text) > 2 && text[2] == '-' {
		if digits := strings.ReplaceAll(text, "-", ""); (len(text)+1)/3*2 == len(digits) {
			text = digits
			note("signature-hex-dashes")
		}
	}
	if text != "" && strings.Trim(text, "0123456789abcdefABCDEF") == "" {
		switch text {
		case strings.ToUpper(text):
		case strings.ToLower(text):
			note("signature-lower-case")
		default:
			note("signature-mixed-case")
		}
		digits := strings.ToLower(text)
		switch len(digits) {
		case 32, 40, 64, 128:
			w.matches = func(sum []byte) bool { return hex.EncodeToString(sum) == digits }
		case 16:
			note("signature-md5-16")
			w.matches = func(sum []byte) bool {
				h := hex.EncodeToString(sum)
				return len(h) == 32 && (h[8:24] == digits || h[:16] == digits)
			}
		default:
			note("signature-zeros-dropped")
			w.matches = func(sum []byte) bool {
				return len(digits) > len(sum) && (strings.TrimLeft(hex.EncodeToString(sum), "0") == digits || shortHex(sum) == digits)
			}
		}
		return w, true
	}
	for _, e := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding, base64.RawURLEncoding} {
		// A form makes spaces of plus signs.
		if sum, err := e.DecodeString(strings.ReplaceAll(text, " ", "+")); err == nil && len(sum) >= 16 {
			note("signature-base64")
			w.matches = func(other []byte) bool { return bytes.Equal(other, sum) }
			return w, true
		}
	}
	return w, false
}

// shortHex writes each byte without its leading zero, as Integer.toHexString does.
func shortHex(sum []byte) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	for _, c := range sum {
		if c >= 16 {
			b.WriteByte(digits[c>>4])
		}
		b.WriteByte(digits[c&15])
	}
	return b.String()
}

// maskPairs hides what a diagnosis must not show: the session key, which is a
// credential of a third person, what cfg.Show does not allow, and the secret,
// which beginners send along.
func maskPairs(pairs Pairs, cfg SignConfig) Pairs {
	out := slices.Clone(pairs)
	for i := range out {
		hidden := out[i].Name == "session" || cfg.Show != nil && !cfg.Show(out[i].Name) ||
			cfg.Secret != "" && strings.Contains(out[i].Value, cfg.Secret)
		if hidden && out[i].Value != "" {
			out[i].Value = masked
		}
	}
	return out
}

func withoutName(pairs Pairs, name string) Pairs {
	return slices.DeleteFunc(slices.Clone(pairs), func(p Pair) bool { return p.Name == name })
}

// firstDifference is the byte offset at which two texts part.
func firstDifference(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
