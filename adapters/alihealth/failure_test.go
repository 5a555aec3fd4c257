package alihealth

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
	"understudy/specs"
)

func TestFailures(t *testing.T) {
	t.Parallel()
	const ours = adapters.FaultCaller
	const theirs = adapters.FaultVendor
	const flow = adapters.FaultThrottled
	xmlFailure := `<?xml version="1.0" encoding="utf-8" ?><error_response><code>50</code><msg>Remote service error</msg><sub_code>isv.invalid-parameter</sub_code><sub_msg>非法参数</sub_msg><request_id>req-9</request_id></error_response><!--gateway-01.example-->`
	for name, r := range map[string]struct {
		status    int
		body      string
		condition adapters.Condition
		fault     adapters.Fault
		code, sub string
		layer     Layer
		message   string // contained in the message
	}{
		"the document's sample":   {body: xmlFailure, condition: adapters.ErrInvalid, fault: ours, code: "50", sub: "isv.invalid-parameter", message: "Remote service error: 非法参数"},
		"isv under 15":            {body: failure("15", `,"sub_code":"isv.missing-parameter:day"`), condition: adapters.ErrInvalid, fault: ours, code: "15", sub: "isv.missing-parameter:day"},
		"isv under 530":           {body: failure("530", `,"sub_code":"isv.pov-not-exist:invalid-out_pov_id"`), condition: adapters.ErrNotFound, fault: ours, code: "530", sub: "isv.pov-not-exist:invalid-out_pov_id"},
		"isv permission":          {body: failure("15", `,"sub_code":"isv.permission-ip-whitelist-limit"`), condition: adapters.ErrForbidden, fault: ours, code: "15", sub: "isv.permission-ip-whitelist-limit"},
		"isv invalid permission":  {body: failure("15", `,"sub_code":"isv.invalid-permission"`), condition: adapters.ErrForbidden, fault: ours, code: "15", sub: "isv.invalid-permission"},
		"isp under 15":            {body: failure("15", `,"sub_code":"isp.item-service-timeout"`), condition: adapters.ErrUnavailable, fault: theirs, code: "15", sub: "isp.item-service-timeout"},
		"isp under 50":            {body: failure("50", `,"sub_code":"isp.remote-service-error"`), condition: adapters.ErrUnavailable, fault: theirs, code: "50", sub: "isp.remote-service-error"},
		"isp under 41":            {body: failure("41", `,"sub_code":"isp.top-mapping-parse-error"`), condition: adapters.ErrUnavailable, fault: theirs, code: "41", sub: "isp.top-mapping-parse-error"},
		"15 alone":                {body: failure("15", ""), condition: adapters.ErrRejected, code: "15"},
		"15 alone under 500":      {status: 500, body: failure("15", ""), condition: adapters.ErrUnavailable, fault: theirs, code: "15"},
		"unknown":                 {body: failure(`"900"`, `,"sub_code":"biz.odd"`), condition: adapters.ErrRejected, code: "900", sub: "biz.odd"},
		"user limit":              {body: failure("4", ""), condition: adapters.ErrThrottled, fault: flow, code: "4"},
		"frequency":               {body: failure("8", ""), condition: adapters.ErrThrottled, fault: flow, code: "8"},
		"7, isv":                  {body: failure("7", `,"sub_code":"isv.odd"`), condition: adapters.ErrThrottled, fault: flow, code: "7", sub: "isv.odd"},
		"7 by api":                {body: failure("7", `,"sub_code":"accesscontrol.limited-by-api-access-count"`), condition: adapters.ErrThrottled, fault: flow, code: "7", sub: "accesscontrol.limited-by-api-access-count"},
		"9":                       {body: failure("9", ""), condition: adapters.ErrInvalid, fault: ours, code: "9"},
		"10":                      {body: failure("10", ""), condition: adapters.ErrUnavailable, fault: theirs, code: "10"},
		"11":                      {body: failure("11", ""), condition: adapters.ErrForbidden, fault: ours, code: "11"},
		"22":                      {body: failure("22", ""), condition: adapters.ErrInvalid, fault: ours, code: "22"},
		"25, three members":       {body: `{"error_response":{"code":25,"msg":"Invalid signature","request_id":"req-9"}}`, condition: adapters.ErrUnauthorized, fault: ours, code: "25", message: "Invalid signature"},
		"25 under 400":            {status: 400, body: failure("25", ""), condition: adapters.ErrUnauthorized, fault: ours, code: "25"},
		"26":                      {body: failure("26", ""), condition: adapters.ErrUnauthorized, fault: ours, code: "26"},
		"27":                      {body: failure("27", `,"sub_code":"session-expired"`), condition: adapters.ErrUnauthorized, fault: ours, code: "27", sub: "session-expired"},
		"app key sub code":        {body: failure("15", `,"sub_code":"isv.appkey-not-exists"`), condition: adapters.ErrUnauthorized, fault: ours, code: "15", sub: "isv.appkey-not-exists"},
		"flow sub code":           {body: failure("15", `,"sub_code":"accesscontrol.limited-by-api-access-count"`), condition: adapters.ErrThrottled, fault: flow, code: "15", sub: "accesscontrol.limited-by-api-access-count"},
		"ended session sub code":  {body: failure("530", `,"sub_code":"session-expired"`), condition: adapters.ErrUnauthorized, fault: ours, code: "530", sub: "session-expired"},
		"odd session sub code":    {body: failure("530", `,"sub_code":"invalid-sessionkey"`), condition: adapters.ErrUnauthorized, fault: ours, code: "530", sub: "invalid-sessionkey"},
		"session sub code":        {body: failure("530", `,"sub_code":"session-not-exist"`), condition: adapters.ErrUnauthorized, fault: ours, code: "530", sub: "session-not-exist"},
		"28":                      {body: failure("28", ""), condition: adapters.ErrUnauthorized, fault: ours, code: "28"},
		"29":                      {body: failure("29", `,"sub_code":"isv.appkey-not-exists"`), condition: adapters.ErrUnauthorized, fault: ours, code: "29", sub: "isv.appkey-not-exists"},
		"31":                      {body: failure("31", ""), condition: adapters.ErrInvalid, fault: ours, code: "31"},
		"40":                      {body: failure("40", ""), condition: adapters.ErrInvalid, fault: ours, code: "40"},
		"41":                      {body: failure("41", `,"sub_code":"isv.invalid-parameter"`), condition: adapters.ErrInvalid, fault: ours, code: "41", sub: "isv.invalid-parameter"},
		"42":                      {body: failure("42", ""), condition: adapters.ErrForbidden, fault: ours, code: "42"},
		"without its root":        {body: `{"code":40,"msg":"x","request_id":"req-9"}`, condition: adapters.ErrInvalid, fault: ours, code: "40"},
		"success false":           {body: strings.Replace(inResult(`"success":false,"msg_code":"FAIL_BIZ_500","msg_info":"系统异常"`), "req-1", "req-9", 1), condition: adapters.ErrRejected, code: "FAIL_BIZ_500", layer: ErrService, message: "系统异常"},
		"success false, quoted":   {body: strings.Replace(inResult(`"success":"false","model":null`), "req-1", "req-9", 1), condition: adapters.ErrRejected, layer: ErrService},
		"success false under 500": {status: 500, body: strings.Replace(inResult(`"success":false,"msg_code":"X"`), "req-1", "req-9", 1), condition: adapters.ErrRejected, code: "X", layer: ErrService},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if r.layer == "" {
				r.layer = ErrPlatform
			}
			_, err := answering(t, max(r.status, 200), r.body).QueryAppointments(t.Context(), Query{Day: testDay(), OutPovID: testPov})
			var e *adapters.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.Condition != r.condition || e.Fault != r.fault || e.Code != r.code || e.SubCode != r.sub || e.RequestID != "req-9" || !strings.Contains(e.Message, r.message) {
				t.Errorf("got %+v", e)
			}
			if !errors.Is(err, r.layer) || errors.Is(err, ErrPlatform) && errors.Is(err, ErrService) {
				t.Errorf("%v is not of the layer %q alone", err, r.layer)
			}
			if e.Retryable != (r.condition == adapters.ErrThrottled || r.condition == adapters.ErrUnavailable) || e.UnknownOutcome {
				t.Errorf("retryable %v, outcome unknown %v", e.Retryable, e.UnknownOutcome)
			}
		})
	}
}

