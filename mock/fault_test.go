package mock

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"understudy/mock/behave"
	"understudy/mock/internal/fault"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

// play sends a good call of an operation and returns what came, whether the connection was cut, and the exchange.
func (p *player) play(name string, headers ...string) (w *httptest.ResponseRecorder, cut bool, e Exchange) {
	p.Helper()
	call, ok := goodCalls()[name]
	if !ok {
		p.Fatalf("no good call %s", name)
	}
	r := call.send(p, call.body)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w = httptest.NewRecorder()
	func() {
		defer func() {
			if fault := recover(); fault != nil {
				if fault != http.ErrAbortHandler {
					panic(fault)
				}
				cut = true
			}
		}()
		p.server.ServeHTTP(w, r)
	}()
	list, _ := p.server.Exchanges()
	return w, cut, list[len(list)-1]
}

func (p *player) add(f Fault) string {
	p.Helper()
	one, err := p.server.Session("")
	if err != nil {
		p.Fatal(err)
	}
	id, err := one.AddFault(f)
	if err != nil {
		p.Fatal(err)
	}
	return id
}

// TestEveryCatalogueRowIsServed asks each operation for each row its vendor may answer with.
func TestEveryCatalogueRowIsServed(t *testing.T) {
	t.Parallel()
	served := map[string]bool{}
	for name := range goodCalls() {
		vendor, id := strings.Fields(name)[0], strings.Fields(name)[1]
		p := newPlayer(t)
		p.withProject()
		op := p.operation(vendor, id)
		for _, row := range fault.Errors(op.vendor.contract, id) {
			before := p.commits.writes.Load()
			w, _, e := p.play(name, "Prefer", "respond-async, error="+row)
			want, _ := op.vendor.contract.Error(row)
			status := want.Status
			if status == 0 {
				status = http.StatusOK
			}
			if w.Code != status || e.Outcome != "vendor-error" || e.Error != row || e.Fault == nil || w.Header().Get("Preference-Applied") != "error="+row {
				t.Errorf("%s asked for %s: status %d, outcome %s %s, fault %v, Preference-Applied %q", name, row, w.Code, e.Outcome, e.Error, e.Fault, w.Header().Get("Preference-Applied"))
			}
			if shown, _ := json.Marshal(e.Reply.Value); want.Code != "" && want.Body == nil && len(shown) > 4 && !strings.Contains(string(shown), want.Code) {
				t.Errorf("%s asked for %s: the reply %s has no code %s", name, row, shown, want.Code)
			}
			if after := p.commits.writes.Load(); after != before {
				t.Errorf("%s asked for %s: something was committed", name, row)
			}
			served[vendor+" "+row] = true
		}
	}
	for _, c := range newPlayer(t).server.Contracts() {
		if len(c.Errors) == 0 {
			t.Errorf("%s has no catalogue: nothing was checked", c.Vendor)
		}
		for _, row := range c.Errors {
			if !served[c.Vendor+" "+row.ID] {
				t.Errorf("%s %s was never served", c.Vendor, row.ID)
			}
		}
	}
}

func TestAnUnknownPreferenceIsRefused(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	w, _, e := p.play("eazytec sendMessage", "Prefer", "error=no-such-row")
	if w.Code != http.StatusBadRequest || e.Error != "unknown-error" || !strings.Contains(w.Body.String(), "parameter-missing") {
		t.Errorf("status %d, outcome %s %s: %s", w.Code, e.Outcome, e.Error, w.Body)
	}
	if _, _, e := p.play("eazytec sendMessage", "Prefer", "return=minimal, wait=10"); e.Outcome != "ok" || e.Fault != nil {
		t.Errorf("a preference of others: outcome %s %s", e.Outcome, e.Error)
	}
}

