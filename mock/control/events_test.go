package control

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"understudy/mock"
)

// reader takes a stream's text; it can be slow.
type reader struct {
	header http.Header
	mu     sync.Mutex
	text   strings.Builder
	hold   chan struct{} // while it is open, writing waits; nil never does
	fail   bool
}

func (r *reader) Header() http.Header { return r.header }
func (r *reader) WriteHeader(int)     {}
func (r *reader) Flush()              {}
func (r *reader) Write(text []byte) (int, error) {
	if r.hold != nil && strings.HasPrefix(string(text), "id:") {
		<-r.hold
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail {
		return 0, fmt.Errorf("gone")
	}
	return r.text.Write(text)
}

func (r *reader) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// seen lists what a stream has told, in short: exchange 1, missed 2, heartbeat.
func (r *reader) seen() []string {
	var list []string
	for _, event := range strings.Split(r.String(), "\n\n") {
		lines := strings.Split(event, "\n")
		switch {
		case lines[0] == ": heartbeat":
			list = append(list, "heartbeat")
		case strings.HasPrefix(lines[0], "id: ") && len(lines) == 3 && lines[1] == "event: exchange" && strings.HasPrefix(lines[2], `data: {"id":`+lines[0][4:]+`,`):
			list = append(list, "exchange "+lines[0][4:])
		case lines[0] == "event: missed" && len(lines) == 2:
			list = append(list, "missed "+strings.TrimSuffix(strings.TrimPrefix(lines[1], `data: {"missed":`), "}"))
		case lines[0] != "" && lines[0] != ": exchanges as they happen":
			list = append(list, "?"+event)
		}
	}
	return list
}

// watch opens a stream until its context ends; ended is closed when the handler has returned.
func (w *world) watch(ctx context.Context, r *reader, query string, header ...string) (ended chan struct{}) {
	request := httptest.NewRequest(http.MethodGet, "/journal/events"+query, nil).WithContext(ctx)
	request.Host = "localhost"
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	r.header = http.Header{}
	ended = make(chan struct{})
	go func() {
		defer close(ended)
		w.handler.ServeHTTP(r, request)
	}()
	return ended
}

func TestEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Config{})
		ctx, cancel := context.WithCancel(t.Context())
		w.tasks("a", true)
		var all, filtered, failed reader
		ends := []chan struct{}{w.watch(ctx, &all, ""), w.watch(ctx, &filtered, "?session=b"), w.watch(ctx, &failed, "?diagnosis=missing-token")}
		synctest.Wait()
		if all.header.Get("Content-Type") != "text/event-stream" || all.header.Get("Cache-Control") != "no-store" {
			t.Errorf("the head is %v", all.header)
		}
		w.tasks("a", true)
		w.tasks("b", true)
		w.tasks("a", false)
		synctest.Wait()
		time.Sleep(heartbeat + time.Second)
		synctest.Wait()
		for _, tt := range []struct {
			name string
			r    *reader
			want []string
		}{
			{"all", &all, []string{"exchange 2", "exchange 3", "exchange 4", "heartbeat"}},
			{"one session", &filtered, []string{"exchange 3", "heartbeat"}},
			{"one diagnosis", &failed, []string{"exchange 4", "heartbeat"}},
		} {
			if got := tt.r.seen(); !slices.Equal(got, tt.want) {
				t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
			}
		}
		if strings.Contains(all.String(), "development-access-token") {
			t.Error("a stream shows a token")
		}
		cancel()
		for _, ended := range ends {
			<-ended
		}
	})
}

func TestEventsResume(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		// A journal so small that it keeps a few exchanges.
		w := newWorldOver(t, mock.Config{JournalBytes: 6000}, Config{})
		for range 40 {
			w.tasks("a", true)
		}
		kept := get[listing](w, "/journal").ids()
		if len(kept) < 3 || kept[0] < 3 {
			t.Fatalf("the journal keeps %v: the test needs some of them", kept)
		}
		first, last := kept[0], kept[len(kept)-1]
		tests := []struct {
			name, query string
			header      []string
			want        []string
		}{
			{"where the last one ended", "", []string{"Last-Event-ID", fmt.Sprint(last)}, nil},
			{"two before", "", []string{"Last-Event-ID", fmt.Sprint(last - 2)}, []string{fmt.Sprint("exchange ", last-1), fmt.Sprint("exchange ", last)}},
			{"by the query", fmt.Sprint("?since=", last-1), nil, []string{fmt.Sprint("exchange ", last)}},
			{"the header wins", "?since=0", []string{"Last-Event-ID", fmt.Sprint(last - 1)}, []string{fmt.Sprint("exchange ", last)}},
			{"what was let go", fmt.Sprint("?since=", first-3, "&status=599"), nil, []string{"missed 2"}},
			{"nothing asked for", "", nil, nil},
		}
		for _, tt := range tests {
			ctx, cancel := context.WithCancel(t.Context())
			var r reader
			ended := w.watch(ctx, &r, tt.query, tt.header...)
			synctest.Wait()
			if got := r.seen(); !slices.Equal(got, tt.want) {
				t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
			}
			cancel()
			<-ended
		}
	})
	newWorld(t, Config{}).refused(http.StatusBadRequest, "header", http.MethodGet, "/journal/events", "", "Last-Event-ID", "x")
}

