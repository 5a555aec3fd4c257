package adapters

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Token is an access token, opaque to the client.
type Token struct {
	// Value is sent as it is.
	Value string
	// Expires is when the vendor stops accepting it. The zero time means not known: the token is used until it is rejected.
	Expires time.Time
}

// String hides the value, so that a token printed by accident tells nothing.
func (Token) String() string { return "adapters.Token{***}" }

// GoString hides the value as String does.
func (t Token) GoString() string { return t.String() }

// LogValue hides the value as String does.
func (t Token) LogValue() slog.Value { return slog.StringValue(t.String()) }

// TokenSource gives access tokens for vendors whose documents do not say where a token comes from.
type TokenSource interface {
	// Token gives a token that is valid now. The client keeps it until it expires or the vendor rejects it, and never has more
	// than one call of Token under way. ctx is not that of a single caller: it survives a caller that gives up and has a deadline
	// of its own. An *Error is passed on to the callers as it is; any other error reaches them wrapped in an Error with ErrUnauthorized,
	// or with ErrTimeout or ErrCanceled when it wraps a context's error, and with its text hidden.
	//
	// After a rejection the call is repeated once with what Token gives then, even if that is the same token.
	Token(ctx context.Context) (Token, error)
}

// StaticToken is a TokenSource that always gives the same token, for tokens from a portal or from a person. When the vendor rejects it, the
// call is not repeated: there is nothing to renew.
type StaticToken string

// Token gives the token, without a time of expiry.
func (s StaticToken) Token(context.Context) (Token, error) { return Token{Value: string(s)}, nil }

// String hides the token.
func (StaticToken) String() string { return "adapters.StaticToken(***)" }

// GoString hides the token as String does.
func (s StaticToken) GoString() string { return s.String() }

// LogValue hides the token as String does.
func (s StaticToken) LogValue() slog.Value { return slog.StringValue(s.String()) }

// TokenFunc makes a TokenSource of a function.
type TokenFunc func(ctx context.Context) (Token, error)

// Token calls f. A nil f is an error.
func (f TokenFunc) Token(ctx context.Context) (Token, error) {
	if f == nil {
		return Token{}, &Error{Condition: ErrInvalid, Fault: FaultCaller, Err: errors.New("the TokenFunc is nil")}
	}
	return f(ctx)
}
