package wire

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"hash/maphash"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// mostTokens is how many verified tokens are remembered at once. Each has one place, which the next one of that place
// takes over.
const mostTokens = 4096

// Tokens verifies tokens and remembers those that were signed rightly, a bounded number of them, by key and text: a caller
// shows the same one with each call. Nothing else about a token is remembered. The zero value is ready, and safe for
// concurrent use.
type Tokens struct {
	once   sync.Once
	seed   maphash.Seed
	places atomic.Pointer[[mostTokens]atomic.Pointer[verifiedToken]]
}

type verifiedToken struct {
	key, text string
	claims    Claims
}

// Verify is [VerifyToken]; whether a token has ended is judged anew each time.
func (t *Tokens) Verify(key []byte, token string, now time.Time) (Claims, error) {
	if known := t.known(token); known != nil && Same(known.key, unsafe.String(unsafe.SliceData(key), len(key))) {
		if !now.Before(known.claims.ExpiresAt) {
			return known.claims, ErrTokenExpired
		}
		return known.claims, nil
	}
	claims, err := VerifyToken(key, token, now)
	if err == nil {
		t.keep(&verifiedToken{string(key), strings.Clone(token), claims})
	}
	return claims, err
}

// Subject is the claim sub of a token (RFC 7519, section 4.1.2) that nobody has judged; "" for what is none. It decodes
// those only that are not remembered.
func (t *Tokens) Subject(token string) string {
	if known := t.known(token); known != nil {
		return known.claims.Subject
	}
	return unjudgedSubject(token)
}

// known is the verified token of a text, nil where it is not remembered.
func (t *Tokens) known(token string) *verifiedToken {
	places := t.places.Load()
	if places == nil || len(token) > maxTokenBytes {
		return nil
	}
	known := places[maphash.String(t.seed, token)%mostTokens].Load()
	if known == nil || !Same(known.text, token) {
		return nil
	}
	return known
}

func (t *Tokens) keep(token *verifiedToken) {
	t.once.Do(func() {
		t.seed = maphash.MakeSeed()
		t.places.Store(&[mostTokens]atomic.Pointer[verifiedToken]{})
	})
	t.places.Load()[maphash.String(t.seed, token.text)%mostTokens].Store(token)
}

// Same compares secrets in constant time for their length.
func Same(a, b string) bool {
	return subtle.ConstantTimeCompare(unsafe.Slice(unsafe.StringData(a), len(a)), unsafe.Slice(unsafe.StringData(b), len(b))) == 1
}

// unjudgedSubject decodes the claim sub of a token.
func unjudgedSubject(token string) string {
	_, rest, _ := strings.Cut(token, ".")
	payload, _, ok := strings.Cut(rest, ".")
	if !ok {
		return ""
	}
	text, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return ""
	}
	var claims struct {
		Subject string `json:"sub"`
	}
	if json.Unmarshal(text, &claims) != nil {
		return ""
	}
	return claims.Subject
}
