package behave

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/mock/internal/forward"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

func TestAPushGoesToEveryEnabledProject(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	bodies := map[string]int{}
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		bodies[r.URL.Path+" "+string(body)]++
	}))
	t.Cleanup(s.Close)
	h := newHub(t, &forward.Client{})
	h.add("a", s.URL+"/a")
	h.add("b", s.URL+"/b")
	off := h.add("off", s.URL+"/off")
	h.update(value.Record{"id": off, "statu": json.Number("1")})
	body := pushBody("<0a&ff>")
	body["unknown"] = "not sent on"
	if reply := h.call(&Call{Operation: "receivePush", Body: Decoded{body}}); reply.Value != nil || len(reply.Notes) != 0 {
		t.Errorf("got %+v", reply)
	}
	h.settle()
	const want = ` {"app_key":"0123456789ABCDEF","school_code":"1000000001","event":"addUser","raw_data":"<0a&ff>"}`
	if len(bodies) != 2 || bodies["/a"+want] != 1 || bodies["/b"+want] != 1 {
		t.Errorf("got %v", bodies)
	}
	if rows := h.log(); len(rows) != 2 {
		t.Errorf("got %q", rows)
	}
	h.wantLeft(0, 0, 1, 2, 3)
	stored := h.pushes()
	if len(stored) != 1 || stored[0].Event != "addUser" || string(stored[0].Fields) != want[1:] || stored[0].Forwarded {
		t.Errorf("stored is %+v", stored)
	}
}

func TestAnUnknownEventIsTaken(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, nil)
	h := newHub(t, &forward.Client{})
	h.add("a", r.url)
	body := pushBody("x")
	body["event"] = "somethingNew"
	h.call(&Call{Operation: "receivePush", Body: Decoded{body}})
	h.settle()
	if r.got() != "x" {
		t.Errorf("got %q", r.got())
	}
}

func TestRetriesFollowTheSessionsClock(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, func(push string) int {
		if push == "bad" {
			return http.StatusInternalServerError
		}
		return http.StatusOK
	})
	h := newHub(t, &forward.Client{})
	id := h.add("a", r.url)
	h.push("bad")
	h.settle()
	h.push("good") // stands behind the failing one
	h.settle()
	h.world.Clock.Advance(999 * time.Millisecond)
	same(t, h.log(), []string{"0s 1/1/1 retry forward-status +1s"})
	// Advance runs the retry and waits for its outcome.
	h.world.Clock.Advance(time.Millisecond)
	want := []string{"0s 1/1/1 retry forward-status +1s", "1s 1/1/2 retry forward-status +5s"}
	same(t, h.log(), want)
	h.wantLeft(2, 2, id)
	h.world.Clock.Advance(time.Hour)
	same(t, h.log(), append(want,
		"6s 1/1/3 retry forward-status +30s",
		"36s 1/1/4 retry forward-status +2m0s",
		"2m36s 1/1/5 retry forward-status +10m0s",
		"12m36s 1/1/6 given-up forward-status",
		"12m36s 1/2/1 delivered",
	))
	if r.got() != "bad bad bad bad bad bad good" {
		t.Errorf("got %q", r.got())
	}
	h.wantLeft(0, 0, id)
}

func TestOrderIsKeptPerProjectAndOthersDoNotWait(t *testing.T) {
	t.Parallel()
	tries := 0 // one worker at a time
	slow := newReceiver(t, func(string) int {
		if tries++; tries <= 2 {
			return http.StatusServiceUnavailable
		}
		return http.StatusOK
	})
	quick := newReceiver(t, nil)
	h := newHub(t, &forward.Client{})
	h.add("slow", slow.url)
	h.add("quick", quick.url)
	for _, raw := range []string{"1", "2", "3"} {
		h.push(raw)
	}
	h.settle()
	if slow.got() != "1" || quick.got() != "1 2 3" {
		t.Errorf("before the retry: slow has %q, quick %q", slow.got(), quick.got())
	}
	h.wantLeft(3, 3, 1, 2)
	h.world.Clock.Advance(10 * time.Second)
	if slow.got() != "1 1 1 2 3" {
		t.Errorf("slow has %q", slow.got())
	}
	h.wantLeft(0, 0, 1, 2)
}

func TestASilentProjectHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	silent := newReceiver(t, func(string) int { <-hold; return http.StatusOK })
	came := make(chan string, 2)
	other := newReceiver(t, func(push string) int { came <- push; return http.StatusOK })
	h := newHub(t, &forward.Client{})
	h.add("silent", silent.url)
	h.add("other", other.url)
	h.push("1")
	h.push("2")
	if a, b := <-came, <-came; a != "1" || b != "2" {
		t.Errorf("got %s, %s", a, b)
	}
	close(hold)
	h.settle()
	if silent.got() != "1 2" {
		t.Errorf("silent has %q", silent.got())
	}
}

func TestAnAttemptGoesToTheAddressOfNow(t *testing.T) {
	t.Parallel()
	old := newReceiver(t, func(string) int { return http.StatusNotFound })
	current := newReceiver(t, nil)
	h := newHub(t, &forward.Client{})
	id := h.add("a", old.url)
	h.push("1")
	h.settle()
	h.update(value.Record{"id": id, "url": current.url})
	h.world.Clock.Advance(time.Second)
	if old.got() != "1" || current.got() != "1" {
		t.Errorf("old has %q, current %q", old.got(), current.got())
	}
}

func TestAProjectThatIsOffOrGoneGetsNothing(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*hub, int64){
		"forward-project-disabled": func(h *hub, id int64) { h.update(value.Record{"id": id, "statu": json.Number("1")}) },
		"forward-project-deleted":  func(h *hub, id int64) { h.remove(id) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReceiver(t, func(string) int { return http.StatusBadGateway })
			h := newHub(t, &forward.Client{})
			id := h.add("a", r.url)
			h.push("1")
			h.push("2")
			h.settle()
			end(h, id)
			h.push("3")
			h.world.Clock.Advance(time.Hour)
			h.settle()
			if r.got() != "1" {
				t.Errorf("got %q", r.got())
			}
			same(t, h.log(), []string{"0s 1/1/1 retry forward-status +1s", "0s 1/1/1 dropped " + name, "0s 1/2/0 dropped " + name})
			h.wantLeft(0, 0, id)
		})
	}
}

func TestAnAttemptUnderWayIsLoggedThoughItsProjectEnded(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		http.StatusOK:         "0s 1/1/1 delivered",
		http.StatusBadGateway: "0s 1/1/1 given-up forward-status",
	} {
		var h *hub
		r := newReceiver(t, func(string) int { h.remove(int64(1)); return status })
		h = newHub(t, &forward.Client{})
		id := h.add("a", r.url)
		// Both stand in the queue before the first is sent.
		effects := append(h.queueOnly("1").Effects, h.queueOnly("2").Effects...)
		for _, effect := range effects {
			effect(h.world)
		}
		h.settle()
		same(t, h.log(), []string{"0s 1/2/0 dropped forward-project-deleted", want})
		h.world.Clock.Advance(time.Hour)
		if r.got() != "1" {
			t.Errorf("got %q", r.got())
		}
		h.wantLeft(0, 0, id)
	}
}

