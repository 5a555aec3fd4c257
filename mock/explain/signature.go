package explain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

// checkSignature looks for the mistake that reproduces the signature, under each way to read the parameters, and returns
// the way that explains it best.
func (e *Explainer) checkSignature(r *Report, op *operation, ways []wire.Pairs) wire.Pairs {
	sign := op.Wire.Sign
	pairs := ways[0]
	if d := presentParameters(sign, pairs); d != nil {
		r.blame(d)
	}
	for _, p := range pairs {
		if _, n := pairs.Get(p.Name); n > 1 {
			r.blame(diagnosis.New("parameter-twice", "name", clip(p.Name, 80)))
			break
		}
	}
	digest, _ := pairs.Get(sign.MethodParameter)
	if !slices.Contains(sign.Digests, digest) {
		if digest != "" {
			r.blame(diagnosis.New("digest-unknown", "name", sign.MethodParameter, "known", strings.Join(sign.Digests, ", ")))
		}
		digest = sign.Digests[0]
	}
	best := wire.Finding{ID: "signature-unexplained"}
	for i, way := range ways {
		got, _ := way.Get(sign.Parameter)
		f := wire.DiagnoseSign(way, wire.SignConfig{Skip: sign.Parameter, Digest: digest, Secret: e.credentials[sign.Secret], Show: e.showsOf(op)}, got)
		if i == 0 || f.ID == "" || best.ID == "signature-unexplained" && f.ID != best.ID {
			best, pairs = f, way
		}
		if best.ID == "" {
			break
		}
	}
	e.blameSignature(r, sign, pairs, digest, best)
	e.checkTimeForm(r, sign, pairs)
	return pairs
}

// presentParameters names a parameter without which there is no signature to judge.
func presentParameters(sign *specs.Sign, pairs wire.Pairs) *diagnosis.Diagnosis {
	for _, name := range []string{sign.KeyParameter, sign.TimeParameter, sign.MethodParameter} {
		if v, _ := pairs.Get(name); v == "" {
			return diagnosis.New("missing-parameter", "name", name)
		}
	}
	return nil
}

func (e *Explainer) showsOf(op *operation) func(string) bool {
	return func(name string) bool {
		if !e.show {
			return op.shows(name)
		}
		return !slices.ContainsFunc(op.parameters, func(p parameter) bool { return p.Name == name && isSecret(p.Sensitive) })
	}
}

// blameSignature puts a finding into the report, with what can be compared.
func (e *Explainer) blameSignature(r *Report, sign *specs.Sign, pairs wire.Pairs, digest string, f wire.Finding) {
	other := false
	if key, n := pairs.Get(sign.KeyParameter); n > 0 && key != e.credentials[sign.KeySlot] {
		other = true
	}
	if f.ID == "" {
		if other {
			r.note("key-unknown", "name", sign.KeyParameter, "slot", sign.KeySlot)
		}
		return
	}
	detail := f.Detail
	main, also := splitAlso(f)
	switch {
	case f.ID == "signature-unexplained" && r.Cause == nil:
		r.Cause, r.Verdict = main, Unknown
		if other {
			r.Cause = diagnosis.New("explain-other-application", "name", sign.KeyParameter, "slot", sign.KeySlot, "secret", sign.Secret)
			r.Notes = append(r.Notes, main)
		}
	default:
		r.blame(main)
	}
	r.Notes = append(r.Notes, also...)
	r.fact(FactCanonical, computation(digest, "$"+sign.Secret, detail["canonical"]))
	signed := detail["reproduced"]
	if done := detail["digest"]; done != "" {
		if signed == "" {
			signed = detail["canonical"]
		}
		signed = done + " over s=" + signed
	}
	r.fact(FactSigned, signed)
	r.fact(FactDifference, difference(detail))
	// They are facts of their own now.
	delete(main.Detail, "canonical")
	delete(main.Detail, "reproduced")
	delete(main.Detail, "difference")
}

// splitAlso makes the diagnoses of a finding: the first mistake, and the further ones.
func splitAlso(f wire.Finding) (main *diagnosis.Diagnosis, also []*diagnosis.Diagnosis) {
	main = &diagnosis.Diagnosis{ID: f.ID, Detail: map[string]string{}}
	for name, v := range f.Detail {
		if name != "also" {
			main.Detail[name] = v
		}
	}
	for id := range strings.SplitSeq(f.Detail["also"], ",") {
		if id != "" {
			d := diagnosis.New(id)
			d.Detail = map[string]string{}
			for _, name := range []string{"digest", "name", "slot", "part"} {
				if v, ok := f.Detail[name]; ok {
					d.Detail[name] = v
				}
			}
			also = append(also, d)
		}
	}
	return main, also
}

// computation writes what is digested, with the name of the secret in its place.
func computation(digest, secret, canonical string) string {
	if canonical == "" {
		return ""
	}
	switch digest {
	case wire.DigestMD5:
		return "MD5(" + secret + canonical + secret + ")"
	case wire.DigestHMAC:
		return "HMAC-MD5(key=" + secret + ", " + canonical + ")"
	}
	return "HMAC-SHA256(key=" + secret + ", " + canonical + ")"
}

// difference shows the surroundings of the first byte in which what was signed departs from what was to be signed.
func difference(detail map[string]string) string {
	at, err := strconv.Atoi(detail["difference"])
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d: %s ≠ %s", at, around(detail["canonical"], at), around(detail["reproduced"], at))
}

func around(s string, at int) string {
	from, to := max(0, min(at, len(s))-16), min(len(s), at+24)
	for from > 0 && !utf8.RuneStart(s[from]) {
		from--
	}
	for to < len(s) && !utf8.RuneStart(s[to]) {
		to++
	}
	text := strings.ToValidUTF8(s[from:to], "�")
	if from > 0 {
		text = "…" + text
	}
	if to < len(s) {
		text += "…"
	}
	return strconv.Quote(text)
}

// checkTimeForm judges the form of the time alone: how long ago it was does not matter here.
func (e *Explainer) checkTimeForm(r *Report, sign *specs.Sign, pairs wire.Pairs) {
	if v, _ := pairs.Get(sign.TimeParameter); v != "" {
		if _, err := time.Parse(time.DateTime, v); err != nil {
			r.blame(diagnosis.New("timestamp-malformed", "name", sign.TimeParameter, "form", "yyyy-MM-dd HH:mm:ss"))
		}
	}
}
