package check_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/check"
)

// TestAServerThatSaysNothing is left after its first silence, or after a few once it has spoken; one that is silent at one
// address alone is checked to the end.
func TestAServerThatSaysNothing(t *testing.T) {
	t.Parallel()
	c := books(t)
	for name, tt := range map[string]struct {
		silent func(n int64, r *http.Request) bool
		want   func(error) bool
	}{
		"from the beginning": {func(int64, *http.Request) bool { return true }, func(err error) bool {
			var never *check.StartError
			return errors.As(err, &never)
		}},
		"from the fifth call": {func(n int64, _ *http.Request) bool { return n > 4 }, func(err error) bool {
			var gone *check.GoneError
			return errors.As(err, &gone)
		}},
		"at one address": {func(_ int64, r *http.Request) bool { return r.URL.Path == "/v1/search" }, func(err error) bool { return err == nil }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shelf, over := newShelf(c, ""), make(chan struct{})
			var calls atomic.Int64
			front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if tt.silent(calls.Add(1), r) {
					select {
					case <-over:
					case <-r.Context().Done():
					}
					return
				}
				shelf.ServeHTTP(w, r)
			}))
			defer front.Close()
			defer close(over)
			_, err := check.Run(t.Context(), check.Config{
				Contract: c, Target: front.URL, HTTP: &http.Client{Timeout: 60 * time.Millisecond}, Only: []string{"listBooks", "searchBooks"},
				Credentials: mock.Credentials{"keys": {Tokens: []mock.Token{{Value: shelfKey}}}},
			})
			if !tt.want(err) {
				t.Errorf("ends with %v", err)
			}
			if n := calls.Load(); name != "at one address" && n > 40 {
				t.Errorf("%d calls were made of a server that says nothing", n)
			}
		})
	}
}
