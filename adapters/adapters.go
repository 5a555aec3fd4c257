// Package adapters holds what every vendor client has in common: how it is configured, the one error type it returns, where
// an access token comes from, and the calendar day. The clients themselves are the packages below this one; none of them is named here.
//
// A client is safe for concurrent use. It never follows a redirect, keeps no cookies, reads a bounded number of bytes, repeats only
// calls that are safe to repeat, and writes neither secrets nor personal data into an error or a log.
package adapters

import (
	"log/slog"
	"net/http"
	"time"
)

// Config says how a client talks HTTP. The zero value is right for production: https (or http to this machine), 30 seconds an
// attempt, three attempts where repeating is safe, no log.
type Config struct {
	// AllowPlainHTTP accepts an http:// base URL whose host is not this machine. Without it http:// is accepted for localhost,
	// 127.0.0.0/8 and ::1 only, because the credentials would travel in clear.
	AllowPlainHTTP bool

	// Transport sends the requests. Nil means an own pool with the settings of http.DefaultTransport. It is called directly: no
	// redirects, no cookie jar.
	Transport http.RoundTripper

	// Timeout bounds one attempt, from dialling to the last byte of the reply. Zero means 30 seconds; the caller's context bounds
	// the whole call.
	Timeout time.Duration

	// MaxBody bounds a reply in bytes, as sent and again after decompression. Zero means the vendor's default, at least 8 MiB.
	// A longer reply is an Error with ErrTooLarge, never a shortened one.
	MaxBody int64

	// Attempts is how often a call that is safe to repeat is sent at most. Zero means 3, 1 switches repeating off. Calls that are
	// not safe are sent once whatever this says. The single repeat after a rejected token is not counted.
	Attempts int

	// Backoff gives the pause before retry n (1, 2, …), cut to MaxWait. Nil means exponential from 200 ms to 5 s with jitter. A longer
	// Retry-After of the vendor wins.
	Backoff func(retry int) time.Duration

	// MaxWait is the longest pause a client makes by itself. Zero means 30 seconds. When the vendor asks for more, the call
	// returns its error at once, with RetryAfter set.
	MaxWait time.Duration

	// UserAgent is sent as User-Agent. Empty means "understudy-adapter".
	UserAgent string

	// Logger gets one record per attempt: vendor, operation, attempt, status and duration, and for a failure condition, the vendor's masked
	// code and whether it is retryable. Never an address, a header or a body. Nil means no log.
	Logger *slog.Logger
}
