package weixiao

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"understudy/adapters"
	"understudy/specs"
)

// sentRequest is what a strict hub looks at.
type sentRequest struct{ query, contentType, body string }

// sends makes a call with a client and tells what was sent.
func sends(t *testing.T, call func(*Client, *testing.T) error, change func(*Config)) sentRequest {
	t.Helper()
	var got sentRequest
	c := newClient(t, func(q *http.Request) (*http.Response, error) {
		body := []byte{}
		if q.Body != nil {
			body, _ = io.ReadAll(q.Body)
		}
		got = sentRequest{q.URL.RawQuery, q.Header.Get("Content-Type"), string(body)}
		return response(200, `{"success":true,"code":"0","data":null}`), nil
	}, change)
	if err := call(c, t); err != nil {
		t.Fatal(err)
	}
	return got
}

// readings plays a hub or a platform that reads each unclear clause strictly in one way, against client and receiver as they are configured for
// it; what they receive needs no configuration, except the plaintext of W-35.
func readings() map[string]func(t *testing.T) {
	code := func(code string) func(t *testing.T) {
		return func(t *testing.T) {
			for _, envelope := range []string{`{"success":true,"message":"success","code":%q,"data":null}`, `{"code":%q}`} {
				for name, call := range map[string]func(*Client, *testing.T) error{"list": list, "add": add, "update": update, "delete": remove} {
					c := newClient(t, func(*http.Request) (*http.Response, error) { return response(200, fmt.Sprintf(envelope, code)), nil })
					if err := call(c, t); err != nil {
						t.Errorf("%s under %s: %v", name, envelope, err)
					}
				}
			}
		}
	}
	failure := func(statuses map[string]int) func(t *testing.T) {
		return func(t *testing.T) {
			for code, condition := range map[string]adapters.Condition{
				"10000": adapters.ErrUnavailable, "10001": adapters.ErrInvalid, "10003": adapters.ErrUnauthorized, "10004": adapters.ErrUnauthorized,
				"10006": adapters.ErrForbidden, "11003": adapters.ErrInvalid, "16000": adapters.ErrConflict,
			} {
				calls := 0
				c := newClient(t, func(*http.Request) (*http.Response, error) {
					calls++
					return response(max(statuses[code], 200), fmt.Sprintf(`{"success":false,"message":"x","code":%q,"data":null}`, code)), nil
				})
				err := add(c, t)
				var e *adapters.Error
				if !errors.As(err, &e) || e.Condition != condition || e.Code != code || e.UnknownOutcome != (code == "10000") || calls != 1 {
					t.Errorf("%s: %d calls, %v", code, calls, err)
				}
			}
		}
	}
	pushes := func(e Encoding, decode func(string) ([]byte, error)) func(t *testing.T) {
		return func(t *testing.T) {
			got := sends(t, push, func(c *Config) { c.Encoding = e })
			var fields wirePush
			if err := json.Unmarshal([]byte(got.body), &fields); err != nil {
				t.Fatal(err)
			}
			if sealed, err := decode(fields.RawData); err != nil || len(sealed) != 16 {
				t.Errorf("the strict platform refuses raw_data %q: %v", fields.RawData, err)
			}
			var payload string
			r := newReceiver(t, func(_ context.Context, e Event) error { payload = string(e.Payload); return nil })
			if code := postBody(t, r, jsonType, got.body); code != 0 || payload != `{"id":1}` {
				t.Errorf("the receiver answers %d to %s and hands on %q", code, got.body, payload)
			}
		}
	}
	return map[string]func(t *testing.T){
		"W-2=0": code("0"), "W-2=200": code("200"), "W-2=00000": code("00000"),
		"W-8=form": func(t *testing.T) {
			got := sends(t, add, func(*Config) {})
			if got.query != "" || !strings.HasPrefix(got.contentType, "application/x-www-form-urlencoded") || !strings.Contains(got.body, "project=") {
				t.Errorf("the strict hub refuses %+v", got)
			}
		},
		"W-8=query": func(t *testing.T) {
			got := sends(t, add, func(c *Config) { c.AddForm = QueryParameters })
			if !strings.Contains(got.query, "project=") || !strings.Contains(got.query, "url=") || got.body != "" || got.contentType != "" {
				t.Errorf("the strict hub refuses %+v", got)
			}
		},
		"W-18=200":    failure(nil),
		"W-18=mapped": failure(map[string]int{"10000": 500, "10001": 405, "10003": 401, "10004": 401, "10006": 403}),
		"W-26=hex":    pushes(Hex, hex.DecodeString),
		"W-26=base64": pushes(Base64, base64.StdEncoding.DecodeString),
		"W-35=fields": func(t *testing.T) {
			called := 0
			r := newReceiver(t, func(context.Context, Event) error { called++; return nil })
			sealed := pushBody(testKey, testSchool, "addOrg", testSealer(t).seal([]byte(`{"id":1}`), Hex))
			if code := postBody(t, r, jsonType, sealed); code != 0 || called != 1 {
				t.Errorf("the four fields: code %d, called %d times", code, called)
			}
			for body, want := range map[string]int{`{"card_number":"T1"}`: 11003, `[{"card_number":"T1"}]`: 11001,
				pushBody(testKey, testSchool, "addOrg", `{"id":1}`):                         11001,
				strings.Replace(sealed, `"raw_data":"`, `"raw_data":{"id":1},"other":"`, 1): 11001,
			} {
				if code := postBody(t, r, jsonType, body); code != want || called != 1 {
					t.Errorf("plaintext %s that was not asked for: code %d, called %d times", body, code, called)
				}
			}
		},
		"W-35=plaintext": func(t *testing.T) {
			var got []Event
			r, err := NewReceiver(ReceiverConfig{Form: Plaintext, Handler: func(_ context.Context, e Event) error { got = append(got, e); return nil }})
			if err != nil {
				t.Fatal(err)
			}
			for body, want := range map[string]int{
				`{"card_number":"T1","name":"测试"}`: 0, `[{"card_number":"T1"}]`: 0, `"T1"`: 11001, `7`: 11001, `{`: 11001, ``: 11002,
				`{"card_number":"T1","card_number":"T2"}`:                                                        11001,
				pushBody(testKey, testSchool, "addOrg", testSealer(t).seal([]byte(`{"card_number":"T1"}`), Hex)): 11001,
			} {
				got = nil
				if code := postBody(t, r, jsonType, body); code != want || (len(got) == 1) != (want == 0) {
					t.Errorf("%s: code %d, want %d, %d events", body, code, want, len(got))
				}
				if len(got) == 1 && (string(got[0].Payload) != body || got[0].Type != "" || got[0].SchoolCode != "" || !strings.HasPrefix(got[0].Key, "//")) {
					t.Errorf("%s: %v", body, got[0])
				}
			}
			_ = postBody(t, r, jsonType, `{"card_number":"T1","id":7,"school_code":"s"}`)
			user, err := got[len(got)-1].User()
			org, orgErr := got[len(got)-1].Organization()
			usable, usableErr := got[len(got)-1].UsableRange()
			if err != nil || user.CardNumber != "T1" || orgErr != nil || org.ID != 7 || usableErr != nil || usable.SchoolCode != "s" {
				t.Errorf("the views of an event that does not tell its type: %v, %v, %v", err, orgErr, usableErr)
			}
		},
	}
}

