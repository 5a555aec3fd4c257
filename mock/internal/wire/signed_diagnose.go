package wire

import (
	"maps"
	"slices"
	"strings"
)

// Diagnose says which known mistake reproduces the signature of a call that Verify refused for it. The fewest mistakes
// win, at most two of different kinds (the text, the secret's place, the secret, the computation) besides the writing;
// "signature-unexplained" means that none does, most often a wrong secret. The zero Finding means that the signature is
// right.
//
// Detail holds what that of [DiagnoseSign] does; with scheme composed "canonical" has the secret as $ and its slot, and there
// may be "place" for where the secret was put and "slot" for another credential taken for it.
func (s *Signer) Diagnose(m *Message, show func(name string) bool) Finding {
	named, _ := s.read(m, &s.places[valueDigest])
	digest := max(s.digestNamed(named), 0)
	got, _ := s.read(m, &s.places[valueSignature])
	if got != "" && s.matches(m, digest, got) {
		return Finding{}
	}
	return s.diagnose(m, s.sign.Digests[digest], got, show)
}

func (s *Signer) diagnose(m *Message, digest, got string, show func(string) bool) Finding {
	if s.isTOP() {
		return DiagnoseSign(m.Pairs, s.topConfig(digest, show), got)
	}
	detail := map[string]string{"canonical": s.shown(m, show)}
	if got == "" {
		return Finding{"signed-missing", detail}
	}
	w, ok := s.readWriting(got)
	right := s.composed(m, m.Path, nil)
	if !ok || len(right.text(s.secret)) > maxSignBytes {
		return Finding{"signature-unexplained", detail}
	}
	search := signedSearch{signer: s, message: m, right: right, writing: w, digest: digest, work: budget{maxSignWork}}
	match := search.find()
	if match == nil {
		return Finding{"signature-unexplained", detail}
	}
	return s.explain(m, match, detail, show)
}

// explain tells what reproduces a signature.
func (s *Signer) explain(m *Message, match *signedMatch, detail map[string]string, show func(string) bool) Finding {
	if show == nil {
		show = func(string) bool { return true }
	}
	shown := s.composed(m, m.Path, show)
	for _, one := range []*textSlip{match.text, match.place} {
		if one.change != nil {
			one.change(shown)
		}
		maps.Copy(detail, one.detail)
	}
	if match.text.id != "" || match.place.id != "" {
		detail["reproduced"] = shown.text("$" + s.sign.Secret)
		detail["difference"] = itoa(firstDifference(detail["canonical"], detail["reproduced"]))
	}
	if match.digest.id != "" {
		detail["digest"] = match.digest.name
	}
	if match.secret.slot != "" {
		detail["slot"] = match.secret.slot
	}
	ids := slices.Concat(named(match.text.id, match.place.id, match.secret.id, match.digest.id), match.writing)
	if len(ids) > 1 {
		detail["also"] = strings.Join(ids[1:], ",")
	}
	return Finding{ids[0], detail}
}

// textSlip changes a composition as a known mistake does.
type textSlip struct {
	id     string
	detail map[string]string
	change func(*composition) // nil changes nothing
}

// secretSlip is a secret as a slip has left it, or another credential in its place.
type secretSlip struct{ id, slot, secret string }

// digestSlip is a computation in the place of the one due.
type digestSlip struct {
	id, name string
	sum      func(secret, text string) []byte
}

type signedMatch struct {
	text, place *textSlip
	secret      secretSlip
	digest      digestSlip
	writing     []string
}

// signedSearch tries texts, places of the secret, secrets and computations together.
type signedSearch struct {
	signer  *Signer
	message *Message
	right   *composition
	writing signWriting
	digest  string
	work    budget
}

