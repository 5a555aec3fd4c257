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

// The bounds of a diagnosis, which must not cost more than a call is worth:
// beyond the first two a diagnosis looks for single mistakes only, beyond the
// last for none.
const (
	maxSignPairs    = 64
	maxSignCombined = 16 << 10 // bytes of canonical text
	maxSignBytes    = 64 << 10 // bytes of canonical text
)

// signTry is one text a client may have signed: the canonical one, or one with
// a known mistake in it.
type signTry struct {
	id, name string // name is the parameter left out, if that is the mistake
	text     string
	shown    string // the same over masked pairs
}

// DiagnoseSign says which known mistake reproduces a signature that Verify
// refused. The fewest mistakes win, at most three of different kinds (text,
// secret, computation, writing); "signature-unexplained" means that none does,
// most often a wrong secret. The zero Finding means that the signature is right.
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
	sum, writing := readSignature(got)
	if sum == nil || cfg.Secret == "" || len(detail["canonical"]) > maxSignBytes {
		return Finding{"signature-unexplained", detail}
	}
	tries := signTries(pairs, shown, cfg.Skip)
	combined := len(pairs) <= maxSignPairs && len(detail["canonical"]) <= maxSignCombined
	match := findSign(tries, cfg, sum, writing, combined)
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

// findSign returns the combination with the fewest mistakes, nil for none.
func findSign(tries []signTry, cfg SignConfig, sum []byte, writing string, combined bool) *signMatch {
	secrets := []textForm{{"", []byte(cfg.Secret)}}
	for _, s := range signSecrets {
		if v := s.make(cfg.Secret); v != cfg.Secret {
			secrets = append(secrets, textForm{s.id, []byte(v)})
		}
	}
	var best *signMatch
	for i := range tries {
		for _, secret := range secrets {
			for _, d := range signDigests {
				digestID := d.id
				if digestID == "" && d.name != cfg.Digest {
					digestID = "signature-digest-swapped"
				}
				inside := named(tries[i].id, secret.id, digestID)
				if len(inside) > 2 || len(inside) > 1 && !combined {
					continue
				}
				ids := named(append(inside, writing)...)
				if len(ids) == 0 || best != nil && len(ids) >= len(best.ids) {
					continue
				}
				if bytes.Equal(d.sum(string(secret.text), tries[i].text), sum) {
					best = &signMatch{&tries[i], d.name, ids}
				}
			}
		}
	}
	return best
}

// signTries lists the canonical text and every known departure from it.
func signTries(pairs, shown Pairs, skip string) []signTry {
	all, shownAll := withoutName(pairs, skip), withoutName(shown, skip)
	tries := []signTry{{text: Canonical(all, ""), shown: Canonical(shownAll, "")}}
	// The bare form is no mistake; with another one it must still be found.
	if bare := joinPairs(sorted(withEmpty(all))); bare != tries[0].text {
		tries = append(tries, signTry{text: bare, shown: joinPairs(sorted(withEmpty(shownAll)))})
	}
	canonical := tries[0].text
	for _, f := range signForms {
		text, ok := f.make(all)
		if !ok || text == canonical {
			continue
		}
		display, _ := f.make(shownAll)
		tries = append(tries, signTry{id: f.id, text: text, shown: display})
	}
	if len(all) > maxSignPairs {
		return tries
	}
	seen := map[string]bool{"sign_method": true, "session": true}
	for _, p := range filled(all) {
		if seen[p.Name] {
			continue
		}
		seen[p.Name] = true
		form := withoutForm(func(q Pair) bool { return q.Name == p.Name })
		if text, ok := form(all); ok {
			display, _ := form(shownAll)
			tries = append(tries, signTry{id: "signature-without-parameter", name: p.Name, text: text, shown: display})
		}
	}
	return tries
}

// readSignature returns the digest that got writes and the mistake in the
// writing, if any; nil when it is no digest in any known writing.
func readSignature(got string) (sum []byte, mistake string) {
	if sum, err := hex.DecodeString(got); err == nil {
		switch got {
		case strings.ToUpper(got):
			return sum, ""
		case strings.ToLower(got):
			return sum, "signature-lower-case"
		}
		return sum, "signature-mixed-case"
	}
	if sum, err := base64.StdEncoding.DecodeString(got); err == nil {
		return sum, "signature-base64"
	}
	return nil, ""
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
