package wire

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

var issued = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func testClaims() Claims {
	return Claims{Subject: "00000000000040008000000000000001", Audience: "100735", Issuer: "ywjk", IssuedAt: issued, ExpiresAt: issued.Add(24 * time.Hour)}
}

func TestTokenRoundTrip(t *testing.T) {
	t.Parallel()
	key := []byte("token-key")
	token, err := SignToken(key, testClaims())
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(token, ".")
	header, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil || string(header) != `{"typ":"JWT","alg":"HS256"}` {
		t.Errorf("header %s, %v", header, err)
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil || claims["aud"] != "100735" || claims["exp"].(float64)-claims["iat"].(float64) != 86400 {
		t.Errorf("claims %s, %v", payload, err)
	}
	got, err := VerifyToken(key, token, issued.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	want := testClaims()
	if got.Subject != want.Subject || got.Audience != want.Audience || got.Issuer != want.Issuer ||
		!got.IssuedAt.Equal(want.IssuedAt) || !got.ExpiresAt.Equal(want.ExpiresAt) {
		t.Errorf("VerifyToken = %+v, want %+v", got, want)
	}
}

func TestVerifyToken(t *testing.T) {
	t.Parallel()
	key := []byte("token-key")
	end := testClaims().ExpiresAt
	sign := func(method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
		token, err := jwt.NewWithClaims(method, claims).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	good, err := SignToken(key, testClaims())
	if err != nil {
		t.Fatal(err)
	}
	last := strings.LastIndex(good, ".")
	tests := []struct {
		name, token string
		now         time.Time
		want        error
	}{
		{"good", good, issued, nil},
		{"before it was issued", good, issued.Add(-time.Hour), nil},
		{"one nanosecond left", good, end.Add(-1), nil},
		{"ends now", good, end, ErrTokenExpired},
		{"ended", good, end.Add(time.Hour), ErrTokenExpired},
		{"only an end", sign(jwt.SigningMethodHS256, key, jwt.MapClaims{"exp": end.Unix(), "mobile": "x"}), issued, nil},
		{"audience in a list", sign(jwt.SigningMethodHS256, key, jwt.MapClaims{"exp": end.Unix(), "aud": []string{"a"}}), issued, nil},
		{"two audiences", sign(jwt.SigningMethodHS256, key, jwt.MapClaims{"exp": end.Unix(), "aud": []string{"a", "b"}}), issued, ErrTokenMalformed},
		{"no end", sign(jwt.SigningMethodHS256, key, jwt.MapClaims{"sub": "a"}), issued, ErrTokenMalformed},
		{"end as text", sign(jwt.SigningMethodHS256, key, jwt.MapClaims{"exp": "soon"}), issued, ErrTokenMalformed},
		{"another key", sign(jwt.SigningMethodHS256, []byte("other"), jwt.MapClaims{"exp": end.Unix()}), issued, ErrTokenSignature},
		{"HS512", sign(jwt.SigningMethodHS512, key, jwt.MapClaims{"exp": end.Unix()}), issued, ErrTokenSignature},
		{"none", sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, jwt.MapClaims{"exp": end.Unix()}), issued, ErrTokenSignature},
		{"changed claims", good[:strings.Index(good, ".")+1] + "e30" + good[last:], issued, ErrTokenSignature},
		{"no signature", good[:last+1], issued, ErrTokenSignature},
		{"two parts", good[:last], issued, ErrTokenMalformed},
		{"four parts", good + ".x", issued, ErrTokenMalformed},
		{"broken Base64", good + "!", issued, ErrTokenMalformed},
		{"nothing", "", issued, ErrTokenMalformed},
		{"words", "Bearer x", issued, ErrTokenMalformed},
		{"too long", strings.Repeat("a", 8<<10+1), issued, ErrTokenMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := VerifyToken(key, tt.token, tt.now)
			if !errors.Is(err, tt.want) {
				t.Errorf("VerifyToken: %v, want %v", err, tt.want)
			}
			if err != nil && len(tt.token) > 2 && strings.Contains(err.Error(), tt.token) {
				t.Errorf("the error shows the token: %v", err)
			}
		})
	}
	if _, err := VerifyToken(nil, good, issued); !errors.Is(err, ErrTokenSignature) {
		t.Errorf("empty key: %v", err)
	}
}

func TestSignTokenRefuses(t *testing.T) {
	t.Parallel()
	if _, err := SignToken(nil, testClaims()); err == nil {
		t.Error("empty key: no error")
	}
	if _, err := SignToken([]byte("k"), Claims{}); err == nil {
		t.Error("no end: no error")
	}
}
