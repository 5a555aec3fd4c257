package mock

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
)

// TestTheJournalHoldsWhatItCounts: texts that are cut out of a request must not keep the whole of it alive, and a small
// reply not the buffer of a large one.
func TestTheJournalHoldsWhatItCounts(t *testing.T) {
	p := newPlayer(t)
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	const calls = 200
	for range calls {
		r := httptest.NewRequest(http.MethodGet, "/wx/push/queryPushProject?"+strings.Repeat("a&", 200<<10)+"b=%zz", nil)
		p.server.ServeHTTP(httptest.NewRecorder(), r)
		p.server.ServeHTTP(httptest.NewRecorder(), post("/router/rest", formType, strings.Repeat("&", 60<<10)+"method=1"))
	}
	if grown := int64(heap()) - int64(before); grown > 10<<20 {
		t.Errorf("after %d calls that the journal counts as small, the heap has grown by %d MiB", 2*calls, grown>>20)
	}
	if kept, dropped := p.server.Exchanges(); len(kept) != 2*calls || dropped != 0 {
		t.Errorf("the journal keeps %d exchanges and dropped %d", len(kept), dropped)
	}
}

func TestAReplyKeepsNoBufferOfAnother(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	large := strings.Repeat("x", 60<<10)
	for _, name := range []string{"a", "b", "c"} {
		p.send(post("/~big/wx/push/addPushProject", formType, "project="+name+"&url=http%3A%2F%2F127.0.0.1%3A1%2F"+large))
	}
	p.send(httptest.NewRequest(http.MethodGet, "/~big/wx/push/queryPushProject", nil))
	p.send(httptest.NewRequest(http.MethodGet, "/~small/wx/push/queryPushProject", nil))
	small, ok := p.server.sessions.Lookup("small")
	if !ok {
		t.Fatal("the session was not made")
	}
	kept, _ := small.Journal.All()
	if text := kept[0].Reply.Text; cap(text) > 2*len(text)+512 {
		t.Errorf("a reply of %d bytes keeps %d", len(text), cap(text))
	}
}

func TestAChunkedCallEndsItsConnection(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	for _, target := range []string{"/wx/push/addPushProject", "/wx/push/addPushProject?x=%zz", "/nothing"} {
		r := chunked(post(target, formType, "project=a&url=b", "Content-Encoding", "gzip"))
		r.TransferEncoding = []string{"chunked"}
		w := httptest.NewRecorder()
		p.server.ServeHTTP(w, r)
		if got := w.Header().Get("Connection"); got != "close" {
			t.Errorf("%s: Connection is %q", target, got)
		}
	}
}

// TestOneSessionDoesNotSeeAnothersStrays: what was refused in another name, or in a former life, is not its own.
func TestOneSessionDoesNotSeeAnothersStrays(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	for range 3000 {
		p.server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/~other/nothing", nil))
	}
	p.server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/~mine/nothing", nil))
	mine, err := p.server.Session("mine")
	if err != nil {
		t.Fatal(err)
	}
	if list, dropped := mine.Exchanges(); len(list) != 0 || dropped != 0 {
		t.Errorf("a new session has %d exchanges and dropped %d", len(list), dropped)
	}
	p.server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/~mine/nothing", nil))
	if list, _ := mine.Exchanges(); len(list) != 1 {
		t.Errorf("its own refusal is not among its %d exchanges", len(list))
	}
}
