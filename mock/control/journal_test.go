package control

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

type listing struct {
	Exchanges []struct {
		ID                                  int64
		Session, Operation, Outcome, Vendor string
		Status                              int
	}
	Dropped int64
}

func (l listing) ids() []int64 {
	var ids []int64
	for _, e := range l.Exchanges {
		ids = append(ids, e.ID)
	}
	return ids
}

func TestJournalFilters(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	w.tasks("b", true)
	w.tasks("a", true)
	w.tasks("b", false)
	tests := []struct {
		query string
		want  []int64
	}{
		{"", []int64{1, 2, 3}},
		{"?limit=2", []int64{2, 3}},
		{"?session=b", []int64{1, 3}},
		{"?session=b&limit=1", []int64{3}},
		{"?session=nobody", nil},
		{"?vendor=mytijian", []int64{1, 2, 3}},
		{"?vendor=weixiao", nil},
		{"?operation=listHospitalTasks&outcome=vendor-error", []int64{3}},
		{"?operation=registerAgent", nil},
		{"?outcome=refusal", nil},
		{"?outcome=fault", nil},
		{"?since=1", []int64{2, 3}},
		{"?since=3", nil},
		{"?since=1&limit=1", []int64{3}},
		{"?status=200&session=a", []int64{2}},
		{"?status=500", nil},
		{"?diagnosis=missing-token", []int64{3}},
		{"?diagnosis=another", nil},
		{"?error=another", nil},
	}
	for _, tt := range tests {
		if ids := get[listing](w, "/journal"+tt.query).ids(); !slices.Equal(ids, tt.want) {
			t.Errorf("%q lists %v, want %v", tt.query, ids, tt.want)
		}
	}
	w.tasks("a", true)
	if ids := get[listing](w, "/journal?diagnosis=missing-token&limit=1").ids(); !slices.Equal(ids, []int64{3}) {
		t.Errorf("the newest with a diagnosis is found in %v", ids)
	}
	e, _ := w.server.Exchange(3)
	if ids := get[listing](w, "/journal?error="+e.Error).ids(); !slices.Equal(ids, []int64{3}) {
		t.Errorf("the error %q is found in %v", e.Error, ids)
	}
	for _, bad := range []string{"?limit=0", "?limit=x", "?limit=1&limit=2", "?limit=10001", "?outcome=good", "?vendor=nobody", "?sesion=a", "?status=ok", "?since=-1", "?session="} {
		w.refused(http.StatusBadRequest, "query", http.MethodGet, "/journal"+bad, "")
	}
	if w.names() != "a b" {
		t.Errorf("reading made sessions: %v", w.names())
	}
	if got := w.ask(http.MethodGet, "/journal", "").Body.String(); strings.Contains(got, "development-access-token") {
		t.Errorf("the journal shows a token: %s", got)
	}
}

func TestExchange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	w.tasks("a", false)
	e := get[struct {
		ID        int64
		Operation string
		Diagnosis struct{ ID string }
		Text      Text
	}](w, "/journal/1")
	if e.ID != 1 || e.Operation != "listHospitalTasks" || e.Diagnosis.ID != "missing-token" {
		t.Errorf("the exchange is %+v", e)
	}
	if !strings.Contains(e.Text.EN, "there is no token") || !strings.Contains(e.Text.ZH, "缺少 token") {
		t.Errorf("its texts are %+v", e.Text)
	}
	w.refused(http.StatusNotFound, "unknown-exchange", http.MethodGet, "/journal/2", "")
}

// TestExchangeThatWasCut has the status 0: nobody was answered.
func TestExchangeThatWasCut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	w.want(http.StatusCreated, http.MethodPost, "/sessions", `{"name":"a","ownCredentials":false,"faults":[{"break":"cut"}]}`)
	func() {
		defer func() {
			if recover() != http.ErrAbortHandler {
				t.Error("the connection was not cut")
			}
		}()
		w.tasks("a", true)
	}()
	list := get[listing](w, "/journal").Exchanges
	if len(list) != 1 || list[0].Status != 0 || list[0].Outcome != "fault" {
		t.Errorf("the journal has %+v", list)
	}
	w.want(http.StatusOK, http.MethodGet, "/journal/1", "")
	a, err := ownAPI()
	if err != nil {
		t.Fatal(err)
	}
	if said, _ := a.contract.Value("/components/schemas/ExchangeFacts/properties/status/description"); said == nil || !strings.HasPrefix(said.(string), "0 where") {
		t.Errorf("of the status the document says %v", said)
	}
}

func TestClearJournals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	w.tasks("a", true)
	w.tasks("b", true)
	w.want(http.StatusNoContent, http.MethodDelete, "/sessions/a/journal", "")
	if ids := get[listing](w, "/journal").ids(); !slices.Equal(ids, []int64{2}) {
		t.Errorf("after clearing a's journal there are %v", ids)
	}
	w.want(http.StatusNoContent, http.MethodDelete, "/journal", "{}")
	w.tasks("a", true)
	if ids := get[listing](w, "/journal").ids(); !slices.Equal(ids, []int64{3}) {
		t.Errorf("after clearing all there are %v", ids)
	}
}
