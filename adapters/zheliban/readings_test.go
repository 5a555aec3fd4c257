package zheliban

import (
	"errors"
	"mime"
	"strings"
	"testing"

	"understudy/adapters"
	"understudy/specs"
)

// readings plays a vendor that reads each unclear clause strictly in one way, against the client as it is configured for it; what the client
// receives needs no configuration.
func readings() map[string]func(t *testing.T) {
	sends := func(change func(*Config), good func(received) bool) func(t *testing.T) {
		return func(t *testing.T) {
			p := &platform{}
			c := newClient(t, p, change)
			err := c.AcknowledgeReservations(t.Context(), Acknowledgement{RequestID: "R"})
			if err != nil || len(p.calls) != 2 {
				t.Fatalf("%d calls, %v", len(p.calls), err)
			}
			for _, call := range p.calls {
				if !good(call) {
					t.Errorf("the strict vendor refuses %q labelled %q", call.body, call.contentType)
				}
			}
		}
	}
	pulls := func(result string, status string) func(t *testing.T) {
		return func(t *testing.T) {
			p := &platform{answer: func(string, string, string) (int, string) { return 200, ok(result) }}
			rows, err := newClient(t, p).PullReservations(t.Context())
			if err != nil || len(rows) != 1 || rows[0].SerialNumber != "S" || rows[0].OrderStatus != status {
				t.Errorf("%v, %v", rows, err)
			}
		}
	}
	fails := func(plain bool) func(t *testing.T) {
		return func(t *testing.T) {
			p := &platform{answer: func(string, string, string) (int, string) { return 200, refused }}
			if plain {
				p.raw = func(path string) (int, string, bool) { return 200, refused, path != "token" }
			}
			c := newClient(t, p)
			_, err := c.PullReservations(t.Context())
			var e *adapters.Error
			if !errors.As(err, &e) || e.Condition != adapters.ErrRejected || e.Code != "500" || e.UnknownOutcome {
				t.Errorf("%v", err)
			}
			// A failure in clear is believed, a success is not.
			p.raw = func(path string) (int, string, bool) { return 200, ok("null"), path != "token" }
			if err := c.ReportArrival(t.Context(), Arrival{SerialNumber: "S"}); !errors.Is(err, adapters.ErrDecode) || !errors.Is(err, adapters.ErrUnknownOutcome) {
				t.Errorf("a success in clear: %v", err)
			}
		}
	}
	renews := func(status int, plain string) func(t *testing.T) {
		return func(t *testing.T) {
			p := &platform{answer: func(_, token, _ string) (int, string) {
				if token == "token-1" {
					return status, plain
				}
				return 200, ok("null")
			}}
			c := newClient(t, p)
			if err := c.ReportArrival(t.Context(), Arrival{SerialNumber: "S"}); err != nil || p.paths() != "token arrival token arrival" {
				t.Errorf("calls %q: %v", p.paths(), err)
			}
			p.calls, p.answer = nil, func(path, _, _ string) (int, string) {
				if path == "token" {
					return 200, ok(tokenResult(9))
				}
				return status, plain
			}
			if err := c.ReportArrival(t.Context(), Arrival{SerialNumber: "S"}); err == nil || p.paths() != "arrival token arrival" {
				t.Errorf("a token that is always rejected: calls %q: %v", p.paths(), err)
			}
		}
	}
	bare := func(r received) bool {
		return !strings.ContainsAny(r.body, `"{%&`) && !strings.HasPrefix(r.body, "param=")
	}
	label := func(r received, want string) bool {
		media, _, err := mime.ParseMediaType(r.contentType)
		return err == nil && media == want
	}
	isJSON := func(r received) bool { return label(r, "application/json") }
	asForm := func(c *Config) { c.RequestForm, c.FormField = FormField, "param" }
	const object, text = `[{"serialNumber":"S","orderStatus":1}]`, `"[{\"serialNumber\":\"S\",\"orderStatus\":1}]"`
	return map[string]func(t *testing.T){
		"Z-1=body":   sends(func(*Config) {}, bare),
		"Z-1=quoted": sends(func(c *Config) { c.RequestForm = QuotedJSON }, func(r received) bool { return r.body[0] == '"' && r.body[len(r.body)-1] == '"' }),
		"Z-1=form": sends(asForm, func(r received) bool {
			return strings.HasPrefix(r.body, "param=") && !strings.ContainsAny(r.body, "+/") && label(r, "application/x-www-form-urlencoded")
		}),
		"Z-3=any": sends(func(c *Config) { c.ContentType = "text/plain" }, func(r received) bool { return label(r, "text/plain") }),
		"Z-3=strict": func(t *testing.T) {
			sends(func(*Config) {}, isJSON)(t)
			sends(func(c *Config) { c.RequestForm = QuotedJSON }, isJSON)(t)
		},
		"Z-6=sealed":  fails(false),
		"Z-6=plain":   fails(true),
		"Z-15=object": pulls(object, "1"),
		"Z-15=text": func(t *testing.T) {
			pulls(text, "1")(t)
			p := &platform{answer: func(string, string, string) (int, string) { return 200, ok(`""`) }}
			if err := newClient(t, p).ReportArrival(t.Context(), Arrival{SerialNumber: "S"}); err != nil {
				t.Errorf("an empty result: %v", err)
			}
			p = &platform{raw: func(path string) (int, string, bool) {
				return 200, p.sealer.seal([]byte(ok(`"{\"expire\":\"86400000\",\"token\":\"t\"}"`))), path == "token"
			}}
			if token, err := newClient(t, p).IssueToken(t.Context()); err != nil || token.Value != "t" || token.Expires.IsZero() {
				t.Errorf("a token: %v", err)
			}
		},
		"Z-19=401":    renews(200, `{"code":401,"message":"token无效或已过期","success":false,"result":null}`),
		"Z-19=http":   renews(401, `{"code":401,"message":"token无效或已过期","success":false,"result":null}`),
		"Z-19=data":   renews(200, `{"code":50002,"message":"数据有误","success":false,"result":null}`),
		"Z-40=number": pulls(object, "1"),
		"Z-40=text":   pulls(`[{"serialNumber":"S","orderStatus":"1","cardType":"1","sexCode":"2","married":"1","payType":"0"}]`, "1"),
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
