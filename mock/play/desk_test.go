package play

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/scenarios"
	"understudy/specs"
)

// TestAYearLaterOverTheWire plays to real requests, in a session whose clock is a year on.
func TestAYearLaterOverTheWire(t *testing.T) {
	t.Parallel()
	contract := desk(t)
	visit := add(`{"name":"粘柏北","number":10001,"day":"2025-03-12"}`, `{"code":0,"at":1741568400000,"result":{"name":"粘柏北","day":"2025-03-12"}}`)
	visit.Response.Header = []scenarios.Parameter{{Name: "Location", Value: "/visits/10001"}}
	page := exchange("readVisit", "GET /visits/9", "", "")
	page.Response = scenarios.Response{Status: 502, MediaType: "text/html", Body: []byte("<html>"), Outcome: scenarios.OutcomeUnexplained}
	player := play(t, Config{Recording: recorded(visit, page), Contract: contract, Mode: Strict, Time: Now, Verbatim: true})
	server, err := mock.New(mock.Config{Contracts: []*specs.Contract{contract}, Player: player})
	if err != nil {
		t.Fatal(err)
	}
	world, err := server.NewSession(mock.SessionConfig{Name: "later"})
	if err != nil {
		t.Fatal(err)
	}
	world.Freeze(recordedAt.AddDate(1, 0, 0))
	listening := httptest.NewServer(server)
	defer listening.Close()
	ask := func(method, path, body string) (*http.Response, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, listening.URL+world.Prefix()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		reply, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer reply.Body.Close()
		text, err := io.ReadAll(reply.Body)
		if err != nil {
			t.Fatal(err)
		}
		return reply, string(text)
	}
	if reply, text := ask("POST", "/visits", `{"name":"王明","number":778899,"day":"2026-03-13"}`); reply.StatusCode != http.StatusNotFound || reply.Header.Get("Understudy-Refusal") != "not-recorded" || strings.Contains(text, "王明") || strings.Contains(text, "778899") {
		t.Errorf("another day: %s %s", reply.Status, text)
	}
	reply, text := ask("POST", "/visits", `{"name":"王明","number":778899,"day":"2026-03-12"}`)
	if want := `{"code":0,"at":1773104400000,"result":{"name":"王明","day":"2026-03-12"}}`; text != want || reply.Header.Get("Location") != "/visits/778899" || reply.Header.Get("Understudy-Step") != "1" {
		t.Errorf("answered %s %v %s, want %s", reply.Status, reply.Header, text, want)
	}
	if reply, text = ask("GET", "/visits/9", ""); reply.StatusCode != 502 || text != "<html>" || !strings.HasPrefix(reply.Header.Get("Content-Type"), "text/html") {
		t.Errorf("a page: %s %v %s", reply.Status, reply.Header, text)
	}
	if left := player.Unplayed("later"); len(left) != 0 {
		t.Errorf("unplayed: %v", left)
	}
	list, _ := world.Exchanges()
	for _, e := range list {
		if e.Error == "not-recorded" && (e.Diagnosis == nil || len(e.Diagnosis.Findings) != 1 || e.Diagnosis.Findings[0].Pointer != "/day") {
			t.Errorf("the journal tells the miss as %+v", e.Diagnosis)
		}
	}
}

func TestRecordingsOfSeveralVendorsPlayTogether(t *testing.T) {
	t.Parallel()
	p := play(t, Config{Recording: recorded(add(`{}`, `{}`))})
	both, err := Together(p)
	if err != nil {
		t.Fatal(err)
	}
	if a := both.Play(ask("addVisit", "POST /visits", `{}`)); a.Step != 1 {
		t.Errorf("answered %+v", a)
	}
	other := ask("addVisit", "POST /visits", `{}`)
	other.Vendor = "shop"
	if a := p.Play(other); a.Miss == "" || strings.Contains(a.Miss, "differs") {
		t.Errorf("another vendor: %+v", a)
	}
	if _, err := Together(p, p); err == nil || !strings.Contains(err.Error(), "two recordings are of desk") {
		t.Errorf("two of one: %v", err)
	}
}
