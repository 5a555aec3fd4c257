package record_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"understudy/mock/record"
	"understudy/scenarios"
)

// heardAlone records what one client says to an upstream.
func heardAlone(t *testing.T, vendor string, config record.Config) (front *httptest.Server, list func() []*scenarios.Exchange) {
	t.Helper()
	opener, err := record.NewOpener(record.OpenerConfig{Contract: contractOf(t, vendor)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opener.Close() })
	var kept []*scenarios.Exchange
	config.Opener, config.Keep = opener, func(x *scenarios.Exchange) error { kept = append(kept, x); return nil }
	r, err := record.NewRecorder(config)
	if err != nil {
		t.Fatal(err)
	}
	front = httptest.NewServer(r)
	t.Cleanup(front.Close)
	return front, func() []*scenarios.Exchange {
		r.Wait()
		return kept
	}
}

func pathOf(t *testing.T, vendor, operation string) (method, path string) {
	t.Helper()
	op, ok := contractOf(t, vendor).Operation(operation)
	if !ok {
		t.Fatalf("no operation %s", operation)
	}
	return op.Method, op.Path
}

// raw answers each connection with bytes and ends it; hold keeps it open instead.
func raw(t *testing.T, answer string, hold bool) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	t.Cleanup(func() { close(over); _ = ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				if r, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					_, _ = io.Copy(io.Discard, r.Body)
				}
				_, _ = io.WriteString(conn, answer)
				if hold {
					<-over
				}
			}()
		}
	}()
	return "http://" + ln.Addr().String()
}

func closedPort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return "http://" + ln.Addr().String()
}

func TestBrokenAnswersPassAsTheyAre(t *testing.T) {
	t.Parallel()
	method, path := pathOf(t, "mytijian", "listHospitalTasks")
	page := "<html><body>502 Bad Gateway</body></html>"
	tests := []struct {
		name, answer string
		hold         bool
		refused      bool
		// what the client gets: a status, 0 for a connection that breaks before one, and whether the body breaks off
		status       int
		cut          bool
		refusal      string
		broken, body string
		outcome      string
	}{
		{name: "reset", answer: "", status: 0, broken: scenarios.BrokenReset, outcome: scenarios.OutcomeBroken},
		{name: "refused", refused: true, status: 502, refusal: "upstream-refused", broken: scenarios.BrokenRefused, outcome: scenarios.OutcomeBroken},
		{name: "hangs", hold: true, status: 504, refusal: "upstream-timeout", broken: scenarios.BrokenTimeout, outcome: scenarios.OutcomeBroken},
		{
			name: "truncated", answer: "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"code\":", status: 200, cut: true,
			broken: scenarios.BrokenTruncated, body: `{"code":`, outcome: scenarios.OutcomeBroken,
		},
		{
			name: "truncated chunks", answer: "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"code\":\r\n", status: 200, cut: true,
			broken: scenarios.BrokenTruncated, body: `{"code":`, outcome: scenarios.OutcomeBroken,
		},
		{
			name: "a page", answer: fmt.Sprintf("HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(page), page), status: 502,
			body: page, outcome: scenarios.OutcomeUnexplained,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			upstream := closedPort(t)
			if !tt.refused {
				upstream = raw(t, tt.answer, tt.hold)
			}
			front, list := heardAlone(t, "mytijian", record.Config{Upstream: upstream, Timeout: 200 * time.Millisecond})
			request, err := http.NewRequest(method, front.URL+path+"?hospitalId=197", nil)
			if err != nil {
				t.Fatal(err)
			}
			status, refusal := 0, ""
			var body []byte
			got, err := http.DefaultTransport.RoundTrip(request)
			if err == nil {
				defer got.Body.Close()
				status, refusal = got.StatusCode, got.Header.Get("Understudy-Refusal")
				body, err = io.ReadAll(got.Body)
				if cut := err != nil; cut != tt.cut {
					t.Errorf("the body breaks off: %v", err)
				}
			}
			if status != tt.status || refusal != tt.refusal {
				t.Errorf("the client got %d and refusal %q", status, refusal)
			}
			if tt.body != "" && string(body) != tt.body {
				t.Errorf("the client got %q", body)
			}
			kept := list()
			if len(kept) != 1 {
				t.Fatalf("%d exchanges", len(kept))
			}
			x := kept[0]
			if x.Operation != "listHospitalTasks" || x.Response.Broken != tt.broken || x.Response.Outcome != tt.outcome || string(x.Response.Body) != tt.body {
				t.Errorf("kept %q: %+v with %q", x.Operation, x.Response, x.Response.Body)
			}
			if tt.refused && x.Response.Status != 0 {
				t.Errorf("our own 502 was kept as the vendor's %d", x.Response.Status)
			}
		})
	}
}

