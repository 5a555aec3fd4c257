package wire

import (
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	var tokens Tokens
	key := []byte("token-key")
	good, err := SignToken(key, testClaims())
	if err != nil {
		t.Fatal(err)
	}
	end := testClaims().ExpiresAt
	foreign, err := SignToken([]byte("other"), testClaims())
	if err != nil {
		t.Fatal(err)
	}
	if tokens.Subject(good) != testClaims().Subject {
		t.Errorf("the subject before anything is remembered: %q", tokens.Subject(good))
	}
	for _, tt := range []struct {
		name, token string
		key         string
		now         time.Time
		want        error
	}{
		{"ended before it is known", good, "token-key", end, ErrTokenExpired},
		{"good", good, "token-key", issued, nil},
		{"good again", good, "token-key", issued, nil},
		{"ended since", good, "token-key", end, ErrTokenExpired},
		{"good on a clock that was set back", good, "token-key", issued, nil},
		{"another key", good, "other", issued, ErrTokenSignature},
		{"no key", good, "", issued, ErrTokenSignature},
		{"a key that is longer", good, "token-key2", issued, ErrTokenSignature},
		{"another token", foreign, "token-key", issued, ErrTokenSignature},
		{"another token again", foreign, "token-key", issued, ErrTokenSignature},
		{"that of the other key", foreign, "other", issued, nil},
		{"good still", good, "token-key", issued, nil},
		{"changed at its end", good[:len(good)-2] + "AA", "token-key", issued, ErrTokenSignature},
		{"nothing", "", "token-key", issued, ErrTokenMalformed},
	} {
		got, err := tokens.Verify([]byte(tt.key), tt.token, tt.now)
		want, plainly := VerifyToken([]byte(tt.key), tt.token, tt.now)
		if !errors.Is(err, tt.want) || !errors.Is(plainly, tt.want) || got != want {
			t.Errorf("%s: %+v, %v; VerifyToken says %+v, %v", tt.name, got, err, want, plainly)
		}
	}
	for _, token := range []string{"", "a", "a.b", "a.b.c", good, foreign, good + ".x", "x.e30.y", "x.eyJzdWIiOjF9.y"} {
		if got, want := tokens.Subject(token), unjudgedSubject(token); got != want {
			t.Errorf("Subject(%.20q) = %q, want %q", token, got, want)
		}
	}
}

// TestTokensRemember: what is wrong is not remembered, and what is right only so far.
func TestTokensRemember(t *testing.T) {
	t.Parallel()
	var tokens Tokens
	key := []byte("token-key")
	count := func() (n int) {
		if places := tokens.places.Load(); places != nil {
			for i := range places {
				if places[i].Load() != nil {
					n++
				}
			}
		}
		return n
	}
	claims := testClaims()
	sign := func(key []byte, i int) string {
		claims := claims
		claims.Subject = strconv.Itoa(i)
		token, err := SignToken(key, claims)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	for i := range 50 {
		_, _ = tokens.Verify(key, sign([]byte("other"), i), issued)
		_, _ = tokens.Verify(key, sign(key, i), claims.ExpiresAt)
	}
	if n := count(); n != 0 {
		t.Errorf("%d wrong tokens are remembered", n)
	}
	var all sync.WaitGroup
	for part := range 4 {
		all.Go(func() {
			for i := range mostTokens {
				token := sign(key, part*mostTokens+i)
				if got, err := tokens.Verify(key, token, issued); err != nil || got.Subject != strconv.Itoa(part*mostTokens+i) {
					t.Errorf("token %d: %+v, %v", i, got, err)
				}
			}
		})
	}
	all.Wait()
	if n := count(); n < mostTokens/2 || n > mostTokens {
		t.Errorf("%d tokens are remembered", n)
	}
}

func TestTokensAllocate(t *testing.T) {
	if underRace {
		t.Skip("allocations are counted without the race detector")
	}
	var tokens Tokens
	key := []byte("token-key")
	token, err := SignToken(key, testClaims())
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() {
		if _, err := tokens.Verify(key, token, issued); err != nil || tokens.Subject(token) == "" {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkTokens(b *testing.B) {
	var tokens Tokens
	key := []byte("token-key")
	token, err := SignToken(key, testClaims())
	if err != nil {
		b.Fatal(err)
	}
	b.Run("remembered", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := tokens.Verify(key, token, issued); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("first", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := VerifyToken(key, token, issued); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("subject", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if tokens.Subject(token) == "" {
				b.Fatal("none")
			}
		}
	})
}
