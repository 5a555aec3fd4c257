package weixiao

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"understudy/adapters"
)

func TestViews(t *testing.T) {
	t.Parallel()
	at := time.Date(2021, 9, 29, 10, 12, 8, 0, time.UTC)
	user := func(e Event) (any, error) { return e.User() }
	organization := func(e Event) (any, error) { return e.Organization() }
	usable := func(e Event) (any, error) { return e.UsableRange() }
	for _, r := range []struct {
		event   EventType
		payload string
		view    func(Event) (any, error)
		want    any    // nil: an error
		place   string // that the error names
	}{
		{event: AddOrg, payload: `{"id":1001,"name":"测试局","parent_id":"0","updated_at":"2021-09-29 18:12:08"}`, view: organization,
			want: Organization{ID: 1001, Name: "测试局", UpdatedAt: at}},
		{event: UpdateOrg, payload: `{"id":"9007199254740993","name":12,"parent_id":7,"updated_at":null,"more":{}}`, view: organization,
			want: Organization{ID: 9007199254740993, Name: "12", ParentID: 7}},
		{event: DeleteOrg, payload: `{}`, view: organization, want: Organization{}},
		{event: AddUser, view: user, payload: `{"card_number":"T0000001","name":"测试甲","identity_type":1,"gender":"2","organization":[2,"222"],"role":"9",
			"grade":2021,"class":"二班","birthday":"20000101","contact_phone":"","email":null,"updated_at":"2021-09-29 18:12:08"}`,
			want: User{CardNumber: "T0000001", Name: "测试甲", IdentityType: new(int64(1)), Gender: new(int64(2)), Organizations: []int64{2, 222}, Roles: []int64{9},
				Grade: "2021", Class: "二班", Birthday: "20000101", UpdatedAt: at}},
		{event: DeleteUser, payload: `{"card_number":"T0000001","organization":[],"role":""}`, view: user,
			want: User{CardNumber: "T0000001", Organizations: []int64{}}},
		{event: AddUsableRange, view: usable, payload: `{"school_code":"1000000001","auth_info":{"auth_identity":[1],"auth_org":"2","auth_tag":null},"updated_at":""}`,
			want: UsableRange{SchoolCode: "1000000001", Identity: []byte("[1]"), Org: []byte(`"2"`)}},
		{event: DeleteUsableRange, view: usable, payload: `{"auth_info":null}`, want: UsableRange{}},

		{event: AddUser, payload: `{"organization":[1,"HIDDEN"]}`, view: user, place: "/raw_data/organization/1"},
		{event: AddUser, payload: `{"organization":[1.5]}`, view: user, place: "/raw_data/organization/0"},
		{event: AddUser, payload: `{"role":{}}`, view: user, place: "/raw_data/role"},
		{event: AddUser, payload: `{"gender":"HIDDEN"}`, view: user, place: "/raw_data/gender"},
		{event: AddUser, payload: `{"name":["HIDDEN"]}`, view: user, place: "/raw_data/name"},
		{event: AddUser, payload: `{"updated_at":"HIDDEN"}`, view: user, place: "/raw_data/updated_at"},
		{event: AddUser, payload: `[{"name":"HIDDEN"}]`, view: user, place: "/raw_data"},
		{event: AddOrg, payload: `{"id":"HIDDEN"}`, view: organization, place: "/raw_data/id"},
		{event: AddUsableRange, payload: `{"auth_info":["HIDDEN"]}`, view: usable, place: "/raw_data/auth_info"},
		{event: AddUsableRange, payload: `{"school_code":{}}`, view: usable, place: "/raw_data/school_code"},
		{event: AddUsableRange, payload: `HIDDEN`, view: usable, place: "byte"},
	} {
		got, err := r.view(newEvent(testSchool, r.event, []byte(r.payload)))
		if r.want == nil {
			if !errors.Is(err, adapters.ErrDecode) || !strings.Contains(err.Error(), r.place) || strings.Contains(err.Error(), "HIDDEN") {
				t.Errorf("%s %s: %v", r.event, r.payload, err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(utc(got), r.want) {
			t.Errorf("%s %s: %+v, want %+v (%v)", r.event, r.payload, got, r.want, err)
		}
	}
}

// utc makes the instants comparable.
func utc(view any) any {
	fix := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return t.UTC()
	}
	switch v := view.(type) {
	case User:
		v.UpdatedAt = fix(v.UpdatedAt)
		return v
	case Organization:
		v.UpdatedAt = fix(v.UpdatedAt)
		return v
	case UsableRange:
		v.UpdatedAt = fix(v.UpdatedAt)
		return v
	}
	return view
}

func TestViewsBelongToTheirEvents(t *testing.T) {
	t.Parallel()
	views := map[string]func(Event) error{
		"User":        func(e Event) error { _, err := e.User(); return err },
		"Org":         func(e Event) error { _, err := e.Organization(); return err },
		"UsableRange": func(e Event) error { _, err := e.UsableRange(); return err },
	}
	for _, event := range []EventType{AddUser, UpdateUser, DeleteUser, AddOrg, UpdateOrg, DeleteOrg, AddUsableRange, UpdateUsableRange, DeleteUsableRange, "renameTag"} {
		for kind, view := range views {
			err := view(newEvent(testSchool, event, []byte(`{}`)))
			if fits := strings.HasSuffix(string(event), kind); fits != (err == nil) || !fits && !errors.Is(err, adapters.ErrInvalid) {
				t.Errorf("%s as %s: %v", event, kind, err)
			}
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	payload := []byte(`{}`)
	same := newEvent("a", "b", payload).Key
	if again := newEvent("a", "b", []byte(`{}`)).Key; again != same {
		t.Errorf("%s, %s", same, again)
	}
	// printf '{}' | sha256sum
	if want := "a/b/44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"; same != want {
		t.Errorf("%s, want %s", same, want)
	}
	keys := map[string]bool{same: true}
	for _, e := range []Event{newEvent("a", "c", payload), newEvent("c", "b", payload), newEvent("a", "b", []byte(`{} `)), newEvent("a/b", "c", payload), newEvent("a", "b/c", payload)} {
		if keys[e.Key] {
			t.Errorf("%s stands for two events", e.Key)
		}
		keys[e.Key] = true
	}
	e := newEvent("a", AddUser, []byte(`{"name":"HIDDEN"}`))
	if text := fmt.Sprintf("%v %+v %#v %v", e, e, e, e.LogValue()); strings.Contains(text, "HIDDEN") || !strings.Contains(text, "addUser") {
		t.Errorf("printed as %s", text)
	}
	p := Push{Event: AddUser, Payload: e.Payload}
	if text := fmt.Sprintf("%v %+v %#v %v", p, p, p, p.LogValue()); strings.Contains(text, "HIDDEN") {
		t.Errorf("printed as %s", text)
	}
}
