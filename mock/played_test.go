package mock_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"understudy/mock"
	"understudy/scenarios"
	"understudy/specs"
)

// TestPlayedOutsideTheContract plays answers that are none of the contract's: the journal does not take them for the vendor's,
// and a recording of the play is as the one that was played.
func TestPlayedOutsideTheContract(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("shop", "shop.yaml", []byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	page := scenarios.Response{Status: 502, MediaType: "text/html", Body: []byte("<html>"), Outcome: scenarios.OutcomeUnexplained}
	broken := func(how string, status int, body string) scenarios.Response {
		return scenarios.Response{Status: status, MediaType: "application/json", Body: []byte(body), Broken: how, Outcome: scenarios.OutcomeBroken}
	}
	for want, r := range map[string]scenarios.Response{
		"":                        {Status: 200, MediaType: "application/json", Body: []byte("[]"), Outcome: scenarios.OutcomeOK},
		"unexplained":             page,
		scenarios.BrokenReset:     broken(scenarios.BrokenReset, 0, ""),
		scenarios.BrokenTimeout:   broken(scenarios.BrokenTimeout, 0, ""),
		scenarios.BrokenTruncated: broken(scenarios.BrokenTruncated, 200, `[{"id":`),
	} {
		server, err := mock.New(mock.Config{Contracts: []*specs.Contract{c}, Player: answers{func(*mock.Asked) mock.Answer { return mock.Answer{Response: &r, Step: 7} }, new([]string)}})
		if err != nil {
			t.Fatal(err)
		}
		listening := httptest.NewServer(server)
		t.Cleanup(listening.Close)
		if reply, err := http.Get(listening.URL + "/items"); err == nil {
			_ = reply.Body.Close()
		}
		listening.Close() // when the journal has the call
		list, _, _ := server.Recorded("", "")
		if len(list) != 1 {
			t.Fatalf("%s: %d exchanges", want, len(list))
		}
		got := list[0].Response
		if got.Outcome != r.Outcome || got.Broken != r.Broken || got.Status != r.Status || string(got.Body) != string(r.Body) {
			t.Errorf("%s: recorded again as %+v", want, got)
		}
		shown, _ := server.Exchanges()
		fault := mock.Struck{}
		if shown[0].Fault != nil {
			fault = *shown[0].Fault
		}
		if fault.Kind != want || (want == "") != (shown[0].Outcome == "ok") || want != "" && fault.ID != "step 7" {
			t.Errorf("%s: the journal has %s, %+v", want, shown[0].Outcome, fault)
		}
	}
}