func TestTheFanOutIsAllOrNothing(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, nil)
	h := newHub(t, &forward.Client{})
	for i := range 5 {
		h.add(fmt.Sprint(i), r.url)
	}
	refusal := errors.New("the reply breaks the contract")
	err := h.world.Store.Update(t.Context(), h.world.Session, func(tx state.Tx) error {
		c := &Call{World: h.world, Operation: "receivePush", Now: h.world.Clock.Now(), Body: Decoded{pushBody("1")}}
		if _, err := receivePush(tx, c); err != nil {
			return err
		}
		return refusal
	})
	if !errors.Is(err, refusal) {
		t.Fatal(err)
	}
	h.wantLeft(0, 0, 1, 2, 3, 4, 5)
	if n := len(h.pushes()); n != 0 {
		t.Errorf("%d pushes are stored", n)
	}
	// Stored in every queue before anything is sent.
	reply := h.queueOnly("2")
	h.wantLeft(5, 1, 1, 2, 3, 4, 5)
	if len(reply.Effects) != 1 || r.got() != "" {
		t.Errorf("%d effects, and %q came", len(reply.Effects), r.got())
	}
	reply.Effects[0](h.world)
	h.settle()
	if r.got() != "2 2 2 2 2" {
		t.Errorf("got %q", r.got())
	}
	h.wantLeft(0, 0, 1, 2, 3, 4, 5)
}

func TestAForwardedPushIsNotForwardedAgain(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, nil)
	h := newHub(t, &forward.Client{})
	h.add("a", r.url)
	reply := h.call(&Call{Operation: "receivePush", Body: Decoded{pushBody("1")}, Forwarded: true})
	h.settle()
	if len(reply.Notes) != 1 || reply.Notes[0].ID != "forward-loop" || len(reply.Effects) != 0 {
		t.Errorf("got %+v", reply)
	}
	if stored := h.pushes(); len(stored) != 1 || !stored[0].Forwarded {
		t.Errorf("stored is %+v", stored)
	}
	if r.got() != "" || len(h.log()) != 0 {
		t.Errorf("%q came, the log is %q", r.got(), h.log())
	}
}

func TestABlockedTargetIsGivenUpAtOnce(t *testing.T) {
	t.Parallel()
	h := newHub(t, &forward.Client{})
	h.add("blocked", "http://192.168.1.20:8080/way?token=hush")
	h.add("bare", "www.hub.example/way?token=hush")
	h.push("1")
	h.settle()
	h.push("2")
	h.settle()
	h.world.Clock.Advance(time.Hour)
	rows, _, err := Deliveries(t.Context(), h.world.Store, h.world.Session)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 4 {
		t.Fatalf("got %q", h.log())
	}
	for _, d := range rows {
		want := map[int64]string{1: "forward-target-blocked", 2: "forward-target-without-scheme"}[d.Project]
		if d.Outcome != GivenUp || d.Attempt != 1 || d.Diagnosis == nil || d.Diagnosis.ID != want || d.Code != "16009" {
			t.Errorf("got %+v", d)
		}
		if d.Project == 1 && d.Diagnosis.Detail["allow"] != "--forward-to 192.168.1.20:8080" {
			t.Errorf("the option is %q", d.Diagnosis.Detail["allow"])
		}
	}
	log, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{"hush", "/way", "0123456789ABCDEF", "addUser", "1000000001"} {
		if strings.Contains(string(log), hidden) {
			t.Errorf("the log tells %s", hidden)
		}
	}
	h.wantLeft(0, 0, 1, 2)
}

func TestWithoutAWayOutTheLogSaysSo(t *testing.T) {
	t.Parallel()
	h := newHub(t, nil)
	h.add("a", "http://127.0.0.1/")
	h.push("1")
	same(t, h.log(), []string{"0s 1/1/1 given-up forward-unavailable"})
	h.wantLeft(0, 0, 1)
}

func TestAFullQueueTakesNoMore(t *testing.T) {
	t.Parallel()
	h := newHub(t, &forward.Client{})
	id := h.add("a", "http://127.0.0.1:1/")
	for range queueLimit {
		h.queueOnly("1")
	}
	if reply := h.queueOnly("too much"); len(reply.Effects) != 0 {
		t.Error("there is something to send")
	}
	same(t, h.log(), []string{"0s 1/1001/0 dropped forward-queue-full"})
	h.wantLeft(queueLimit, queueLimit, id)
}

