package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// benchServer is the variable that makes the test binary a server: a benchSpec as JSON.
const benchServer = "UNDERSTUDY_BENCH_SERVER"

// benchSpec says what a server process is.
type benchSpec struct {
	// Kind is mock, echo (the bare handler), pull or query (the handlers written by hand).
	Kind string
	// Sizes are those of the bare handler's replies, in turn.
	Sizes []int `json:",omitempty"`
	// Rows are those of the handlers written by hand.
	Rows json.RawMessage `json:",omitempty"`

	// Contracts names some of benchContract, beside the bundled ones unless Only is set.
	Contracts    []string `json:",omitempty"`
	Only         bool
	Dynamic      bool
	JournalBytes int
	// Sessions is how many there are beside the default one, each called once; Full fills the journal until it drops.
	Sessions int
	Full     bool
}

// benchProcess is a server under measurement.
type benchProcess struct{ front, usage string }

// benchUsage is what a server process has used so far, and what it holds. Bytes were allocated in all; Heap lives,
// Resident is 0 where the system does not tell.
type benchUsage struct {
	CPU            time.Duration
	Mallocs, Bytes uint64
	Heap, Resident uint64
}

// benchStart starts a server, which ends with the benchmark.
func benchStart(b *testing.B, spec benchSpec) *benchProcess {
	b.Helper()
	text, err := json.Marshal(spec)
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), benchServer+"="+string(text))
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
	b.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	p := &benchProcess{}
	if _, err := fmt.Fscan(bufio.NewReader(out), &p.front, &p.usage); err != nil {
		b.Fatal(err)
	}
	return p
}

// benchEcho starts the bare handler with replies of the sizes that a server's replies have.
func benchEcho(b *testing.B, like *benchProcess, l benchLoad) *benchProcess {
	b.Helper()
	var sizes []int
	for _, reply := range like.ask(b, l) {
		sizes = append(sizes, len(reply))
	}
	return benchStart(b, benchSpec{Kind: "echo", Sizes: sizes})
}

func (p *benchProcess) used(b *testing.B) benchUsage { return p.usageAt(b, "/") }

// settled is the usage after two collections.
func (p *benchProcess) settled(b *testing.B) benchUsage { return p.usageAt(b, "/collected") }

func (p *benchProcess) usageAt(b *testing.B, path string) benchUsage {
	b.Helper()
	reply, err := http.Get("http://" + p.usage + path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = reply.Body.Close() }()
	var u benchUsage
	if err := json.NewDecoder(reply.Body).Decode(&u); err != nil {
		b.Fatal(err)
	}
	return u
}

// residentBytes reads a line of a process's status, VmRSS or VmHWM, in bytes; 0 where there is no such thing.
func residentBytes(process, line string) uint64 {
	status, err := os.ReadFile("/proc/" + process + "/status")
	if err != nil {
		return 0
	}
	for text := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(text, line+":"); ok {
			n, _ := strconv.ParseUint(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return n << 10
		}
	}
	return 0
}