// TestFaultsStrike takes each way to fail at each operation that it has a meaning for, before and after the commit.
func TestFaultsStrike(t *testing.T) {
	t.Parallel()
	struck := map[fault.Break]int{}
	for name := range goodCalls() {
		vendor, id := strings.Fields(name)[0], strings.Fields(name)[1]
		for _, after := range []bool{false, true} {
			for _, f := range []Fault{{Break: fault.Cut}, {Break: fault.Truncate}, {Break: fault.GatewayPage}, {Break: fault.GatewayPage, Status: 503},
				{Break: fault.Padding}, {Break: fault.Plain}, {Break: fault.StaleToken}, {Status: 500}} {
				f.Vendor, f.Operation, f.Calls, f.AfterCommit = vendor, id, 1, after
				p := newPlayer(t)
				p.withProject()
				one, _ := p.server.Session("")
				if _, err := one.AddFault(f); err != nil {
					continue // it has no meaning here
				}
				struck[f.Break]++
				before := p.commits.writes.Load()
				w, cut, e := p.play(name)
				kept := p.commits.writes.Load() != before
				label := name + " " + f.Kind()
				if after {
					label += " after commit"
				}
				if status := e.Status; e.Reply.Bytes != w.Body.Len() || f.Break != fault.Cut && status != w.Code || f.Break == fault.Cut && status != 0 {
					t.Errorf("%s: the journal tells of status %d and %d bytes, there came %d and %d", label, status, e.Reply.Bytes, w.Code, w.Body.Len())
				}
				if e.Fault == nil || e.Fault.Kind != f.Kind() || e.Fault.ID != "f1" {
					t.Errorf("%s: the journal tells of the fault %v", label, e.Fault)
				}
				if cut != (f.Break == fault.Cut || f.Break == fault.Truncate) {
					t.Errorf("%s: cut is %v", label, cut)
				}
				switch f.Break {
				case fault.Truncate:
					if announced := w.Header().Get("Content-Length"); announced == strconv.Itoa(w.Body.Len()) {
						t.Errorf("%s: the body is whole", label)
					}
				case fault.GatewayPage:
					if w.Code != f.PageStatus() || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || !strings.Contains(w.Body.String(), "<html>") {
						t.Errorf("%s: status %d, %s", label, w.Code, w.Header())
					}
				case fault.Plain:
					if !json.Valid(w.Body.Bytes()) {
						t.Errorf("%s: the body is not plain: %s", label, w.Body)
					}
				case fault.Padding:
					op := p.operation(vendor, id)
					if _, failed := op.cipher.Open(nil, w.Body.Bytes()); failed == nil || failed.Step != "padding" {
						t.Errorf("%s: the body fails to open with %v", label, failed)
					}
				case "":
					if w.Code != 500 || w.Body.Len() != 0 {
						t.Errorf("%s: status %d, body %q", label, w.Code, w.Body)
					}
				}
				if f.Break != fault.Cut && w.Header().Get("Understudy-Fault") != "f1" {
					t.Errorf("%s: the header names %q", label, w.Header().Get("Understudy-Fault"))
				}
				if !after && kept {
					t.Errorf("%s: something was committed", label)
				}
				if after && !kept && changes(name) {
					t.Errorf("%s: nothing was committed", label)
				}
				if states := one.Faults(); len(states) != 1 || states[0].Struck != 1 {
					t.Errorf("%s: the fault stands as %+v", label, states)
				}
			}
		}
	}
	for _, b := range fault.Breaks() {
		if struck[b] == 0 {
			t.Errorf("%s struck nowhere", b)
		}
	}
}

// changes says whether an operation's good call writes records.
func changes(name string) bool {
	switch name {
	case "zheliban acknowledgeReservations", "zheliban reportArrival", "eazytec sendMessage", "weixiao addPushProject",
		"weixiao updatePushProject", "weixiao receivePush":
		return true
	}
	return false
}

