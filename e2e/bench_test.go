package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"understudy/adapters"
	"understudy/adapters/zheliban"
	"understudy/mock"
)

// The benchmark measures whole servers: the simulator and a bare Echo handler each run in a process of their own, are
// driven over loopback by the same client with the same request bytes, in turns, and answer with the same number of
// bytes. What counts is the ratio of one run, since machines differ and are noisy.
const (
	benchServer  = "UNDERSTUDY_BENCH_SERVER" // "mock" or the number of bytes that the bare handler answers
	benchClients = 16
	benchTurns   = 5
)

// TestMain lets the test binary be the server of a benchmark.
func TestMain(m *testing.M) {
	if kind := os.Getenv(benchServer); kind != "" {
		serveBench(kind)
		return
	}
	os.Exit(m.Run())
}

// serveBench serves until its standard input ends, and tells its two addresses in its first line.
func serveBench(kind string) {
	debug.SetGCPercent(400) // as understudy serve does; the bare handler gets the same
	var handler http.Handler
	if kind == "mock" {
		server, err := mock.New(mock.Config{Seed: 1})
		if err != nil {
			panic(err)
		}
		handler = server
		if s, err := server.Session(""); err == nil {
			s.Freeze(time.Now())
		}
	} else {
		size, _ := strconv.Atoi(kind)
		handler = bareEcho(size)
	}
	front, usage := listen(), listen()
	fmt.Println(front.Addr(), usage.Addr())
	go func() { _ = http.Serve(usage, http.HandlerFunc(tellUsage)) }()
	go func() { _ = http.Serve(front, handler) }()
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func listen() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	return l
}

// bareEcho reads the body and answers with size bytes.
func bareEcho(size int) http.Handler {
	e := echo.New()
	text := bytes.Repeat([]byte("x"), size)
	e.Any("/*", func(c echo.Context) error {
		if _, err := io.Copy(io.Discard, c.Request().Body); err != nil {
			return err
		}
		c.Response().Header().Set("Content-Length", strconv.Itoa(size))
		return c.Blob(http.StatusOK, "application/json", text)
	})
	return e
}

// usage is what a server process has used so far.
type usage struct {
	CPU     time.Duration
	Mallocs uint64
}

func tellUsage(w http.ResponseWriter, _ *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	_ = json.NewEncoder(w).Encode(usage{cpuTime(), m.Mallocs})
}

// process is one server under measurement.
type process struct {
	front, usage string
	stop         func()
}

func start(b *testing.B, kind string) *process {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), benchServer+"="+kind)
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	p := &process{stop: func() {
		_ = in.Close()
		_ = cmd.Wait()
	}}
	b.Cleanup(p.stop)
	if _, err := fmt.Fscan(bufio.NewReader(out), &p.front, &p.usage); err != nil {
		b.Fatal(err)
	}
	return p
}

func (p *process) used(b *testing.B) usage {
	b.Helper()
	reply, err := http.Get("http://" + p.usage)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = reply.Body.Close() }()
	var u usage
	if err := json.NewDecoder(reply.Body).Decode(&u); err != nil {
		b.Fatal(err)
	}
	return u
}

// figures are what one turn came to.
type figures struct{ perSecond, cpu, p99, mallocs float64 }

// drive sends request over benchClients connections for a while and measures.
func (p *process) drive(b *testing.B, request []byte, size int, for_ time.Duration) figures {
	b.Helper()
	before, began := p.used(b), time.Now()
	var (
		wait sync.WaitGroup
		mu   sync.Mutex
		took []time.Duration
	)
	for range benchClients {
		wait.Go(func() {
			mine, err := connection(p.front, request, size, began.Add(for_))
			mu.Lock()
			defer mu.Unlock()
			took = append(took, mine...)
			if err != nil {
				b.Error(err)
			}
		})
	}
	wait.Wait()
	elapsed, after := time.Since(began), p.used(b)
	if len(took) == 0 {
		b.Fatal("nothing was answered")
	}
	slices.Sort(took)
	n := float64(len(took))
	return figures{
		perSecond: n / elapsed.Seconds(), cpu: float64((after.CPU - before.CPU).Microseconds()) / n,
		p99: float64(took[len(took)*99/100].Microseconds()), mallocs: float64(after.Mallocs-before.Mallocs) / n,
	}
}

// connection sends the same bytes again and again over one connection and reads each reply. A status other than 200, or
// a reply of another size, ends it: the comparison would not be fair.
func connection(address string, request []byte, size int, until time.Time) (took []time.Duration, err error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	in := bufio.NewReaderSize(c, 64<<10)
	for time.Now().Before(until) {
		began := time.Now()
		if _, err := c.Write(request); err != nil {
			return took, err
		}
		reply, err := readReply(in)
		if err != nil {
			return took, err
		}
		if size > 0 && reply != size {
			return took, fmt.Errorf("a reply of %d bytes, want %d", reply, size)
		}
		took = append(took, time.Since(began))
	}
	return took, nil
}

// readReply reads one reply and returns the size of its body.
func readReply(in *bufio.Reader) (int, error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 200")) {
		return 0, fmt.Errorf("answered %q", line)
	}
	size := -1
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
		if v, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if size, err = strconv.Atoi(string(bytes.TrimSpace(v))); err != nil {
				return 0, err
			}
		}
	}
	if size < 0 {
		return 0, errors.New("a reply without Content-Length")
	}
	_, err = in.Discard(size)
	return size, err
}

