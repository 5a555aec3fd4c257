package wire

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// What VerifyToken can find wrong, for errors.Is. Their texts never hold the
// token.
var (
	ErrTokenMalformed = errors.New("token: malformed")
	ErrTokenSignature = errors.New("token: wrong signature or algorithm")
	ErrTokenExpired   = errors.New("token: expired")
)

// maxTokenBytes bounds a token before anything of it is decoded.
const maxTokenBytes = 8 << 10

// tokenHeader is fixed, in the member order of the document's sample.
const tokenHeader = `{"typ":"JWT","alg":"HS256"}`

// Claims are those of the sample token of the zheliban document (Z1 response).
// Times have a resolution of one second (RFC 7519, section 2, NumericDate).
type Claims struct {
	Subject, Audience, Issuer string
	IssuedAt, ExpiresAt       time.Time
}

// claimsText is the wire form: aud is a plain string (RFC 7519, section 4.1.3).
type claimsText struct {
	Subject   string `json:"sub,omitempty"`
	Audience  string `json:"aud,omitempty"`
	Issuer    string `json:"iss,omitempty"`
	ExpiresAt int64  `json:"exp"`
	IssuedAt  int64  `json:"iat,omitempty"`
}

// SignToken writes a compact JWT signed with HS256. An empty key and claims
// without an end are errors: such a token could not be verified.
func SignToken(key []byte, c Claims) (string, error) {
	if len(key) == 0 {
		return "", errors.New("token: the signing key is empty")
	}
	if c.ExpiresAt.IsZero() {
		return "", errors.New("token: ExpiresAt is not set")
	}
	text := claimsText{Subject: c.Subject, Audience: c.Audience, Issuer: c.Issuer, ExpiresAt: c.ExpiresAt.Unix()}
	if !c.IssuedAt.IsZero() {
		text.IssuedAt = c.IssuedAt.Unix()
	}
	payload, err := json.Marshal(text)
	if err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	signing := base64.RawURLEncoding.EncodeToString([]byte(tokenHeader)) + "." + base64.RawURLEncoding.EncodeToString(payload)
	signature, err := jwt.SigningMethodHS256.Sign(signing, key)
	if err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	return signing + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// VerifyToken reads a compact JWT of at most 8 KiB, signed with HS256 and
// nothing else, and checks that it has not ended: one that ends exactly now
// has. The error is one of ErrTokenMalformed, ErrTokenSignature and
// ErrTokenExpired; with ErrTokenExpired the claims are returned too, since the
// signature was right.
func VerifyToken(key []byte, token string, now time.Time) (Claims, error) {
	if len(token) > maxTokenBytes {
		return Claims{}, fmt.Errorf("%w: longer than %d bytes", ErrTokenMalformed, maxTokenBytes)
	}
	if len(key) == 0 {
		return Claims{}, ErrTokenSignature
	}
	// The library's own claim checks also judge nbf and iat by its rules; only
	// the end matters here, and on the session's clock.
	parser := jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithStrictDecoding(), jwt.WithoutClaimsValidation())
	var claims jwt.RegisteredClaims
	_, err := parser.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return key, nil })
	switch {
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return Claims{}, ErrTokenSignature
	case err != nil:
		return Claims{}, ErrTokenMalformed
	case claims.ExpiresAt == nil:
		return Claims{}, fmt.Errorf("%w: no exp claim", ErrTokenMalformed)
	case len(claims.Audience) > 1:
		return Claims{}, fmt.Errorf("%w: more than one audience", ErrTokenMalformed)
	}
	c := Claims{Subject: claims.Subject, Issuer: claims.Issuer, ExpiresAt: claims.ExpiresAt.Time}
	if len(claims.Audience) == 1 {
		c.Audience = claims.Audience[0]
	}
	if claims.IssuedAt != nil {
		c.IssuedAt = claims.IssuedAt.Time
	}
	if !now.Before(c.ExpiresAt) {
		return c, ErrTokenExpired
	}
	return c, nil
}