// TestACallersOwnMistakeKeepsItsAnswer: a fault hides no error of the caller, and does not count it.
func TestACallersOwnMistakeKeepsItsAnswer(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.add(Fault{Break: fault.Cut, Calls: 1})
	for _, r := range []*http.Request{
		post(sendPath, jsonType, goodMessage, "Authorization", "Bearer wrong"),
		post(sendPath, jsonType, `{`, "Authorization", "Bearer development-token"),
		post(arrivalPath, jsonType, padded("development-key!", `{"serialNumber":"ZJ99"}`)),
	} {
		if _, e := p.send(r); e.Outcome != "vendor-error" || e.Fault != nil {
			t.Errorf("%s: outcome %s %s, fault %v", r.URL.Path, e.Outcome, e.Error, e.Fault)
		}
	}
	if _, cut, _ := p.play("eazytec sendMessage"); !cut {
		t.Error("the good call was not cut")
	}
	if _, cut, e := p.play("eazytec sendMessage"); cut || e.Outcome != "ok" {
		t.Errorf("after one call the fault is used up, but outcome %s %s", e.Outcome, e.Error)
	}
}

func TestAStaleTokenIsIssued(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.add(Fault{Vendor: "zheliban", Operation: "issueToken", Break: fault.StaleToken, Calls: 1})
	token := p.token()
	_, e := p.send(post(arrivalPath, jsonType, padded("development-key!", `{"serialNumber":"ZJ10001"}`), "ACCESS-TOKEN", token))
	if e.Outcome != "vendor-error" || e.Diagnosis.ID != "token-expired" {
		t.Errorf("outcome %s %s, %v", e.Outcome, e.Error, e.Diagnosis)
	}
	_, e = p.send(post(arrivalPath, jsonType, padded("development-key!", `{"serialNumber":"ZJ10001"}`), "ACCESS-TOKEN", p.token()))
	if e.Outcome != "ok" {
		t.Errorf("with the next token: outcome %s %s", e.Outcome, e.Error)
	}
}

func TestAnAnswerIsHeldBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlayer(t)
		p.add(Fault{Delay: &fault.Delay{Fixed: 3 * time.Second}, Calls: 1})
		began := time.Now()
		if _, _, e := p.play("eazytec sendMessage"); e.Outcome != "ok" || e.Fault == nil || e.Fault.Kind != "delay" {
			t.Errorf("outcome %s %s, fault %v", e.Outcome, e.Error, e.Fault)
		}
		if took := time.Since(began); took != 3*time.Second || p.last().Micros != took.Microseconds() {
			t.Errorf("the answer took %v, the journal says %d µs", took, p.last().Micros)
		}
		// A caller that hangs up is not waited for, and what was done stays done.
		p.add(Fault{Delay: &fault.Delay{Fixed: time.Minute}})
		call := goodCalls()["eazytec sendMessage"]
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		began = time.Now()
		before := p.commits.writes.Load()
		p.server.ServeHTTP(httptest.NewRecorder(), call.send(p, call.body).WithContext(ctx))
		if took := time.Since(began); took != time.Second || p.commits.writes.Load() == before {
			t.Errorf("the server held on for %v", took)
		}
	})
}

// TestAFailureOfItsOwnIsNotStruck: a call that a fault would strike, and that cannot be committed, is refused as ever.
func TestAFailureOfItsOwnIsNotStruck(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.add(Fault{Status: 503, AfterCommit: true})
	p.server.store = &failing{p.server.store}
	w, _, e := p.play("weixiao listPushProjects")
	if w.Code != http.StatusInsufficientStorage || e.Fault != nil || w.Header().Get("Understudy-Fault") != "" {
		t.Errorf("answered %d, fault %v, header %q", w.Code, e.Fault, w.Header().Get("Understudy-Fault"))
	}
}

// failing is full when it comes to a commit.
type failing struct{ state.Store }

func (f *failing) Update(ctx context.Context, session string, step func(state.Tx) error) error {
	return f.Store.Update(ctx, session, func(tx state.Tx) error {
		if err := step(tx); err != nil {
			return err
		}
		return state.ErrFull
	})
}

