package adapters_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"understudy/adapters"
)

func TestErrorText(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]*adapters.Error{
		"timeout": {Condition: adapters.ErrTimeout},
		"acme doIt: unavailable, outcome unknown: context canceled": {
			Vendor: "acme", Operation: "doIt", Condition: adapters.ErrUnavailable, UnknownOutcome: true, Err: context.Canceled},
		`acme doIt: throttled: code 7 (isp.limit): "slow\ndown" [HTTP 429] [request r-1] [retry after 3s]`: {
			Vendor: "acme", Operation: "doIt", Condition: adapters.ErrThrottled, Code: "7", SubCode: "isp.limit", Message: "slow\ndown", Status: 429,
			RequestID: "r-1", RetryAfter: 3 * time.Second},
	} {
		if got := e.Error(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestErrorIs(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	err := fmt.Errorf("while syncing: %w", &adapters.Error{Condition: adapters.ErrTimeout, UnknownOutcome: true, Err: cause})
	for _, target := range []error{adapters.ErrTimeout, adapters.ErrUnknownOutcome, cause} {
		if !errors.Is(err, target) {
			t.Errorf("%v is not %v", err, target)
		}
	}
	for _, target := range []error{adapters.ErrThrottled, adapters.Condition(""), errors.New("timeout")} {
		if errors.Is(err, target) {
			t.Errorf("%v is %v", err, target)
		}
	}
	if errors.Is(&adapters.Error{Condition: adapters.ErrTimeout}, adapters.ErrUnknownOutcome) {
		t.Error("an outcome that is known is unknown")
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	got := fmt.Sprint(adapters.FaultUnknown, adapters.FaultCaller, adapters.FaultVendor, adapters.FaultThrottled)
	if strings.Join(strings.Fields(got), " ") != "unknown caller vendor throttled" {
		t.Error(got)
	}
}

func TestTokensDoNotPrint(t *testing.T) {
	t.Parallel()
	token, static := adapters.Token{Value: "HIDDEN"}, adapters.StaticToken("HIDDEN")
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("tokens", "token", token, "static", static)
	if strings.Contains(log.String(), "HIDDEN") {
		t.Error(log.String())
	}
	if text := fmt.Sprintf("%v %+v %#v %s %v %+v %#v", token, token, token, static, static, static, static); strings.Contains(text, "HIDDEN") {
		t.Error(text)
	}
	if got, err := static.Token(t.Context()); err != nil || got.Value != "HIDDEN" || !got.Expires.IsZero() {
		t.Errorf("%q, %v", got.Value, err)
	}
}

func TestNoTokenFunc(t *testing.T) {
	t.Parallel()
	if _, err := adapters.TokenFunc(nil).Token(t.Context()); !errors.Is(err, adapters.ErrInvalid) {
		t.Error(err)
	}
}
