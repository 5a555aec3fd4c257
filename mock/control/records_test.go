package control

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"understudy/mock/internal/schema"
	"understudy/mock/internal/wire"
	"understudy/specs"
)

type recordIn struct {
	Key    string
	Value  map[string]any
	Origin string
}

func TestRecordsOfEveryKind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	w.want(http.StatusCreated, http.MethodPost, "/sessions", `{"name":"a","ownCredentials":false}`)
	puts := map[string][2]string{
		"appointments": {"4711", `{"out_pov_id":"1","appointment_time":"2026-03-02"}`}, "tasks": {exampleKey, "{}"}, "projects": {"4711", "{}"}, "reservations": {"ZJ4711", "{}"},
	}
	kinds, found := 0, 0
	for _, v := range get[struct{ Vendors []vendorView }](w, "/vendors").Vendors {
		at := "/sessions/a/vendors/" + v.Vendor + "/records"
		for _, k := range get[struct{ Kinds []kindView }](w, at).Kinds {
			kinds++
			of := at + "/" + url.PathEscape(k.Name)
			if put, ok := puts[k.Name]; ok == k.ReadOnly {
				t.Errorf("%s: the test needs a key for each kind that can be put", k.Name)
			} else if ok {
				w.want(http.StatusOK, http.MethodPut, of+"/"+put[0], put[1])
			}
			records := get[struct{ Records []recordIn }](w, of).Records
			for _, r := range records[:min(3, len(records))] {
				found++
				one := get[recordIn](w, of+"/"+url.PathEscape(r.Key))
				if one.Key != r.Key || len(one.Value) == 0 {
					t.Errorf("%s %s: read alone it is %+v", k.Name, r.Key, one)
				}
				w.checkRecord(v.Vendor, k, of+"/"+url.PathEscape(r.Key))
				if k.ReadOnly {
					continue
				}
				put := decoded[recordIn](w, w.want(http.StatusOK, http.MethodPut, of+"/"+url.PathEscape(r.Key), "{}"))
				if put.Origin != "put" || put.Key != r.Key {
					t.Errorf("%s %s: put as it is, it is %+v", k.Name, r.Key, put)
				}
			}
			if len(records) > 0 {
				last := of + "/" + url.PathEscape(records[0].Key)
				w.want(http.StatusNoContent, http.MethodDelete, last, "")
				w.refused(http.StatusNotFound, "record-unknown", http.MethodDelete, last, "")
				w.refused(http.StatusNotFound, "record-unknown", http.MethodGet, last, "")
			}
		}
	}
	if kinds < 5 || found < 6 {
		t.Errorf("%d kinds with %d records were looked at", kinds, found)
	}
}

// checkRecord holds a record as it is shown to the vendor's contract.
func (w *world) checkRecord(vendor string, k kindView, target string) {
	w.t.Helper()
	contract, err := specs.Load(vendor)
	if err != nil {
		w.t.Fatal(err)
	}
	compiled, err := schema.NewSet(contract).Compile(k.Schema)
	if err != nil {
		w.t.Fatal(err)
	}
	shown, wrong := wire.DecodeJSON(w.want(http.StatusOK, http.MethodGet, target, "").Body.Bytes(), wire.JSONOptions{})
	if wrong != nil {
		w.t.Fatal(wrong)
	}
	if violations := compiled.Validate(shown.(map[string]any)["value"]); violations != nil {
		w.t.Errorf("%s is shown in another form than its contract's: %+v", target, violations)
	}
}

// TestCancelReservation puts a reservation's status: it is a further state of the reservation, to be pulled anew.
func TestCancelReservation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	const at = "/sessions/default/vendors/zheliban/records/reservations"
	type reservation struct {
		Key      string
		Value    map[string]any
		Revision int
	}
	records := get[struct{ Records []reservation }](w, at).Records
	if len(records) == 0 {
		t.Fatal("there are no reservations")
	}
	before := records[0]
	put := decoded[reservation](w, w.want(http.StatusOK, http.MethodPut, at+"/"+before.Key, `{"orderStatus":5}`))
	after := get[reservation](w, at+"/"+before.Key)
	for _, r := range []reservation{put, after} {
		if r.Value["orderStatus"] != 5.0 || r.Value["name"] != before.Value["name"] || r.Revision <= before.Revision {
			t.Errorf("it was %+v and is %+v", before, r)
		}
	}
}

func TestRecordsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	const at = "/sessions/default/vendors/"
	w.refused(http.StatusNotFound, "vendor-unknown", http.MethodGet, at+"nobody/records", "")
	w.refused(http.StatusNotFound, "vendor-unknown", http.MethodGet, at+"nobody/records/tasks", "")
	kind := w.refused(http.StatusNotFound, "kind-unknown", http.MethodGet, at+"mytijian/records/nothing", "")
	if !strings.Contains(kind.Detail, "tasks") {
		t.Errorf("an unknown kind is answered %q, without the known ones", kind.Detail)
	}
	w.refused(http.StatusUnprocessableEntity, "record", http.MethodPut, at+"mytijian/records/tasks/x", "{}")
	w.refused(http.StatusConflict, "read-only", http.MethodPut, at+"mytijian/records/agents/x", "{}")
	w.refused(http.StatusBadRequest, "body", http.MethodPut, at+"mytijian/records/tasks/"+exampleKey, "[]")
	p := w.refused(http.StatusUnprocessableEntity, "record", http.MethodPut, at+"zheliban/records/reservations/canary", "{\n\"mobile\": \"canary-70319-too-long-for-one\"}")
	if len(p.Violations) != 1 || p.Violations[0].Pointer != "/mobile" || p.Violations[0].Line != 2 {
		t.Errorf("the violations are %+v", p.Violations)
	}
	w.refused(http.StatusUnprocessableEntity, "record", http.MethodPut, at+"zheliban/records/reservations/canary", `{"nothing":1}`)
	if strings.Contains(p.Detail, "70319") {
		t.Errorf("a value is quoted: %s", p.Detail)
	}
	w.refused(http.StatusNotFound, "record-unknown", http.MethodGet, at+"zheliban/records/reservations/canary", "")
}

// TestReadingBeginsNothing lists records before the clock is set: that decides the dates all the same.
func TestReadingBeginsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	w.want(http.StatusCreated, http.MethodPost, "/sessions", `{"name":"a"}`)
	const at = "/sessions/a/vendors/zheliban/records/reservations"
	years := func() (found []string) {
		for _, r := range get[struct{ Records []recordIn }](w, at).Records {
			day, _ := r.Value["checkDate"].(string)
			found = append(found, day[:4])
		}
		return slices.Compact(found)
	}
	if before := years(); len(before) == 0 || slices.Contains(before, "2020") {
		t.Fatalf("before the clock is set, the years are %v", before)
	}
	w.want(http.StatusOK, http.MethodPut, "/sessions/a/clock", `{"frozen":"2020-03-02T09:00:00+08:00"}`)
	if after := years(); !slices.Equal(after, []string{"2020"}) {
		t.Errorf("with the clock at 2020, the years are %v", after)
	}
	// A change begins the session, as a call does.
	w.want(http.StatusOK, http.MethodPut, at+"/ZJ10001", "{}")
	w.want(http.StatusOK, http.MethodPut, "/sessions/a/clock", `{"frozen":"2021-03-02T09:00:00+08:00"}`)
	if after := years(); after[0] != "2020" {
		t.Errorf("begun at 2020, the years are %v", after)
	}
}

// TestWhatCallersSentIsReadable lists what a caller sent: its own words, but no secret.
func TestWhatCallersSentIsReadable(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{})
	w.pushed()
	pushes := get[struct{ Records []recordIn }](w, "/sessions/default/vendors/weixiao/records/pushes").Records
	if len(pushes) != 1 || pushes[0].Origin != "received" || pushes[0].Value["event"] != "addUser" || pushes[0].Value["app_key"] != "***" {
		t.Errorf("the pushes are %+v", pushes)
	}
}