// compare measures both servers in turns and reports the medians.
func compare(b *testing.B, prepare func(front string) []byte) {
	b.Helper()
	simulator := start(b, "mock")
	request := prepare(simulator.front)
	size := replySize(b, simulator.front, request)
	bare := start(b, strconv.Itoa(size))
	turn := max(300*time.Millisecond, 3*time.Second/benchTurns)
	simulator.drive(b, request, 0, turn)
	bare.drive(b, request, 0, turn)
	var ours, theirs []figures
	b.ResetTimer()
	for range benchTurns {
		ours = append(ours, simulator.drive(b, request, size, turn))
		theirs = append(theirs, bare.drive(b, request, size, turn))
	}
	b.StopTimer()
	median := func(list []figures, of func(figures) float64) float64 {
		values := make([]float64, len(list))
		for i, f := range list {
			values[i] = of(f)
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	for _, m := range []struct {
		name string
		of   func(figures) float64
	}{
		{"req/s", func(f figures) float64 { return f.perSecond }},
		{"cpu-us/req", func(f figures) float64 { return f.cpu }},
		{"p99-us", func(f figures) float64 { return f.p99 }},
		{"allocs/req", func(f figures) float64 { return f.mallocs }},
	} {
		a, z := median(ours, m.of), median(theirs, m.of)
		b.ReportMetric(a, m.name)
		b.ReportMetric(a/z, "x-echo-"+strings.TrimSuffix(m.name, "/req"))
	}
	b.ReportMetric(0, "ns/op")
}

func replySize(b *testing.B, front string, request []byte) int {
	b.Helper()
	c, err := net.Dial("tcp", front)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := c.Write(request); err != nil {
		b.Fatal(err)
	}
	size, err := readReply(bufio.NewReader(c))
	if err != nil {
		b.Fatal(err)
	}
	return size
}

// post writes a request as it travels.
func post(front, path, body string, headers ...string) []byte {
	text := "POST " + path + " HTTP/1.1\r\nHost: " + front + "\r\n"
	for i := 0; i+1 < len(headers); i += 2 {
		text += headers[i] + ": " + headers[i+1] + "\r\n"
	}
	return []byte(text + "Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
}

func BenchmarkSendMessage(b *testing.B) {
	compare(b, func(front string) []byte {
		body := messageOfOneKilobyte()
		return post(front, "/AGCS_zqc/v3_1/msgcenter/send", body, "Content-Type", jsonType, "Authorization", "Bearer development-token")
	})
}

func BenchmarkPullReservations(b *testing.B) {
	compare(b, func(front string) []byte {
		c, err := zheliban.New(zheliban.Config{BaseURL: "http://" + front, APIKey: "development-api-key", Secret: "development-secret", AESKey: "development-key!"})
		if err != nil {
			b.Fatal(err)
		}
		ctx := context.Background()
		rows, err := c.PullReservations(ctx)
		if err != nil {
			b.Fatal(err)
		}
		for _, r := range rows[10:] {
			if err := c.AcknowledgeReservations(ctx, zheliban.Acknowledgement{SerialNumber: r.SerialNumber}); err != nil {
				b.Fatal(err)
			}
		}
		var token adapters.Token
		if token, err = c.IssueToken(ctx); err != nil {
			b.Fatal(err)
		}
		return post(front, "/reservation/sync/order", "", "ACCESS-TOKEN", token.Value)
	})
}

func BenchmarkQueryAppointments(b *testing.B) {
	compare(b, func(front string) []byte {
		form := topSigned("development-app-secret", url.Values{
			"method": {"alibaba.health.vaccin.appointment.query"}, "app_key": {"12345678"}, "v": {"2.0"}, "sign_method": {"md5"},
			"format": {"json"}, "timestamp": {time.Now().In(time.FixedZone("UTC+8", 8*3600)).Format(time.DateTime)},
			"param_query_pov_appointment_record_by_date_req": {`{"day":"2026-03-02","out_pov_id":"00001","page_num":1,"page_size":50}`},
		})
		return post(front, "/router/rest", form.Encode(), "Content-Type", formType)
	})
}

// messageOfOneKilobyte is a message as the document shows one, 1 KB long.
func messageOfOneKilobyte() string {
	message := map[string]any{
		"sendData": map[string]any{
			"appid": "zqt", "appname": "政企消息", "title": "关于开展企业年报的通知", "msgtype": 0, "needpush": 0,
			"body": "", "extMap": map[string]any{"source": "bench"},
			"params": map[string]any{
				"sender": "办公室", "recipient": `{"orgId":"org-1","esNameList":["a","b"],"companyIdList":["c-1"],"linkmenTypeList":["t-1"]}`,
				"hasatt": "0", "msgcategory": "政策公示", "msglevel": "普通", "needreply": "0", "needsms": "0",
			},
		},
		"from": map[string]any{"userid": "u-1", "usertype": 1, "orgid": "o-1"},
		"to":   []any{map[string]any{"userid": "u-2", "usertype": 2, "orgid": "o-2"}, map[string]any{"userid": "u-3", "usertype": 2, "orgid": "o-3"}},
	}
	text, _ := json.Marshal(message)
	message["sendData"].(map[string]any)["body"] = strings.Repeat("正文", (1024-len(text))/6)
	text, _ = json.Marshal(message)
	return string(text)
}