// The contract's catalogue says whose fault each error is and whether a repeat helps; the client must agree without knowing it.
func TestCatalogueIsClassified(t *testing.T) {
	t.Parallel()
	contract, err := specs.Load(vendor)
	if err != nil {
		t.Fatal(err)
	}
	if len(contract.Errors) == 0 {
		t.Fatal("the catalogue is empty")
	}
	for _, row := range contract.Errors {
		condition, fault := classify(row.Code, row.SubCode)
		retryable := condition == adapters.ErrThrottled || condition == adapters.ErrUnavailable
		want := row.Fault
		if fault == adapters.FaultThrottled {
			want = fault.String() // the catalogue calls it the caller's
		}
		if condition == adapters.ErrRejected || fault.String() != want || retryable != row.Retryable {
			t.Errorf("%s: %s, fault %s, retryable %v; the catalogue says %s, %v", row.ID, condition, fault, retryable, row.Fault, row.Retryable)
		}
	}
}

func TestRetriesSignAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := &gateway{answer: func(call int, _ received) (int, string) {
			if call < 3 {
				return 200, failure("15", `,"sub_code":"isp.remote-service-error"`)
			}
			return 200, jsonPage("", "["+jsonRow("P1")+"]")
		}}
		c := newClient(t, g, func(c *Config) {
			c.HTTP.Backoff = func(retry int) time.Duration { return time.Duration(retry) * time.Second }
		})
		start := time.Now()
		page, err := c.QueryAppointments(t.Context(), Query{Day: testDay(), OutPovID: testPov})
		if err != nil || len(page.Appointments) != 1 || time.Since(start) != 3*time.Second || len(g.calls) != 3 {
			t.Fatalf("%d rows after %s and %d calls, %v", len(page.Appointments), time.Since(start), len(g.calls), err)
		}
		stamps, signs := map[string]bool{}, map[string]bool{}
		for _, call := range g.calls {
			stamps[call.params["timestamp"]], signs[call.params["sign"]] = true, true
		}
		if len(stamps) != 3 || len(signs) != 3 {
			t.Errorf("timestamps %v, signatures %v", stamps, signs)
		}
	})
}

