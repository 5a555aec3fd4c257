package control

import (
	"net/http"
	"strings"
	"testing"

	"understudy/mock"
)

func TestVerdict(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	w.tasks("b", true)
	w.tasks("a", false)
	v := get[mock.Verdict](w, "/verdict")
	if v.Calls != 2 || len(v.Violations) != 1 || len(v.Contracts) == 0 || v.Since.IsZero() {
		t.Fatalf("verdict is %+v", v)
	}
	one := v.Violations[0]
	if one.ID != "missing-token" || one.Operation != "listHospitalTasks" || one.Count != 1 || one.Exchange != 2 || one.Session != "a" {
		t.Errorf("violation is %+v", one)
	}
	if text := w.ask(http.MethodGet, "/verdict", "").Body.String(); strings.Contains(text, "development-access-token") {
		t.Error("the verdict holds a credential")
	}
	w.want(http.StatusNoContent, http.MethodDelete, "/verdict", "{}")
	if v := get[mock.Verdict](w, "/verdict"); v.Calls != 0 || len(v.Violations) != 0 {
		t.Errorf("after it was begun anew: %+v", v)
	}
}
