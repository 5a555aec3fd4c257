package check_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/check"
	"understudy/mock/report"
)

// counted counts what reaches a server, by method.
type counted struct {
	next http.Handler
	mu   sync.Mutex
	by   map[string]int
	hook func(n int, w http.ResponseWriter, r *http.Request) bool // true: it has answered
}

func (c *counted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	if c.by == nil {
		c.by = map[string]int{}
	}
	c.by[r.Method]++
	n := c.total()
	c.mu.Unlock()
	if c.hook != nil && c.hook(n, w, r) {
		return
	}
	c.next.ServeHTTP(w, r)
}

func (c *counted) total() int {
	n := 0
	for _, one := range c.by {
		n += one
	}
	return n
}

func shelfConfig(tb testing.TB, url string) check.Config {
	return check.Config{
		Contract: books(tb), Target: url, HTTP: &http.Client{}, Seed: 1,
		Credentials: mock.Credentials{"keys": {Tokens: []mock.Token{{Value: shelfKey}}}},
	}
}

func TestReadOnlyByDefault(t *testing.T) {
	t.Parallel()
	c := &counted{next: newShelf(books(t), "")}
	front := httptest.NewServer(c)
	defer front.Close()
	got, err := check.Run(t.Context(), shelfConfig(t, front.URL))
	if err != nil {
		t.Fatal(err)
	}
	tell(t, got)
	if c.by[http.MethodGet] == 0 || len(c.by) != 1 {
		t.Errorf("methods sent: %v", c.by)
	}
	for _, op := range got.Operations {
		safe := op.Method == http.MethodGet
		if safe == (len(op.Positive.Checked) == 0) || !safe && (len(op.Positive.NotChecked) == 0 || len(op.Flow.NotChecked) == 0) {
			t.Errorf("%s: %d checks, left out %v, flow %v", op.ID, len(op.Positive.Checked), op.Positive.NotChecked, op.Flow.NotChecked)
		}
	}
	if got.Requests != c.total() {
		t.Errorf("%d requests told, %d came", got.Requests, c.total())
	}
}

