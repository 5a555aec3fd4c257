package e2e_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const benchClients = 16

// benchLoad is what is asked: its requests in turn.
type benchLoad struct {
	requests [][]byte
	// number is where eight digits stand in each request that are others each time, 0 for nowhere; counted gives them.
	number  int
	counted *atomic.Int64
}

// benchBudget says when a turn is over: at a time, or after a number of requests.
type benchBudget struct {
	until time.Time
	left  *atomic.Int64
}

func (g benchBudget) spent(now time.Time) bool {
	if g.left != nil {
		return g.left.Add(-1) < 0
	}
	return !now.Before(g.until)
}

// drive asks for a while over benchClients connections and measures.
func (p *benchProcess) drive(b *testing.B, l benchLoad, for_ time.Duration) benchFigures {
	b.Helper()
	return p.driveWithin(b, l, benchBudget{until: time.Now().Add(for_)})
}

func (p *benchProcess) driveWithin(b *testing.B, l benchLoad, budget benchBudget) benchFigures {
	b.Helper()
	before, began := p.used(b), time.Now()
	took, read := benchFlood(b, p.front, l, budget)
	elapsed, after := time.Since(began), p.used(b)
	slices.Sort(took)
	n := float64(len(took))
	return benchFigures{
		perSecond: n / elapsed.Seconds(), cpu: float64((after.CPU - before.CPU).Nanoseconds()) / 1e3 / n, p99: float64(took[len(took)*99/100].Microseconds()),
		mallocs: float64(after.Mallocs-before.Mallocs) / n, bytes: float64(after.Bytes-before.Bytes) / n, size: float64(read) / n,
	}
}

// benchFlood asks over benchClients connections and returns how long each reply took, and the bytes of all bodies.
func benchFlood(b *testing.B, address string, l benchLoad, budget benchBudget) (took []time.Duration, read int) {
	b.Helper()
	var (
		wait sync.WaitGroup
		mu   sync.Mutex
	)
	for i := range benchClients {
		wait.Go(func() {
			mine, size, err := benchConnection(address, l, i, budget)
			mu.Lock()
			defer mu.Unlock()
			took, read = append(took, mine...), read+size
			if err != nil {
				b.Error(err)
			}
		})
	}
	wait.Wait()
	if b.Failed() || len(took) == 0 {
		b.Fatal("not every request was answered")
	}
	return took, read
}

// benchConnection asks over one connection until the budget is spent. A status other than 200 ends it.
func benchConnection(address string, l benchLoad, i int, budget benchBudget) (took []time.Duration, read int, err error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	requests := l.requests
	if l.number > 0 {
		requests = make([][]byte, len(l.requests))
		for i, r := range l.requests {
			requests[i] = bytes.Clone(r)
		}
	}
	in := bufio.NewReaderSize(c, 64<<10)
	for ; ; i++ {
		began := time.Now()
		if budget.spent(began) {
			return took, read, nil
		}
		request := requests[i%len(requests)]
		if l.number > 0 {
			benchDigits(request[l.number:l.number+8], l.counted.Add(1))
		}
		if _, err := c.Write(request); err != nil {
			return took, read, err
		}
		size, err := benchSkipReply(in)
		if err != nil {
			return took, read, err
		}
		took, read = append(took, time.Since(began)), read+size
	}
}

// benchDigits writes n, from 10,000,000 up, in eight digits.
func benchDigits(at []byte, n int64) {
	n = 10_000_000 + n%90_000_000
	for i := 7; i >= 0; i-- {
		at[i] = byte('0' + n%10)
		n /= 10
	}
}

// benchSkipReply reads one reply and returns the size of its body.
func benchSkipReply(in *bufio.Reader) (int, error) {
	size, err := benchHead(in)
	if err == nil {
		_, err = in.Discard(size)
	}
	return size, err
}

// benchHead reads the head of a reply, which must be a success, and returns the Content-Length.
func benchHead(in *bufio.Reader) (int, error) {
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
	return size, nil
}

// ask sends each request once, or at least a few thousand where they are numbered, and returns the replies' bodies.
func (p *benchProcess) ask(b *testing.B, l benchLoad) [][]byte {
	b.Helper()
	c, err := net.Dial("tcp", p.front)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	times := len(l.requests)
	if l.number > 0 {
		times = 4096
	}
	in := bufio.NewReader(c)
	var replies [][]byte
	for i := range times {
		request := bytes.Clone(l.requests[i%len(l.requests)])
		if l.number > 0 {
			benchDigits(request[l.number:l.number+8], l.counted.Add(1))
		}
		if _, err := c.Write(request); err != nil {
			b.Fatal(err)
		}
		size, err := benchHead(in)
		if err != nil {
			b.Fatal(err)
		}
		body := make([]byte, size)
		if _, err := io.ReadFull(in, body); err != nil {
			b.Fatal(err)
		}
		replies = append(replies, body)
	}
	return replies
}
