package mock

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ownCredentials are those of a session alone, nil when it takes the server's: given ones as they are, and for the other
// slots, when the config asks for it, derived ones.
func (s *Server) ownCredentials(c SessionConfig) (map[string]Credentials, error) {
	if !c.OwnCredentials && len(c.Credentials) == 0 {
		return nil, nil
	}
	own := map[string]Credentials{}
	var problems []error
	for _, vendor := range sortedKeys(c.Credentials) {
		if _, ok := s.base().vendor(vendor); !ok {
			problems = append(problems, fmt.Errorf("credentials for %s: no such vendor is played", quote(vendor)))
			continue
		}
		own[vendor] = c.Credentials[vendor].clone()
	}
	if !c.OwnCredentials {
		return own, errors.Join(problems...)
	}
	for _, v := range s.base().vendors {
		all := Credentials{}
		for _, slot := range sortedKeys(v.credentials) {
			if _, given := own[v.contract.Vendor][slot]; given {
				continue
			}
			mine, ok := s.ownCredential(c.Name, v, slot)
			if !ok {
				problems = append(problems, fmt.Errorf("%s.%s: the server's value has too few letters and digits to derive one for a session from; give one in its credentials", v.contract.Vendor, slot))
				continue
			}
			all[slot] = mine
		}
		maps.Copy(all, own[v.contract.Vendor])
		own[v.contract.Vendor] = all
	}
	return own, errors.Join(problems...)
}

// ownCredential derives a session's value of a slot: as long and as written as the server's own, the same for the same
// name and server as long as no other session has it, and not to be guessed by who does not know the server's. It is
// false when there is nothing left to derive.
func (s *Server) ownCredential(session string, v *vendor, slot string) (mine Credential, ok bool) {
	common := v.credentials[slot]
	taken := common.texts()
	ok = true
	derive := func(text string) string {
		for attempt := range 100 {
			one := s.ownText(session, v, slot, text, attempt)
			if _, owned := s.owners.find(shown{v.contract.Vendor, slot, one}); !owned && !slices.Contains(taken, one) {
				taken = append(taken, one)
				return one
			}
		}
		ok = false
		return ""
	}
	if common.Text != "" {
		mine.Text = derive(common.Text)
	}
	for _, t := range common.Tokens {
		mine.Tokens = append(mine.Tokens, Token{Value: derive(t.Value), Account: t.Account})
	}
	return mine, ok
}

// ownText writes a keyed digest in the shape of a text: digits for digits, letters for letters in their case (a to f
// where the text has no others), all else as it stands. So a key keeps its length, and an app_key its look.
func (s *Server) ownText(session string, v *vendor, slot, text string, attempt int) string {
	out := []byte(text)
	letters := byte(26)
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= 'g' && r <= 'z' || r >= 'G' && r <= 'Z' }) {
		letters = 6
	}
	var stream []byte
	for i := range out {
		if len(stream) == 0 {
			h := hmac.New(sha256.New, v.tokenKey)
			fmt.Fprintf(h, "own credential\x00%s\x00%s\x00%s\x00%d\x00%d", session, slot, text, attempt, i)
			stream = h.Sum(nil)
		}
		b := stream[0]
		stream = stream[1:]
		switch c := out[i]; {
		case c >= '0' && c <= '9':
			out[i] = '0' + b%10
		case c >= 'a' && c <= 'z':
			out[i] = 'a' + b%letters
		case c >= 'A' && c <= 'Z':
			out[i] = 'A' + b%letters
		}
	}
	return string(out)
}
