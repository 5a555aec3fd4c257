package mocktest_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"understudy/mock"
	"understudy/mock/mocktest"
)

func TestAWorldEndsWithItsTest(t *testing.T) {
	t.Parallel()
	m := mocktest.StartWith(t, mocktest.Config{NoSockets: true})
	var first, second string
	record("TestSomething", func(tb *recorder) {
		one, two := m.Session(tb), m.Session(tb)
		first, second = one.World().Name(), two.World().Name()
		if first != "TestSomething" || second != "TestSomething-2" {
			t.Errorf("the worlds are %s and %s", first, second)
		}
		listed(t, one.Client(), one)
	})
	for _, name := range m.Server().Sessions() {
		if name == first || name == second {
			t.Errorf("%s is still there", name)
		}
	}
	again := ""
	record("TestSomething", func(tb *recorder) { again = m.Session(tb).World().Name() })
	if again != first {
		t.Errorf("run again, the world is %s", again)
	}
}

func TestAFurtherStartCompilesNothing(t *testing.T) {
	m := mocktest.StartWith(t, mocktest.Config{NoSockets: true})
	listed(t, m.Client(), m)
	allocations := testing.AllocsPerRun(10, func() {
		record("TestFurther", func(tb *recorder) { mocktest.StartWith(tb, mocktest.Config{NoSockets: true}) })
	})
	// To compile the contracts takes a hundred times as many.
	if allocations > 3000 {
		t.Errorf("a further start allocates %v times", allocations)
	}
}

func TestInABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := mocktest.StartWith(t, mocktest.Config{NoSockets: true}).Session(t)
		id, err := m.World().AddFault(mock.Fault{Delay: &mock.Delay{Fixed: 50 * time.Second}})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		listed(t, m.Client(), m)
		if took := time.Since(began); took != 50*time.Second {
			t.Errorf("it took %v", took)
		}
		impatient := m.Client()
		impatient.Timeout = 3 * time.Second
		began = time.Now()
		if _, _, _, err := tasks(impatient, m); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("it took %v", took)
		}
		m.World().RemoveFault(id)
		clock := m.World().Now()
		time.Sleep(time.Hour) // on the bubble's time, which the world's clock follows
		if passed := m.World().Now().Sub(clock); passed != time.Hour {
			t.Errorf("on the world's clock %v passed", passed)
		}
		listed(t, m.Client(), m)
	})
}

func TestNothingIsLeftBehind(t *testing.T) {
	before := goroutines()
	record("TestGone", func(tb *recorder) {
		m := mocktest.Start(tb)
		client := &http.Client{Transport: &http.Transport{}}
		listed(t, client, m)
		if _, err := m.World().AddFault(mock.Fault{Delay: &mock.Delay{Fixed: time.Minute}}); err != nil {
			t.Error(err)
		}
		held := make(chan struct{})
		v := m.Mytijian()
		stop := m.Server().Watch(mock.Query{}, func(mock.Exchange) {})
		defer stop()
		go func() {
			close(held)
			if r, err := client.Post(v.BaseURL+tasksPath+"?accessToken="+v.AccessToken, "application/json", nil); err == nil {
				r.Body.Close()
				t.Error("a call that is held back was answered")
			}
			client.CloseIdleConnections()
		}()
		<-held
		for { // until the call is held back, which its exchange tells
			if list, _ := m.World().Exchanges(); len(list) == 2 {
				break
			}
			runtime.Gosched()
		}
	})
	for deadline := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
		left := goroutines()
		maps.DeleteFunc(left, func(id string, _ string) bool { _, ok := before[id]; return ok })
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("left behind: %s", slices.Collect(maps.Values(left)))
		}
	}
}

func goroutines() map[string]string {
	buf := make([]byte, 1<<20)
	found := map[string]string{}
	for g := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		head, _, _ := strings.Cut(g, " [")
		found[head] = g
	}
	return found
}

func BenchmarkStart(b *testing.B) {
	for name, config := range map[string]mocktest.Config{"sockets": {}, "without": {NoSockets: true}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				tb := &recorder{name: "BenchmarkStart"}
				_ = mocktest.StartWith(tb, config).URL()
				for _, f := range slices.Backward(tb.cleanups) {
					f()
				}
			}
		})
	}
	b.Run("session", func(b *testing.B) {
		m := mocktest.StartWith(b, mocktest.Config{NoSockets: true})
		b.ReportAllocs()
		for b.Loop() {
			tb := &recorder{name: "BenchmarkStart"}
			m.Session(tb)
			for _, f := range slices.Backward(tb.cleanups) {
				f()
			}
		}
	})
}
