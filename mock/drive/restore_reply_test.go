package drive_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/scenarios"
	"understudy/specs"
)

// sameJudgement holds what is said of a reply at contract level to what was said of it on the wire.
func sameJudgement(t *testing.T, client *drive.Client, live *drive.Exchange, recorded *scenarios.Response) {
	t.Helper()
	id := live.Request.Operation.ID
	opened, err := client.JudgeOpened(id, recorded)
	if err != nil {
		t.Fatal(err)
	}
	if opened.Outcome != live.Outcome || opened.Error != live.Error || problems(opened.Reply.Problems) != problems(live.Reply.Problems) {
		t.Errorf("%s: %s, %v, %s; on the wire %s, %v, %s", id, opened.Outcome, opened.Error, problems(opened.Reply.Problems), live.Outcome, live.Error, problems(live.Reply.Problems))
	}
	if diff := cmp.Diff(live.Reply.Value, opened.Reply.Value); diff != "" || opened.Reply.Sealed != live.Reply.Sealed {
		t.Errorf("%s: sealed %v, on the wire %v; the value (-wire +opened)\n%s", id, opened.Reply.Sealed, live.Reply.Sealed, diff)
	}
}

// TestJudgeOpened judges every reply of the vendors as the journal has it, successes and errors, also without any credential.
func TestJudgeOpened(t *testing.T) {
	t.Parallel()
	judged := 0
	for _, vendor := range specs.Vendors() {
		base := load(t, vendor)
		for _, choice := range choices(base) {
			c, err := base.With(choice)
			if err != nil {
				t.Fatal(err)
			}
			w := newWorldUnder(t, choice, base)
			bare := w.client(c, func(config *drive.Config) { config.Credentials = nil })
			client := w.client(c, func(config *drive.Config) { config.Force = true })
			for _, op := range c.Operations {
				for _, wrong := range []bool{false, true} {
					list := slices.Clone(fields()[vendor+"."+op.ID])
					for i, one := range list {
						if strings.HasSuffix(one, "=") {
							list[i] = one + "20260101000000001"
						}
					}
					if wrong && len(list) > 0 {
						list = list[:len(list)-1]
					}
					x, err := client.Call(t.Context(), op.ID, set(t, client, op.ID, list))
					if err != nil {
						t.Fatal(err)
					}
					all, _, _ := w.server.Recorded("", "")
					judged++
					sameJudgement(t, bare, x, &all[len(all)-1].Response)
				}
			}
		}
	}
	if judged < 100 {
		t.Errorf("only %d replies were judged", judged)
	}
}

// TestJudgeOpenedRecipes does the same for sealed members and bodies of anybody's contract.
func TestJudgeOpenedRecipes(t *testing.T) {
	t.Parallel()
	for _, r := range recipeList(t) {
		c := r.contract(t)
		server, err := mock.New(mock.Config{Contracts: []*specs.Contract{c}, Seed: 1, Credentials: map[string]mock.Credentials{c.Vendor: r.credentials(c)}})
		if err != nil {
			t.Fatal(err)
		}
		front := httptest.NewServer(server)
		t.Cleanup(front.Close)
		client, err := drive.New(drive.Config{Contract: c, Credentials: r.credentials(c), Target: front.URL})
		if err != nil {
			t.Fatal(err)
		}
		x, err := client.Call(t.Context(), r.Operation, r.values(t))
		if err != nil {
			t.Fatal(err)
		}
		bare, err := drive.New(drive.Config{Contract: c})
		if err != nil {
			t.Fatal(err)
		}
		all, _, _ := server.Recorded("", "")
		sameJudgement(t, bare, x, &all[len(all)-1].Response)
	}
}

func TestJudgeOpenedOfNothing(t *testing.T) {
	t.Parallel()
	client := newWorld(t).client(load(t, "zheliban"), nil)
	for _, r := range []scenarios.Response{
		{Broken: scenarios.BrokenReset},
		{Status: 200, Wire: scenarios.Wire{Seal: scenarios.SealUnopened}},
		{Status: 200, MediaType: "text/html", Body: []byte("<html>")},
	} {
		x, err := client.JudgeOpened("pullReservations", &r)
		if err != nil || x.Outcome != drive.Unexplained || x.Reply.Unread == nil {
			t.Errorf("%+v: %v, %+v", r, err, x)
		}
	}
	plain := scenarios.Response{Status: 200, MediaType: "application/json", Body: []byte(`{"code":200,"message":"操作成功","success":true,"result":[],"timestamp":1795375537947}`), Wire: scenarios.Wire{Seal: scenarios.SealPlain}}
	x, err := client.JudgeOpened("pullReservations", &plain)
	if err != nil || problems(x.Reply.Problems) != "reply seal" {
		t.Errorf("a plain reply: %v, %v", err, x.Reply.Problems)
	}
	if _, err := client.JudgeOpened("none", &plain); err == nil {
		t.Error("an operation of nobody's is no error")
	}
}