// find returns the combination with the fewest mistakes, nil for none.
func (s *signedSearch) find() *signedMatch {
	texts := slices.Concat([]textSlip{{}}, textSlips(s.signer, s.message, s.right))
	places := slices.Concat([]textSlip{{}}, placeSlips(s.right))
	secrets := slices.Concat([]secretSlip{{secret: s.signer.secret}}, s.signer.secretSlips())
	due, _ := digestNamed(s.digest)
	sums := slices.Concat([]digestSlip{{sum: due.sum}}, digestSlips(due))
	for mistakes := range 3 {
		for i := range texts {
			for j := range places {
				sofar := count(texts[i].id, places[j].id)
				if sofar > mistakes {
					continue
				}
				c := *s.right
				for _, one := range []*textSlip{&texts[i], &places[j]} {
					if one.change != nil {
						one.change(&c)
					}
				}
				for _, secret := range secrets {
					text, made := "", false
					for _, sum := range sums {
						if sofar+count(secret.id, sum.id) != mistakes {
							continue
						}
						if !made {
							text, made = c.text(secret.secret), true
						}
						if !s.work.spend(len(text)) {
							return nil
						}
						if mistakes == 0 && len(s.writing.mistakes) == 0 {
							continue // it is what was refused
						}
						if s.writing.matches(sum.sum(secret.secret, text)) {
							return &signedMatch{&texts[i], &places[j], secret, sum, s.writing.mistakes}
						}
					}
				}
			}
		}
	}
	return nil
}

// secretSlips lists what may have been taken for the secret: itself, badly copied, and the vendor's other credentials.
func (s *Signer) secretSlips() []secretSlip {
	var list []secretSlip
	seen := map[string]bool{s.secret: true}
	add := func(id, slot, secret string) {
		if !seen[secret] {
			seen[secret] = true
			list = append(list, secretSlip{id, slot, secret})
		}
	}
	for _, one := range signSecrets() {
		add(one.id, "", one.make(s.secret))
	}
	for _, slot := range slices.Sorted(maps.Keys(s.others)) {
		add("signed-other-slot", slot, s.others[slot])
	}
	add("signed-secret-empty", "", "")
	return list
}

// digestSlips lists the computations that clients do in the place of the one due.
func digestSlips(due digest) []digestSlip {
	var list []digestSlip
	for _, d := range digests() {
		if d.name != due.name {
			list = append(list, digestSlip{"signed-digest-other", d.name, d.sum})
		}
	}
	if due.keyed {
		list = append(list, digestSlip{"signed-hmac-swapped", due.name + "(key=text)", func(secret, text string) []byte { return due.sum(text, secret) }})
	}
	for _, upper := range []bool{false, true} {
		name := due.name + " of its own lower-case hex"
		if upper {
			name = due.name + " of its own upper-case hex"
		}
		list = append(list, digestSlip{"signed-digest-twice", name, func(secret, text string) []byte {
			once := due.sum(secret, text)
			if upper {
				return due.sum(secret, upperHex(once))
			}
			return due.sum(secret, strings.ToLower(upperHex(once)))
		}})
	}
	return list
}

// readWriting tells how a signature is written, and which mistakes that is; false for what is no digest in any known
// writing.
func (s *Signer) readWriting(got string) (signWriting, bool) {
	w, ok := readSignature(got)
	if !ok {
		return w, false
	}
	var mistakes []string
	for _, id := range w.mistakes {
		switch id {
		case "signature-lower-case", "signature-mixed-case", "signature-base64":
		default:
			mistakes = append(mistakes, id)
		}
	}
	isBase64 := slices.Contains(w.mistakes, "signature-base64")
	dueBase64 := s.sign.Encoding == "base64"
	switch {
	case isBase64 && !dueBase64:
		mistakes = append(mistakes, "signed-base64")
	case isBase64 && strings.Trim(got, "\"' \t\r\n") != got: // told already
	case isBase64 && strings.ContainsAny(got, "-_ ") || isBase64 && len(got)%4 != 0:
		mistakes = append(mistakes, "signed-base64-form")
	case isBase64:
	case dueBase64:
		mistakes = append(mistakes, "signed-hex")
	case slices.Contains(w.mistakes, "signature-lower-case"):
		if s.sign.Case == "upper" {
			mistakes = append(mistakes, "signed-lower-case")
		}
	case slices.Contains(w.mistakes, "signature-mixed-case"):
		mistakes = append(mistakes, "signed-mixed-case")
	case s.sign.Case != "upper" && s.sign.Case != "any" && strings.ToLower(got) != got:
		mistakes = append(mistakes, "signed-upper-case")
	}
	w.mistakes = mistakes
	return w, true
}