// TestPassesUnharmed sends and answers more than is kept, compressed and not, and compares every byte.
func TestPassesUnharmed(t *testing.T) {
	t.Parallel()
	large := bytes.Repeat([]byte("0123456789abcdef"), 8<<10)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte(`{"code":"0","text":"packed"}`))
	_ = z.Close()
	var got struct {
		host, query, path, encoding string
		header                      http.Header
		body                        []byte
	}
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got.host, got.query, got.path, got.encoding, got.header, got.body = r.Host, r.URL.RawQuery, r.URL.EscapedPath(), r.Header.Get("Accept-Encoding"), r.Header, body
		h := w.Header()
		h["Date"], h["Content-Type"] = nil, nil
		h.Set("X-One", "1")
		h.Add("Set-Cookie", "a=b")
		h.Add("Set-Cookie", "c=d")
		if strings.HasSuffix(r.URL.Path, "/zip") {
			h.Set("Content-Encoding", "gzip")
			_, _ = w.Write(zipped.Bytes())
			return
		}
		w.WriteHeader(299)
		_, _ = w.Write(large)
	}))
	t.Cleanup(upstream.Close)
	front, list := heardAlone(t, "mytijian", record.Config{Upstream: upstream.URL + "/base", MaxBody: 64 << 10, Session: "s1"})
	for _, path := range []string{"/a%2Fb//c", "/zip"} {
		request, err := http.NewRequest(http.MethodPost, front.URL+path+"?b=2;c&a=1&a=%zz", bytes.NewReader(large))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Forwarded-For", "10.0.0.1")
		request.Header.Set("Accept-Encoding", "gzip, br")
		reply, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(reply.Body)
		_ = reply.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		want, status := large, 299
		if path == "/zip" {
			want, status = zipped.Bytes(), 200
		}
		if reply.StatusCode != status || !bytes.Equal(body, want) {
			t.Errorf("%s: %d with %d bytes", path, reply.StatusCode, len(body))
		}
		if reply.Header.Get("Date") != "" || reply.Header.Get("Content-Type") != "" || reply.Header.Get("X-One") != "1" || len(reply.Header["Set-Cookie"]) != 2 {
			t.Errorf("%s: headers are %v", path, reply.Header)
		}
		if got.host != strings.TrimPrefix(upstream.URL, "http://") || got.query != "b=2;c&a=1&a=%zz" || got.path != "/base"+path || got.encoding != "" || !bytes.Equal(got.body, large) {
			t.Errorf("%s: the upstream got host %s, path %s, query %s, encoding %q, %d bytes", path, got.host, got.path, got.query, got.encoding, len(got.body))
		}
		if got.header.Get("X-Forwarded-For") != "10.0.0.1" || got.header.Get("Understudy-Session") != "s1" {
			t.Errorf("%s: the upstream got %v", path, got.header)
		}
	}
	kept := list()
	if len(kept) != 2 {
		t.Fatalf("%d exchanges", len(kept))
	}
	for _, x := range kept {
		if x.Operation != "" || x.Request.Body != nil || !x.Request.Wire.Unkept {
			t.Errorf("request %+v", x.Request)
		}
	}
	if r := kept[0].Response; r.Body != nil || !r.Wire.Unkept || r.Status != 299 {
		t.Errorf("reply %+v", r)
	}
	if r := kept[1].Response; string(r.Body) != `{"code":"0","text":"packed"}` {
		t.Errorf("reply %+v", r)
	}
}