func TestADroppedSessionIsLeftAlone(t *testing.T) {
	t.Parallel()
	var h *hub
	r := newReceiver(t, func(string) int {
		h.world.Store.Drop(h.world.Session)
		return http.StatusInternalServerError
	})
	h = newHub(t, &forward.Client{})
	h.add("a", r.url)
	h.push("1")
	h.settle()
	h.world.Clock.Advance(time.Hour)
	if rows := h.log(); len(rows) != 0 || r.got() != "1" {
		t.Errorf("the log is %q, %q came", rows, r.got())
	}
}

func TestAClosedClientLeavesTheQueueAsItIs(t *testing.T) {
	t.Parallel()
	began := make(chan struct{})
	hold := make(chan struct{})
	r := newReceiver(t, func(string) int { began <- struct{}{}; <-hold; return http.StatusOK })
	h := newHub(t, &forward.Client{})
	id := h.add("a", r.url)
	h.push("1")
	<-began
	h.push("2")
	if err := h.world.Forward.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	close(hold)
	h.push("3")
	h.world.Clock.Advance(time.Hour)
	rows, _, err := Deliveries(t.Context(), h.world.Store, h.world.Session)
	if err != nil || len(rows) != 1 || rows[0].Diagnosis.ID != forward.Closed || rows[0].Outcome != Interrupted {
		t.Errorf("got %+v, %v", rows, err)
	}
	h.wantLeft(3, 3, id)

	// With another way out the queue goes on where it stands, without a new push.
	h.world.Forward = &forward.Client{}
	t.Cleanup(func() { _ = h.world.Forward.Close(t.Context()) })
	go func() {
		for range 3 {
			<-began
		}
	}()
	deliverSoon(h.world, id)
	h.settle()
	if r.got() != "1 1 2 3" {
		t.Errorf("got %q", r.got())
	}
}

func TestManyPushesAtOnceKeepTheirOrder(t *testing.T) {
	t.Parallel()
	receivers := []*receiver{newReceiver(t, nil), newReceiver(t, nil), newReceiver(t, nil)}
	h := newHub(t, &forward.Client{})
	for i, r := range receivers {
		h.add(fmt.Sprint(i), r.url)
	}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 10 {
				for _, effect := range h.queueOnly(fmt.Sprint(i*10 + j)).Effects {
					effect(h.world)
				}
			}
		})
	}
	group.Wait()
	h.settle()
	var order []string
	for _, p := range h.pushes() {
		var fields fourFields
		if err := json.Unmarshal(p.Fields, &fields); err != nil {
			t.Fatal(err)
		}
		order = append(order, fields.RawData)
	}
	if len(order) != 80 {
		t.Fatalf("%d pushes are stored", len(order))
	}
	for i, r := range receivers {
		if want := strings.Join(order, " "); r.got() != want {
			t.Errorf("project %d: got  %s\nwant %s", i, r.got(), want)
		}
	}
	h.wantLeft(0, 0, 1, 2, 3)
}

// TestDeliveriesLeaveNoGoroutine does not run beside other tests, which have goroutines of their own.
func TestDeliveriesLeaveNoGoroutine(t *testing.T) {
	r := newReceiver(t, func(push string) int {
		if push == "bad" {
			return http.StatusInternalServerError
		}
		return http.StatusOK
	})
	h := newHub(t, &forward.Client{})
	for i := range 5 {
		h.add(fmt.Sprint(i), r.url)
	}
	h.add("blocked", "http://10.0.0.1/")
	for _, raw := range []string{"good", "bad", "good"} {
		h.push(raw)
	}
	h.settle()
	h.world.Clock.Advance(2 * time.Second)
	if err := h.world.Forward.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantNoGoroutine(t)
}

// wantNoGoroutine waits until no goroutine stands in the client's code or in that of its connections.
func wantNoGoroutine(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
		buffer := make([]byte, 1<<20)
		stacks := string(buffer[:runtime.Stack(buffer, true)])
		left := false
		for _, part := range []string{"internal/forward.(*", "net/http.(*Transport)", "net/http.(*persistConn)"} {
			left = left || strings.Contains(stacks, part)
		}
		if !left {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("goroutines are left:\n%s", stacks)
		}
	}
}
