package control

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"understudy/scenarios"
)

func TestRecording(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	w.tasks("b", true)
	w.tasks("a", false)
	w.tasks("b", true)
	w.refused(http.StatusNotFound, "session-unknown", http.MethodGet, "/sessions/nobody/recording", "")
	w.refused(http.StatusNotFound, "nothing-recorded", http.MethodGet, "/sessions/default/recording", "")
	w.refused(http.StatusBadRequest, "query", http.MethodGet, "/sessions/b/recording?vendor=nobody", "")
	for _, target := range []string{"/sessions/b/recording", "/sessions/b/recording?vendor=mytijian"} {
		got := w.want(http.StatusOK, http.MethodGet, target, "")
		if got.Header().Get("Understudy-Dropped") != "0" || !strings.Contains(got.Header().Get("Content-Disposition"), `"b-mytijian.har"`) {
			t.Errorf("headers are %v", got.Header())
		}
		r, err := scenarios.Read(bytes.NewReader(got.Body.Bytes()), scenarios.ReadConfig{})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Exchanges) != 2 || r.Vendor != "mytijian" || !r.Masked {
			t.Fatalf("recording is %+v", r)
		}
		for i, x := range r.Exchanges {
			if x.Number != i+1 || x.Operation != "listHospitalTasks" || x.Response.Outcome != scenarios.OutcomeOK || len(x.Response.Body) == 0 {
				t.Errorf("exchange %d is %+v", i+1, x)
			}
		}
		if strings.Contains(got.Body.String(), "development-access-token") {
			t.Error("the recording holds a credential")
		}
	}
	r, err := scenarios.Read(w.want(http.StatusOK, http.MethodGet, "/sessions/b/recording?vendor=zheliban", "").Body, scenarios.ReadConfig{})
	if err != nil || len(r.Exchanges) != 0 || len(r.Fingerprints) != 0 {
		t.Errorf("of a vendor that was not called: %+v, %v", r, err)
	}
	w.server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/~b/wx/push/queryPushProject", nil))
	w.refused(http.StatusConflict, "several-vendors", http.MethodGet, "/sessions/b/recording", "")
}
