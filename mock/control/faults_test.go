package control

import (
	"net/http"
	"strings"
	"testing"
)

type faultsIn struct {
	Faults []struct {
		ID, Vendor, Operation, Error, Break string
		Status, Calls                       int
		Struck                              int64
		Delay                               any
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	w.tasks("a", true)
	got := w.want(http.StatusCreated, http.MethodPost, "/sessions/a/faults", `{"vendor":"mytijian","operation":"listHospitalTasks","status":503,"calls":1}`)
	if at := got.Header().Get("Location"); at != "/sessions/a/faults/f1" {
		t.Errorf("its address is %q", at)
	}
	w.want(http.StatusCreated, http.MethodPost, "/sessions/a/faults", `{"id":"slow","vendor":"weixiao","delay":{"p50":"100ms","p99":"2s"},"share":0.5}`)
	w.want(http.StatusCreated, http.MethodPost, "/sessions/a/faults", `{"id":"page","vendor":"zheliban","break":"page","status":504,"afterCommit":true,"delay":"1ms"}`)
	w.tasks("a", true)
	w.tasks("a", true)
	w.tasks("b", true)
	list := get[faultsIn](w, "/sessions/a/faults").Faults
	if len(list) != 3 || list[0].ID != "f1" || list[0].Struck != 1 || list[1].ID != "slow" || list[1].Struck != 0 {
		t.Errorf("the faults are %+v", list)
	}
	struck := get[struct {
		Exchanges []struct {
			ID     int64
			Status int
			Fault  struct{ ID, Kind string }
		}
	}](w, "/journal?outcome=fault").Exchanges
	if len(struck) != 1 || struck[0].ID != 2 || struck[0].Status != 503 || struck[0].Fault.ID != "f1" || struck[0].Fault.Kind != "status" {
		t.Errorf("the journal shows %+v", struck)
	}
	w.refused(http.StatusConflict, "fault-exists", http.MethodPost, "/sessions/a/faults", `{"id":"slow","status":503}`)
	w.want(http.StatusNoContent, http.MethodDelete, "/sessions/a/faults/slow", "")
	w.refused(http.StatusNotFound, "fault-unknown", http.MethodDelete, "/sessions/a/faults/slow", "")
	w.want(http.StatusNoContent, http.MethodDelete, "/sessions/a/faults", "{}")
	if left := get[faultsIn](w, "/sessions/a/faults").Faults; len(left) != 0 {
		t.Errorf("after all were removed, there are %+v", left)
	}
}

func TestFaultsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	w.tasks("a", true)
	for body, pointer := range map[string]string{
		`{"vendor":"nobody","status":503}`:                      "/vendor",
		`{"operation":"nothing","status":503}`:                  "/operation",
		`{"vendor":"mytijian","error":"nothing"}`:               "/error",
		`{"vendor":"mytijian","break":"padding"}`:               "/break",
		`{"vendor":"mytijian","status":503,"error":"x"}`:        "/status",
		`{"vendor":"mytijian"}`:                                 "",
		`{"delay":"2m"}`:                                        "/delay",
		`{"delay":{"p50":"2s","p99":"1s"}}`:                     "/delay",
		`{"delay":"99999999999999999999h"}`:                     "/delay",
		`{"vendor":"mytijian","delay":"1s","afterCommit":true}`: "/afterCommit",
		`{"break":"fire"}`:                                      "/break",
		`{"status":199}`:                                        "/status",
		`{"share":0,"status":503}`:                              "/share",
		`{"calls":1.5,"status":503}`:                            "/calls",
		`{"Status":503}`:                                        "/Status",
	} {
		p := w.refused(http.StatusBadRequest, "body", http.MethodPost, "/sessions/a/faults", body)
		if len(p.Violations) == 0 || p.Violations[0].Pointer != pointer || p.Violations[0].Line != 1 {
			t.Errorf("%s: the violations are %+v, want one at %q", body, p.Violations, pointer)
		} else if v := p.Violations[0]; v.Keyword == keywordFault && !strings.Contains(p.Detail, ": "+v.Expected) {
			t.Errorf("%s: in short that is %q", body, p.Detail)
		}
	}
	for range 100 {
		w.want(http.StatusCreated, http.MethodPost, "/sessions/a/faults", `{"vendor":"weixiao","status":503}`)
	}
	w.refused(http.StatusConflict, "fault-limit", http.MethodPost, "/sessions/a/faults", `{"status":503}`)
}
