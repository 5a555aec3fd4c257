package rest

import (
	"net/http"
	"strings"
	"time"
)

// maxRetryAfter is the longest pause that is believed; vendors and proxies send nonsense such as 10^9 seconds.
const maxRetryAfter = 10 * time.Minute

// retryAfter reads Retry-After (RFC 9110 section 10.2.3): whole seconds or an HTTP date. Nonsense, a negative number and a past date
// give 0; anything above maxRetryAfter gives maxRetryAfter. A date is compared with the reply's own Date when it has one, so that
// clocks that disagree do no harm.
func retryAfter(h http.Header) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if text == "" {
		return 0
	}
	if strings.Trim(text, "0123456789") == "" {
		var seconds int64
		for _, digit := range text {
			seconds = seconds*10 + int64(digit-'0')
			if seconds > int64(maxRetryAfter/time.Second) {
				return maxRetryAfter
			}
		}
		return time.Duration(seconds) * time.Second
	}
	when, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	now := time.Now()
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return min(max(when.Sub(now), 0), maxRetryAfter)
}
