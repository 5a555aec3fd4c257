package mask

import (
	"strings"

	"understudy/mock/internal/detect"
	"understudy/mock/internal/pseudonym"
	"understudy/specs"
)

// suspects are the kinds of what detectors see in a text and what is no pseudonym; name is that of the member or parameter that
// holds the text, "" for none. The scan tells them, and the masker leaves no text that has any: so the two cannot disagree.
func suspects(name, text string) map[string]bool {
	kinds := map[string]bool{}
	if len(text) < shortestSuspect {
		return kinds
	}
	ours := bearsStandIn(text)
	if detect.SecretName(name) && detect.Random(text) && !ours {
		kinds[detect.Token] = true
		return kinds
	}
	detect.Through(text, func(text string) []detect.Edit {
		var edits []detect.Edit
		for _, span := range find(text) {
			if !pseudonym.Found(span.Kind, text[span.Start:span.End]) && !(ours && span.Kind == detect.Cipher) {
				kinds[span.Kind] = true
				edits = append(edits, detect.Edit{Start: span.Start, End: span.End, Kind: span.Kind})
			}
		}
		return edits
	})
	return kinds
}

// shortestSuspect is how long the shortest text is in which a detector finds anything: an address of mail, a@b.cn.
const shortestSuspect = 6

// find finds what detectors tell to be a datum or a secret, and what looks like a ciphertext: nobody can see what is in it.
func find(text string) []detect.Span {
	return detect.Disjoint(append(detect.Find(text), detect.Ciphertexts(text)...))
}

// isCiphertext says whether a whole body looks like a ciphertext that nobody has opened; sealed that the contract seals it, so
// that a short one is no hash.
func isCiphertext(body []byte, sealed bool) bool {
	length := detect.BeyondHash
	if sealed {
		length = detect.AnyLength
	}
	text := string(body)
	return detect.Ciphertext(text, length) && filler(text) != text && !pseudonym.StandIn(strings.Trim(strings.TrimSpace(text), `"`))
}

func sealsRequest(op *specs.Operation) bool { return op != nil && op.Wire.Seal.SealsBody() }

func sealsResponse(op *specs.Operation) bool {
	return op != nil && op.Wire.Seal != nil && op.Wire.Seal.ResponsePart() == "body"
}

// bearsStandIn says whether a text is a stand-in, also one behind Bearer and the like.
func bearsStandIn(text string) bool {
	_, rest, found := strings.Cut(text, " ")
	return pseudonym.StandIn(text) || found && pseudonym.StandIn(rest)
}

// mute says nothing at all: every letter and digit is x. No detector finds anything in it.
func mute(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '@', r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= 0xff10 && r <= 0xff5a:
			return 'x'
		}
		return r
	}, text)
}