func TestBans(t *testing.T) {
	t.Parallel()
	const daily = `,"sub_code":"accesscontrol.limited-by-app-access-count"`
	for name, r := range map[string]struct {
		body  string
		now   string // the clock of the client in UTC+8, if it matters
		want  time.Duration
		calls int
	}{
		"one second":           {body: failure("7", `,"sub_msg":"This ban will last for 1 more seconds"`), want: 2 * time.Second, calls: 2},
		"in the message":       {body: `{"error_response":{"code":7,"msg":"App Call Limited. this ban will last for 29 more seconds."}}`, want: 30 * time.Second, calls: 2},
		"longer than MaxWait":  {body: failure("7", `,"sub_msg":"This ban will last for 30 more seconds"`), want: 31 * time.Second, calls: 1},
		"no number":            {body: failure("7", `,"sub_msg":"This ban will last for some more seconds"`), calls: 2},
		"a very long one":      {body: failure("7", `,"sub_msg":"This ban will last for 99999999999999999999 more seconds"`), want: 10 * time.Minute, calls: 1},
		"a long one":           {body: failure("7", `,"sub_msg":"This ban will last for 2147483647 more seconds"`), want: 10 * time.Minute, calls: 1},
		"with another code":    {body: failure("15", `,"sub_code":"isv.odd","sub_msg":"This ban will last for 4 more seconds"`), want: 5 * time.Second, calls: 2},
		"the day, in the noon": {body: failure("7", daily), now: "2026-03-02 12:00:00", want: 10 * time.Minute, calls: 1},
		"the day, at its end":  {body: failure("7", daily), now: "2026-02-28 23:59:50", want: 10 * time.Second, calls: 2},
		"the day and a ban":    {body: failure("7", daily+`,"sub_msg":"This ban will last for 4 more seconds"`), now: "2026-03-02 12:00:00", want: 5 * time.Second, calls: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := &gateway{answer: func(int, received) (int, string) { return 200, r.body }}
				c := newClient(t, g, func(c *Config) {
					c.HTTP.Attempts, c.HTTP.Backoff = 2, func(int) time.Duration { return time.Millisecond }
					if r.now != "" {
						now, err := time.ParseInLocation(time.DateTime, r.now, rest.Beijing())
						if err != nil {
							t.Fatal(err)
						}
						c.Now = func() time.Time { return now }
					}
				})
				start := time.Now()
				_, err := c.QueryAppointments(t.Context(), Query{Day: testDay(), OutPovID: testPov})
				var e *adapters.Error
				if !errors.As(err, &e) || e.Condition != adapters.ErrThrottled || e.Fault != adapters.FaultThrottled || !e.Retryable || e.RetryAfter != r.want {
					t.Fatalf("got %+v, want RetryAfter %s", e, r.want)
				}
				waited := time.Duration(0)
				if r.calls == 2 {
					waited = max(r.want, time.Millisecond)
				}
				if len(g.calls) != r.calls || time.Since(start) != waited {
					t.Errorf("%d calls in %s, want %d in %s", len(g.calls), time.Since(start), r.calls, waited)
				}
			})
		})
	}
}