func TestOnly(t *testing.T) {
	t.Parallel()
	front := httptest.NewServer(newShelf(books(t), ""))
	defer front.Close()
	config := shelfConfig(t, front.URL)
	config.Only = []string{"searchBooks"}
	got, err := check.Run(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range got.Operations {
		if (op.ID == "searchBooks") == (len(op.Positive.Checked)+len(op.Negative.Checked) == 0) {
			t.Errorf("%s has %d checks", op.ID, len(op.Positive.Checked))
		}
	}
	config.Only = []string{"serchBooks"}
	_, err = check.Run(t.Context(), config)
	var unknown *check.UnknownError
	if !errors.As(err, &unknown) || !slices.Contains(unknown.Near, "searchBooks") || len(unknown.Near) > 5 {
		t.Errorf("%v", err)
	}
	if _, err := check.Run(t.Context(), check.Config{}); err == nil {
		t.Error("a run without a contract begins")
	}
}

func TestBoundOfRequests(t *testing.T) {
	t.Parallel()
	c := &counted{next: newShelf(books(t), "")}
	front := httptest.NewServer(c)
	defer front.Close()
	config := shelfConfig(t, front.URL)
	config.Unsafe, config.MaxRequests = true, 25
	got, err := check.Run(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	if n := c.total(); n != 25 || got.Requests != 25 || len(got.Notes) != 1 || got.Failures() != 0 {
		t.Errorf("%d came, %d told, %v", n, got.Requests, got.Notes)
	}
	last := got.Operations[len(got.Operations)-1]
	if len(last.Negative.NotChecked) == 0 || !strings.Contains(last.Negative.NotChecked[0].Text, "25") {
		t.Errorf("%v", last.Negative.NotChecked)
	}
}

func TestRate(t *testing.T) {
	t.Parallel()
	front := httptest.NewServer(newShelf(books(t), ""))
	defer front.Close()
	config := shelfConfig(t, front.URL)
	config.Rate, config.MaxRequests = 100, 20
	began := time.Now()
	if _, err := check.Run(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 190*time.Millisecond {
		t.Errorf("20 requests at 100 a second took %s", took)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	c := &counted{next: newShelf(books(t), ""), hook: func(n int, _ http.ResponseWriter, _ *http.Request) bool {
		if n == 10 {
			cancel()
		}
		return false
	}}
	front := httptest.NewServer(c)
	defer front.Close()
	got, err := check.Run(ctx, shelfConfig(t, front.URL))
	if !errors.Is(err, context.Canceled) || got == nil || got.Checked() == 0 || got.Failures() != 0 || c.total() > 11 {
		t.Errorf("%v, %d requests", err, c.total())
	}
}

// TestServerDies has a server that is gone after some requests: an error, and no failure.
func TestServerDies(t *testing.T) {
	t.Parallel()
	var front *httptest.Server
	c := &counted{next: newShelf(books(t), ""), hook: func(n int, w http.ResponseWriter, r *http.Request) bool {
		if n < 15 {
			return false
		}
		_ = front.Listener.Close()
		connection, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = connection.Close()
		}
		return true
	}}
	front = httptest.NewServer(c)
	defer front.Close()
	got, err := check.Run(t.Context(), shelfConfig(t, front.URL))
	var gone *check.GoneError
	if !errors.As(err, &gone) || gone.Operation == "" || got == nil || got.Failures() != 0 || got.Checked() == 0 {
		t.Errorf("%v", err)
	}
}

func TestServerNeverAnswers(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + listener.Addr().String()
	_ = listener.Close()
	for _, wait := range []time.Duration{0, 250 * time.Millisecond} {
		config := shelfConfig(t, address)
		config.Wait = wait
		got, err := check.Run(t.Context(), config)
		var start *check.StartError
		if !errors.As(err, &start) || got != nil {
			t.Errorf("%v: %v", wait, err)
		}
	}
}

func TestWaits(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	right := newShelf(books(t), "")
	up := make(chan *http.Server, 1)
	time.AfterFunc(300*time.Millisecond, func() {
		server := &http.Server{Handler: right, ReadHeaderTimeout: time.Minute}
		if listener, err := net.Listen("tcp", address); err == nil {
			go func() { _ = server.Serve(listener) }()
		}
		up <- server
	})
	config := shelfConfig(t, "http://"+address)
	config.Wait, config.Only = 10*time.Second, []string{"searchBooks"}
	got, err := check.Run(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	_ = (<-up).Close()
	tell(t, got)
}

// TestSilence has a server that answers one operation too late, and cuts the connection of another.
func TestSilence(t *testing.T) {
	t.Parallel()
	var late atomic.Int64
	c := &counted{next: newShelf(books(t), ""), hook: func(_ int, w http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.URL.Path == "/v1/search":
			if late.Add(1) > 2 {
				return false
			}
			<-r.Context().Done()
			return true
		case strings.HasPrefix(r.URL.Path, "/v1/books/"):
			if connection, _, err := w.(http.Hijacker).Hijack(); err == nil {
				_ = connection.Close()
			}
			return true
		}
		return false
	}}
	front := httptest.NewServer(c)
	defer front.Close()
	config := shelfConfig(t, front.URL)
	config.HTTP.Timeout = 200 * time.Millisecond
	got, err := check.Run(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	all := rulesOf(got)
	if len(all) != 1 || !strings.HasPrefix(all[0], "no-answer") || got.Failures() < 3 {
		t.Errorf("%d failures: %v", got.Failures(), all)
		tell(t, got)
	}
}

// TestStableNames wants the same checks for every seed, the same requests for the same one, and progress for each check.
func TestStableNames(t *testing.T) {
	t.Parallel()
	run := func(seed int64) (names, bodies []string) {
		front := httptest.NewServer(newShelf(books(t), ""))
		defer front.Close()
		config := shelfConfig(t, front.URL)
		config.Seed, config.Unsafe, config.KeepExchanges = seed, true, true
		told := 0
		config.Progress = func(p check.Progress) {
			told++
			if p.Operation == "" || p.Check == "" || p.Part == "" || p.Requests == 0 {
				t.Errorf("%+v", p)
			}
		}
		got, err := check.Run(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		if told != got.Checked() {
			t.Errorf("%d told, %d checks", told, got.Checked())
		}
		for _, op := range got.Operations {
			for _, part := range op.Parts() {
				for _, one := range part.Checked {
					names = append(names, op.ID+" "+one.Name)
				}
			}
		}
		for _, x := range got.Exchanges {
			bodies = append(bodies, x.Method+" "+strings.TrimPrefix(x.URL, front.URL)+" "+x.Body)
			if strings.Contains(x.URL+x.Body+x.Reply, shelfKey) || slices.ContainsFunc(x.Header, func(p report.Pair) bool { return strings.Contains(p.Value, shelfKey) }) {
				t.Errorf("the key stands in the exchange of %s", x.Check)
			}
		}
		return names, bodies
	}
	names, bodies := run(1)
	again, same := run(1)
	other, others := run(2)
	if !slices.Equal(names, again) || !slices.Equal(bodies, same) {
		t.Error("the same seed gives another run")
	}
	if !slices.Equal(names, other) {
		for _, name := range names {
			if !slices.Contains(other, name) {
				t.Errorf("only with seed 1: %s", name)
			}
		}
		for _, name := range other {
			if !slices.Contains(names, name) {
				t.Errorf("only with seed 2: %s", name)
			}
		}
	}
	if slices.Equal(bodies, others) {
		t.Error("another seed gives the same requests")
	}
	if len(slices.Compact(slices.Sorted(slices.Values(names)))) != len(names) {
		t.Error("two checks have one name")
	}
}
