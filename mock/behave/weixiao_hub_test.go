package behave

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/mock/internal/forward"
	"understudy/mock/internal/session"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
	"understudy/specs"
)

// hub is a simulated push hub under test, with a frozen clock.
type hub struct {
	t     *testing.T
	world *World
	calls int64
}

func newHub(t *testing.T, way *forward.Client) *hub {
	clock := session.NewClock(nil)
	clock.Freeze(testStart())
	t.Cleanup(clock.Stop)
	if way != nil {
		t.Cleanup(func() { _ = way.Close(t.Context()) })
	}
	return &hub{t: t, world: &World{
		Session: "test", Store: &state.Memory{}, Clock: clock, Seed: 1, Start: testStart(), Forward: way,
	}}
}

// try makes a call as the pipeline does: one transaction, then the effects.
func (h *hub) try(c *Call) (Reply, error) {
	h.calls++
	c.World, c.Number, c.Now = h.world, h.calls, h.world.Clock.Now()
	var reply Reply
	err := h.world.Store.Update(h.t.Context(), h.world.Session, func(tx state.Tx) (err error) {
		reply, err = weixiao()[c.Operation](tx, c)
		return err
	})
	if err != nil {
		return Reply{}, err
	}
	for _, effect := range reply.Effects {
		effect(h.world)
	}
	return reply, nil
}

func (h *hub) call(c *Call) Reply {
	h.t.Helper()
	reply, err := h.try(c)
	if err != nil {
		h.t.Fatalf("%s: %v", c.Operation, err)
	}
	return reply
}

func (h *hub) refused(c *Call, row, cause string) {
	h.t.Helper()
	_, err := h.try(c)
	var refusal *Error
	if !errors.As(err, &refusal) || refusal.ID != row || refusal.Diagnosis == nil || refusal.Diagnosis.ID != cause {
		h.t.Fatalf("%s: got %v, want the row %s because of %s", c.Operation, err, row, cause)
	}
	known := slices.ContainsFunc(testContract(h.t, "weixiao").Errors, func(e specs.ErrorRow) bool { return e.ID == row })
	if !known {
		h.t.Fatalf("the contract has no row %s", row)
	}
}

func (h *hub) add(name, url string) int64 {
	h.t.Helper()
	r := h.call(&Call{Operation: "addPushProject", Body: Decoded{value.Record{"project": name, "url": url}}}).Value.(value.Record)
	return r["id"].(int64)
}

func (h *hub) update(r value.Record) Reply {
	h.t.Helper()
	return h.call(&Call{Operation: "updatePushProject", Body: Decoded{r}})
}

func (h *hub) remove(id any) Reply {
	h.t.Helper()
	return h.call(&Call{Operation: "deletePushProject", Parameters: value.Record{"id": id}})
}

func (h *hub) list() []value.Record {
	h.t.Helper()
	var list []value.Record
	for _, v := range h.call(&Call{Operation: "listPushProjects"}).Value.(value.List) {
		list = append(list, v.(value.Record))
	}
	return list
}

// receiver is a project's server. It notes what comes and answers what react says, 200 without one.
type receiver struct {
	url   string
	react func(push string) int

	mu   sync.Mutex
	came []string
}

func newReceiver(t *testing.T, react func(push string) int) *receiver {
	r := &receiver{react: react}
	s := httptest.NewServer(r)
	t.Cleanup(s.Close)
	r.url = s.URL + "/push"
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(q.Body)
	var push fourFields
	_ = json.Unmarshal(body, &push)
	r.mu.Lock()
	r.came = append(r.came, push.RawData)
	r.mu.Unlock()
	if r.react != nil {
		w.WriteHeader(r.react(push.RawData))
	}
}

// got is the raw_data of what came so far.
func (r *receiver) got() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.came, " ")
}

func (h *hub) push(raw string) Reply {
	h.t.Helper()
	return h.call(&Call{Operation: "receivePush", Body: Decoded{pushBody(raw)}})
}

func pushBody(raw string) value.Record {
	return value.Record{"app_key": "0123456789ABCDEF", "school_code": "1000000001", "event": "addUser", "raw_data": raw}
}

// settle waits until nothing is under way.
func (h *hub) settle() {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 30*time.Second)
	defer cancel()
	if err := h.world.Forward.Wait(ctx); err != nil {
		h.t.Fatalf("deliveries do not come to rest: %v", err)
	}
}

// log is the delivery log, one row as project/push/attempt outcome reason.
func (h *hub) log() []string {
	h.t.Helper()
	rows, _, err := Deliveries(h.t.Context(), h.world.Store, h.world.Session)
	if err != nil {
		h.t.Fatal(err)
	}
	list := []string{}
	for _, d := range rows {
		s := fmt.Sprintf("%v %d/%d/%d %s", d.At.Sub(testStart()), d.Project, d.Push, d.Attempt, d.Outcome)
		if d.Diagnosis != nil {
			s += " " + d.Diagnosis.ID
		}
		if !d.Next.IsZero() {
			s += fmt.Sprintf(" +%v", d.Next.Sub(d.At))
		}
		if failed := d.Outcome == Retry || d.Outcome == GivenUp; failed != (d.Code == "16009") {
			h.t.Errorf("%s has the code %q", s, d.Code)
		}
		list = append(list, s)
	}
	return list
}

// left counts the records of queues that are kept for later.
func (h *hub) left(projects ...int64) (queuedPushes, bodies int) {
	h.t.Helper()
	err := h.world.Store.Update(h.t.Context(), h.world.Session, func(tx state.Tx) error {
		queuedPushes, bodies = 0, 0
		for _, id := range projects {
			tx.Each(queueOf(id), func(string, []byte) bool { queuedPushes++; return true })
		}
		tx.Each(kindOutgoing, func(string, []byte) bool { bodies++; return true })
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return queuedPushes, bodies
}

func (h *hub) wantLeft(pushes, bodies int, projects ...int64) {
	h.t.Helper()
	if p, b := h.left(projects...); p != pushes || b != bodies {
		h.t.Errorf("%d pushes and %d bodies are left, want %d and %d", p, b, pushes, bodies)
	}
}

func (h *hub) pushes() []push {
	h.t.Helper()
	var list []push
	err := h.world.Store.Update(h.t.Context(), h.world.Session, func(tx state.Tx) error {
		records, _ := tx.Appended(kindPush)
		list = make([]push, len(records))
		for i, record := range records {
			if err := json.Unmarshal(record, &list[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

// queueOnly takes a push without running its effects.
func (h *hub) queueOnly(raw string) Reply {
	h.t.Helper()
	var reply Reply
	err := h.world.Store.Update(h.t.Context(), h.world.Session, func(tx state.Tx) (err error) {
		c := &Call{World: h.world, Operation: "receivePush", Now: h.world.Clock.Now(), Body: Decoded{pushBody(raw)}}
		reply, err = receivePush(tx, c)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return reply
}

func same[T any](t *testing.T, got, want T) {
	t.Helper()
	a, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if string(a) != string(b) {
		t.Fatalf("got  %s\nwant %s", a, b)
	}
}
