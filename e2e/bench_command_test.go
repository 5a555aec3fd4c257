package e2e_test

import (
	"bufio"
	"errors"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// benchBareServer is a program that only listens, for what starting a process costs here.
const benchBareServer = `package main

import (
	"net/http"
	"os"
)

func main() {
	err := http.ListenAndServe(os.Args[1], http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("{}")) }))
	panic(err)
}
`

// benchBuild builds as the Makefile does and returns the program's path.
func benchBuild(b *testing.B, what string) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "program.exe")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, what)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return program
}

// benchCommand builds the command.
func benchCommand(b *testing.B) string {
	b.Helper()
	return benchBuild(b, "../mock/cmd/understudy")
}

// benchRunning is a program that was started.
type benchRunning struct {
	cmd   *exec.Cmd
	front string
	began time.Time
}

// benchLaunch starts a program with arguments in which ADDRESS stands for a free address, and without the caller's environment, in
// which settings could stand.
func benchLaunch(b *testing.B, program string, args ...string) *benchRunning {
	b.Helper()
	l := benchListen()
	r := &benchRunning{front: l.Addr().String()}
	_ = l.Close()
	for i := range args {
		if args[i] == "ADDRESS" {
			args[i] = r.front
		}
	}
	r.cmd = exec.Command(program, args...)
	r.cmd.Dir = filepath.Dir(program)
	r.cmd.Env = []string{"HOME=" + r.cmd.Dir, "SYSTEMROOT=" + os.Getenv("SYSTEMROOT")}
	r.began = time.Now()
	if err := r.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	return r
}

func benchServeCommand(b *testing.B, program string) *benchRunning {
	b.Helper()
	return benchLaunch(b, program, "serve", "--listen", "ADDRESS", "--control", "127.0.0.1:0")
}

func (r *benchRunning) stop() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
}

// answered sends a request as soon as the program listens, and returns how long after its start it had the reply.
func (r *benchRunning) answered(b *testing.B, request []byte) time.Duration {
	b.Helper()
	var c net.Conn
	for {
		var err error
		if c, err = net.Dial("tcp", r.front); err == nil {
			break
		}
		if time.Since(r.began) > 10*time.Second {
			b.Fatal(err)
		}
		time.Sleep(100 * time.Microsecond) // the program needs the processor that a tight loop would take
	}
	defer func() { _ = c.Close() }()
	if _, err := c.Write(request); err != nil {
		b.Fatal(err)
	}
	if size, err := benchSkipReply(bufio.NewReader(c)); err != nil || size == 0 {
		b.Fatal(errors.Join(err, errors.New("the first call was answered with "+strconv.Itoa(size)+" bytes")))
	}
	return time.Since(r.began)
}

// benchFirstCalls are a call of each vendor that needs none before it.
func benchFirstCalls() map[string][]byte {
	credentials := benchSealed(`{"apikey":"development-api-key","secret":"development-secret"}`)
	return map[string][]byte{
		"alihealth": benchQueryLoad(50).requests[0],
		"eazytec":   benchMessage().requests[0],
		"mytijian":  benchRequest("POST", "/open-api/V2/ws/agentManager/hospitalTaskList?accessToken="+url.QueryEscape("development-access-token"), ""),
		"weixiao":   benchRequest("GET", "/wx/push/queryPushProject", ""),
		"zheliban":  benchRequest("POST", "/reservation/sync/token", credentials, "Content-Type", jsonType),
	}
}
