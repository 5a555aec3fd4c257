package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"understudy/mock"
	"understudy/mock/cli"
	"understudy/specs"
)

// benchServe serves until its standard input ends, and tells its two addresses in its first line.
func benchServe(spec benchSpec) {
	cli.TuneCollector() // as understudy serve does; the others get the same
	var handler http.Handler
	switch spec.Kind {
	case "mock":
		handler = benchMock(spec)
	case "echo":
		handler = benchBare(spec.Sizes)
	case "pull":
		handler = newBenchPull(spec.Rows)
	case "query":
		handler = newBenchQuery(spec.Rows)
	default:
		panic("no server is called " + spec.Kind)
	}
	front, usage := benchListen(), benchListen()
	runtime.GC()
	fmt.Println(front.Addr(), usage.Addr())
	go func() { _ = http.Serve(usage, http.HandlerFunc(tellUsage)) }()
	go func() { _ = http.Serve(front, handler) }()
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func benchListen() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	return l
}

// tellUsage answers with a benchUsage, below /collected after two collections.
func tellUsage(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/collected" {
		runtime.GC()
		runtime.GC() // the first leaves what pools hold
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	_ = json.NewEncoder(w).Encode(benchUsage{cpuTime(), m.Mallocs, m.TotalAlloc, m.HeapAlloc, residentBytes("self", "VmRSS")})
}

// benchBare reads the body and answers with as many bytes as the sizes say, in turn.
func benchBare(sizes []int) http.Handler {
	most := 0
	for _, size := range sizes {
		most = max(most, size)
	}
	text := bytes.Repeat([]byte("x"), most)
	var turn atomic.Int64
	e := echo.New()
	e.Any("/*", func(c echo.Context) error {
		if _, err := io.Copy(io.Discard, c.Request().Body); err != nil {
			return err
		}
		size := sizes[int(turn.Add(1))%len(sizes)]
		c.Response().Header().Set("Content-Length", strconv.Itoa(size))
		return c.Blob(http.StatusOK, "application/json", text[:size])
	})
	return e
}

// benchMock is the simulator, its clock stopped so that its rows stay the same.
func benchMock(spec benchSpec) http.Handler {
	config := mock.Config{Seed: 1, Dynamic: spec.Dynamic, JournalBytes: spec.JournalBytes, MaxSessions: spec.Sessions + 1024}
	if !spec.Only {
		var err error
		if config.Contracts, err = specs.LoadAll(); err != nil {
			panic(err)
		}
	}
	for _, name := range spec.Contracts {
		c, err := specs.Parse(name, name+".yaml", []byte(benchContract(name)))
		if err != nil {
			panic(err)
		}
		config.Contracts = append(config.Contracts, c)
	}
	server, err := mock.New(config)
	if err != nil {
		panic(err)
	}
	session, err := server.Session("")
	if err != nil {
		panic(err)
	}
	session.Freeze(time.Now())
	for i := range spec.Sessions {
		benchSend(server, "bench-"+strconv.Itoa(i))
	}
	for spec.Full && session.Info().Dropped == 0 {
		for range 1000 {
			benchSend(server, "")
		}
	}
	return server
}

// benchSend calls sendMessage once in a session.
func benchSend(server http.Handler, session string) {
	r := httptest.NewRequest(http.MethodPost, "/AGCS_zqc/v3_1/msgcenter/send", strings.NewReader(messageOfOneKilobyte()))
	r.Header.Set("Content-Type", jsonType)
	r.Header.Set("Authorization", "Bearer development-token")
	if session != "" {
		r.Header.Set("Understudy-Session", session)
	}
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		panic(fmt.Sprintf("answered %d: %s", w.Code, w.Body))
	}
}