// TestAStepRunsInATransactionOfItsOwn: where a stale token has to be issued it runs again, and sees nothing of the first
// time.
func TestAStepRunsInATransactionOfItsOwn(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.add(Fault{Vendor: "zheliban", Operation: "issueToken", Break: fault.StaleToken, Calls: 1})
	runs := 0
	p.step("issueToken", func(tx state.Tx, c *behave.Call) (behave.Reply, error) {
		runs++
		if _, before := tx.Get("kind", "key"); before {
			t.Error("the step sees what it wrote the first time")
		}
		tx.Put("kind", "key", nil)
		token, lifetime, err := c.IssueToken(c.Now)
		return behave.Reply{Value: value.Record{"token": token, "expire": lifetime.Milliseconds()}}, err
	})
	if _, _, e := p.play("zheliban issueToken"); e.Outcome != "fault" || runs != 2 {
		t.Errorf("outcome %s %s after %d runs", e.Outcome, e.Error, runs)
	}
}

// TestEffectsOfAStruckCall: what is not committed sets nothing off.
func TestEffectsOfAStruckCall(t *testing.T) {
	t.Parallel()
	for _, b := range []fault.Break{fault.Cut, fault.Truncate, fault.GatewayPage} {
		for _, after := range []bool{false, true} {
			p := newPlayer(t)
			p.withProject()
			p.add(Fault{Operation: "receivePush", Break: b, AfterCommit: after})
			p.play("weixiao receivePush")
			if err := p.server.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			one, _ := p.server.Session("")
			sent, _, err := one.Deliveries(t.Context())
			if err != nil || (len(sent) > 0) != after {
				t.Errorf("%s, after the commit %v: %d deliveries, %v", b, after, len(sent), err)
			}
		}
	}
}

// bare is a reply that cannot be flushed.
type bare struct{ header http.Header }

func (b *bare) Header() http.Header         { return b.header }
func (b *bare) Write(p []byte) (int, error) { return len(p), nil }
func (b *bare) WriteHeader(int)             {}

func TestAReplyIsTruncatedBehindAnyWriter(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	p.add(Fault{Break: fault.Truncate})
	defer func() {
		if got := recover(); got != http.ErrAbortHandler {
			t.Errorf("the connection ends with %v", got)
		}
	}()
	p.server.ServeHTTP(&bare{http.Header{}}, httptest.NewRequest(http.MethodGet, "/wx/push/queryPushProject", nil))
}

// TestDamagedConnections looks at the faults through net/http, as a client does.
func TestDamagedConnections(t *testing.T) {
	t.Parallel()
	t.Run("HTTP/1.1", func(t *testing.T) {
		t.Parallel()
		damaged(t, httptest.NewServer)
	})
	t.Run("HTTP/2", func(t *testing.T) {
		t.Parallel()
		damaged(t, func(h http.Handler) *httptest.Server {
			s := httptest.NewUnstartedServer(h)
			s.EnableHTTP2 = true
			s.StartTLS()
			return s
		})
	})
}

func damaged(t *testing.T, start func(http.Handler) *httptest.Server) {
	p := newPlayer(t)
	front := start(p.server)
	defer front.Close()
	get := func() ([]byte, error) {
		r, err := front.Client().Get(front.URL + "/wx/push/queryPushProject")
		if err != nil {
			return nil, err
		}
		defer r.Body.Close()
		return io.ReadAll(r.Body)
	}
	whole, err := get()
	if err != nil || len(whole) == 0 {
		t.Fatalf("undamaged: %v", err)
	}
	p.add(Fault{Operation: "listPushProjects", Break: fault.Truncate, Calls: 1})
	if part, err := get(); err == nil || len(part) == 0 || len(part) >= len(whole) {
		t.Errorf("truncated: %d of %d bytes, %v", len(part), len(whole), err)
	}
	p.add(Fault{Operation: "listPushProjects", Break: fault.Cut})
	if _, err := get(); err == nil {
		t.Error("a cut connection gave an answer")
	}
}