func TestReadings(t *testing.T) {
	t.Parallel()
	contract, err := specs.Load(vendor)
	if err != nil || len(contract.Unclear) == 0 {
		t.Fatalf("no unclear clause: %v", err)
	}
	rows := readings()
	for _, u := range contract.Unclear {
		for _, r := range u.Readings {
			id := u.ID + "=" + r.Name
			play, known := rows[id]
			if !known {
				t.Errorf("%s is not played", id)
				continue
			}
			delete(rows, id)
			t.Run(id, func(t *testing.T) {
				t.Parallel()
				play(t)
			})
		}
	}
	for id := range rows {
		t.Errorf("the contract has no reading %s", id)
	}
}

// A receiver of plaintext pushes can check nothing, so it takes no configuration that looks as if it did.
func TestPlaintextChecksNothing(t *testing.T) {
	t.Parallel()
	handler := func(context.Context, Event) error { return nil }
	for _, config := range []ReceiverConfig{
		{Form: Plaintext, AppKey: testKey, AppSecret: testSecret, Handler: handler},
		{Form: Plaintext, AppSecret: testSecret, Handler: handler},
		{Form: Plaintext, SchoolCode: testSchool, Handler: handler},
		{Form: Plaintext},
		{Form: 2, AppKey: testKey, AppSecret: testSecret, Handler: handler},
		{Form: -1, AppKey: testKey, AppSecret: testSecret, Handler: handler},
	} {
		if _, err := NewReceiver(config); !errors.Is(err, adapters.ErrInvalid) || strings.Contains(err.Error(), testSecret) {
			t.Errorf("Form %d: %v", config.Form, err)
		}
	}
}