// TestKeptBeforeTheAnswerIsWhole: whoever has an answer finds its exchange kept, since a killed recorder loses at most those
// under way.
func TestKeptBeforeTheAnswerIsWhole(t *testing.T) {
	t.Parallel()
	_, path := pathOf(t, "mytijian", "listHospitalTasks")
	for _, chunked := range []bool{false, true} {
		w := newWorld(t, "mytijian", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if chunked {
				w.WriteHeader(http.StatusOK)
				_ = http.NewResponseController(w).Flush()
			}
			_, _ = io.WriteString(w, `{"code":"0"}`)
		}))
		for n := 1; n <= 5; n++ {
			got, err := http.Get(w.front.URL + path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = io.ReadAll(got.Body)
			_ = got.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			// What a killed recorder leaves behind is the part as it stands.
			r, cut, err := scenarios.Recover(record.PartOf(w.out))
			if err != nil || cut != 0 || len(r.Exchanges) != n {
				t.Fatalf("chunked %v: after %d answers the part has %v, cut %d, %v", chunked, n, r, cut, err)
			}
		}
	}
}

func TestClientThatHangsUp(t *testing.T) {
	t.Parallel()
	front, list := heardAlone(t, "mytijian", record.Config{Upstream: raw(t, "", true)})
	method, path := pathOf(t, "mytijian", "listHospitalTasks")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, front.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := http.DefaultTransport.RoundTrip(request); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("the client got %v", err)
	}
	front.CloseClientConnections()
	front.Close()
	if kept := list(); len(kept) != 1 || kept[0].Response.Broken != scenarios.BrokenTimeout {
		t.Errorf("kept %+v", kept)
	}
}

func TestWrongUpstreams(t *testing.T) {
	t.Parallel()
	opener, err := record.NewOpener(record.OpenerConfig{Contract: contractOf(t, "mytijian")})
	if err != nil {
		t.Fatal(err)
	}
	defer opener.Close()
	for _, wrong := range []string{"", "vendor.example", "ftp://vendor.example", "http://", "https://me:geheim@vendor.example", "http://vendor.example/?token=geheim", "http://[::1"} {
		_, err := record.NewRecorder(record.Config{Upstream: wrong, Opener: opener, Keep: func(*scenarios.Exchange) error { return nil }})
		if err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestKeepThatFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "mytijian", nil)
	full := errors.New("no space left on device")
	r, err := record.NewRecorder(record.Config{Upstream: w.upstream.URL, Opener: w.opener, Keep: func(*scenarios.Exchange) error { return full }})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(r)
	defer front.Close()
	got, err := http.Get(front.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	_ = got.Body.Close()
	r.Wait()
	if !errors.Is(r.Err(), full) {
		t.Errorf("error is %v", r.Err())
	}
}

// TestRequestThatMetNoServer is kept with its body: it may be sent again.
func TestRequestThatMetNoServer(t *testing.T) {
	t.Parallel()
	front, list := heardAlone(t, "weixiao", record.Config{Upstream: closedPort(t)})
	const form = "project=one&url=http%3A%2F%2F127.0.0.1%2Fhook"
	got, err := http.Post(front.URL+"/wx/push/addPushProject", "application/x-www-form-urlencoded", strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	_ = got.Body.Close()
	kept := list()
	if len(kept) != 1 || kept[0].Operation != "addPushProject" || string(kept[0].Request.Body) != form {
		t.Errorf("kept %q, %s, %+v", kept[0].Operation, kept[0].Request.Body, kept[0].Request.Wire)
	}
}

// TestEndUnderWay: what breaks because the recorder ends is no word of the vendor's.
func TestEndUnderWay(t *testing.T) {
	t.Parallel()
	reached := make(chan struct{})
	over := make(chan struct{})
	upstream := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(reached)
		<-over
	}))
	t.Cleanup(upstream.Close)
	t.Cleanup(func() { close(over) })
	opener := newOpener(t, contractOf(t, "mytijian"))
	kept := 0
	r, err := record.NewRecorder(record.Config{Upstream: upstream.URL, Opener: opener, Keep: func(*scenarios.Exchange) error { kept++; return nil }})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(r)
	t.Cleanup(front.Close)
	go func() {
		if got, err := http.Get(front.URL + "/"); err == nil {
			_ = got.Body.Close()
		}
	}()
	<-reached
	r.End()
	front.CloseClientConnections()
	r.Wait()
	if kept != 0 {
		t.Errorf("%d exchanges kept", kept)
	}
}