// TestSlowReader stops reading: the vendors go on, and it is told what it missed once it reads again.
func TestSlowReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Config{})
		ctx, cancel := context.WithCancel(t.Context())
		r := reader{hold: make(chan struct{})}
		ended := w.watch(ctx, &r, "")
		synctest.Wait()
		w.tasks("a", true) // its writing waits
		synctest.Wait()
		for range mostWaiting + 30 {
			w.tasks("a", true)
		}
		close(r.hold)
		synctest.Wait()
		w.tasks("a", true)
		synctest.Wait()
		seen := r.seen()
		var missed []string
		for _, one := range seen {
			if strings.HasPrefix(one, "missed") {
				missed = append(missed, one)
			}
		}
		told := int64(0)
		for _, one := range missed {
			var n int64
			_, _ = fmt.Sscanf(one, "missed %d", &n)
			told += n
		}
		if exchanges := int64(len(seen) - len(missed)); told < 30 || exchanges+told != mostWaiting+32 || seen[len(seen)-1] != fmt.Sprint("exchange ", mostWaiting+32) {
			t.Errorf("of %d exchanges it got %d and was told of %d, and ends with %q", mostWaiting+32, exchanges, told, seen[len(seen)-1])
		}
		cancel()
		<-ended
	})
}

func TestFeedIsBounded(t *testing.T) {
	t.Parallel()
	f := newFeed()
	for i := range 10 {
		f.put(mock.Exchange{ID: int64(i), Request: mock.Body{Bytes: mostWaitingBytes / 4}})
	}
	items, missed := f.take()
	if len(items) != 3 || missed != 7 {
		t.Errorf("it holds %d and missed %d", len(items), missed)
	}
	for i := range 10 {
		f.put(mock.Exchange{ID: int64(i), Reply: mock.Body{Bytes: i * mostWaitingBytes / 8}})
		f.put(mock.Exchange{ID: int64(i)})
	}
	if items, missed = f.take(); len(items)+int(missed) != 20 || items[len(items)-1].ID != int64(len(items)-1)/2 {
		t.Errorf("it holds %d in a row and missed %d: what follows something missed is missed", len(items), missed)
	}
	f.put(mock.Exchange{Request: mock.Body{Bytes: 2 * mostWaitingBytes}})
	if items, missed = f.take(); len(items) != 1 || missed != 0 {
		t.Errorf("of one that is too large alone it holds %d and missed %d", len(items), missed)
	}
}

func TestEventsEndOnShutdown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		done := make(chan struct{})
		w := newWorld(t, Config{Done: done})
		var r reader
		ended := w.watch(t.Context(), &r, "")
		synctest.Wait()
		close(done)
		<-ended
		var late reader
		<-w.watch(t.Context(), &late, "?since=0")
	})
}

func TestEventsEndWithTheirReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Config{})
		r := reader{}
		ended := w.watch(t.Context(), &r, "")
		synctest.Wait()
		r.mu.Lock()
		r.fail = true
		r.mu.Unlock()
		w.tasks("a", true)
		<-ended
	})
}

func TestStreamsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Config{})
		ctx, cancel := context.WithCancel(t.Context())
		var ends []chan struct{}
		for range mostStreams {
			ends = append(ends, w.watch(ctx, &reader{}, ""))
		}
		synctest.Wait()
		w.refused(http.StatusServiceUnavailable, "stream-limit", http.MethodGet, "/journal/events", "")
		cancel()
		for _, ended := range ends {
			<-ended
		}
		w.want(http.StatusOK, http.MethodHead, "/journal/events", "")
	})
}

// TestEventsOverTheWire holds a stream open for longer than the listener lets a request take, and ends it by the reader.
func TestEventsOverTheWire(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{Hosts: []string{"127.0.0.1"}})
	server := httptest.NewUnstartedServer(w.handler)
	server.Config.ReadTimeout, server.Config.WriteTimeout = 50*time.Millisecond, 50*time.Millisecond
	server.Start()
	t.Cleanup(server.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/journal/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	got, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	lines := bufio.NewScanner(got.Body)
	ids := 0
	for time.Since(began) < 200*time.Millisecond {
		w.tasks("a", true)
		for lines.Scan() && !strings.HasPrefix(lines.Text(), "data:") {
			if strings.HasPrefix(lines.Text(), "id:") {
				ids++
			}
		}
		if !strings.HasPrefix(lines.Text(), "data:") {
			t.Fatalf("after %v and %d exchanges the stream ends: %v", time.Since(began), ids, lines.Err())
		}
	}
	if ids < 2 {
		t.Errorf("%d exchanges were seen", ids)
	}
}
