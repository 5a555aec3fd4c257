package mock_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"understudy/mock"
)

// discard is a reply that nobody reads, without the cost of a recorder.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

// BenchmarkSendMessage is the work of the pipeline alone, without a socket: a validated body of 1 KB, answered,
// validated again, journalled.
func BenchmarkSendMessage(b *testing.B) {
	server, err := mock.New(mock.Config{})
	if err != nil {
		b.Fatal(err)
	}
	body := []byte(`{"sendData":{"appid":"zqt","appname":"政企消息","title":"关于开展企业年报的通知","body":"` + strings.Repeat("正文", 100) +
		`","extMap":{"source":"bench"},"msgtype":0,"needpush":0,"params":{"sender":"办公室","recipient":"{\"orgId\":\"org-1\",\"esNameList\":[\"a\"]}",` +
		`"hasatt":"0","msgcategory":"政策公示","msglevel":"普通","needreply":"0","needsms":"0"}},"from":{"userid":"u-1","usertype":1,"orgid":"o-1"},` +
		`"to":[{"userid":"u-2","usertype":2,"orgid":"o-2"}]}`)
	r, err := http.NewRequest(http.MethodPost, "/AGCS_zqc/v3_1/msgcenter/send", nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer development-token")
	r.ContentLength = int64(len(body))
	b.ReportAllocs()
	for b.Loop() {
		r.Body = io.NopCloser(bytes.NewReader(body))
		w := &discard{header: http.Header{}}
		server.ServeHTTP(w, r)
		if w.status != http.StatusOK {
			b.Fatalf("answered %d", w.status)
		}
	}
}

// BenchmarkPullReservations is the same for ten sealed rows and more.
func BenchmarkPullReservations(b *testing.B) {
	z := newZheliban(b)
	z.login()
	r, err := http.NewRequest(http.MethodPost, "/reservation/sync/order", nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("ACCESS-TOKEN", z.token)
	b.ReportAllocs()
	for b.Loop() {
		w := &discard{header: http.Header{}}
		z.server.ServeHTTP(w, r)
		if w.status != http.StatusOK {
			b.Fatalf("answered %d", w.status)
		}
	}
}

// BenchmarkNew makes servers once the contracts are compiled, as a test does that wants one of its own.
func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		s, err := mock.New(mock.Config{})
		if err != nil {
			b.Fatal(err)
		}
		_ = s.Close(b.Context())
	}
}

// BenchmarkNewSession makes sessions with credentials of their own.
func BenchmarkNewSession(b *testing.B) {
	s, err := mock.New(mock.Config{MaxSessions: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		one, err := s.NewSession(mock.SessionConfig{OwnCredentials: true})
		if err != nil {
			b.Fatal(err)
		}
		one.Drop()
	}
}
