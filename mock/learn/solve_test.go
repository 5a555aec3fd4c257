package learn_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"understudy/mock/learn"
	"understudy/scenarios"
	"understudy/specs"
)

func load(t *testing.T, vendor string) *specs.Contract {
	t.Helper()
	c, err := specs.Load(vendor)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const task = `{"id":1,"hospitalId":2,"taskCmd":"x","init":true,"cronExpression":"0 0 1 * * ?","gmtCreated":1600000000000,"gmtModified":1600000000000}`

// tasks is a reply to listHospitalTasks with some data.
func tasks(data string) *scenarios.Exchange {
	return &scenarios.Exchange{
		Operation: "listHospitalTasks",
		Request:   scenarios.Request{Method: "POST", Path: "/open-api/V2/ws/agentManager/hospitalTaskList", Wire: scenarios.Wire{Credential: scenarios.Valid}},
		Response:  scenarios.Response{Status: 200, MediaType: "application/json", Body: []byte(`{"success":"T","msg":"success","data":` + data + `}`)},
	}
}

func states(f *learn.Findings) string {
	var list []string
	for _, c := range f.Clauses {
		for _, r := range c.Readings {
			list = append(list, c.ID+"="+r.Name+" "+r.State)
		}
	}
	return strings.Join(list, ", ")
}

// TestWhatIsProved: readings are told apart as far as the traffic does it, and no further.
func TestWhatIsProved(t *testing.T) {
	t.Parallel()
	changed := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(task) }
	const open = "T-4=list open, T-4=object open, T-5=number open, T-5=text open, T-8=millis open, T-8=text open"
	tests := []struct {
		name, want, beyond string
		replies            []string
	}{
		{"an empty list tells of nothing in it", strings.Replace(open, "T-4=list open, T-4=object open", "T-4=list confirmed, T-4=object refuted", 1), "", []string{`[]`}},
		{"the default", "T-4=list confirmed, T-4=object refuted, T-5=number confirmed, T-5=text refuted, T-8=millis confirmed, T-8=text refuted", "", []string{"[" + task + "]"}},
		{
			"all others at once", "T-4=list refuted, T-4=object confirmed, T-5=number refuted, T-5=text confirmed, T-8=millis refuted, T-8=text confirmed", "",
			[]string{changed(`"id":1`, `"id":"1"`, `1600000000000`, `"2022-03-03 14:26:00"`)},
		},
		{
			"mistakes beside the point refute nobody", "T-4=list refuted, T-4=object confirmed, T-5=number confirmed, T-5=text refuted, T-8=millis confirmed, T-8=text refuted", "null extra missing",
			[]string{changed(`"init":true`, `"init":null,"a":1`, `"taskCmd":"x",`, ``)},
		},
		{
			"one now and the other then", "T-4=list confirmed, T-4=object refuted, T-5=number refuted, T-5=text refuted, T-8=millis confirmed, T-8=text refuted", "type",
			[]string{"[" + task + "]", "[" + changed(`"id":1`, `"id":"1"`) + "]"},
		},
		{
			"neither one nor the other", "T-4=list confirmed, T-4=object refuted, T-5=number open, T-5=text open, T-8=millis confirmed, T-8=text refuted", "type",
			[]string{"[" + changed(`"id":1`, `"id":true`) + "]"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := load(t, "mytijian")
			var list []*scenarios.Exchange
			for _, data := range test.replies {
				list = append(list, tasks(data))
			}
			r := heard(list...)
			r.Vendor = c.Vendor
			f := run(t, c, r)
			if got := states(f); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			kinds := ""
			for _, b := range f.Beyond {
				kinds += b.Kind + " "
			}
			for _, want := range strings.Fields(test.beyond) {
				if !strings.Contains(kinds, want) {
					t.Errorf("%q has no %s", kinds, want)
				}
			}
			if test.beyond == "" && kinds != "" {
				t.Errorf("beyond the contract: %s", kinds)
			}
			for _, clause := range f.Clauses {
				none := !slices.ContainsFunc(clause.Readings, func(r learn.Reading) bool { return r.State != learn.Refuted })
				if clause.Contradicted != none {
					t.Errorf("%s: contradicted is %t, and every reading is refuted: %t", clause.ID, clause.Contradicted, none)
				}
				for _, reading := range clause.Readings {
					if reading.State == learn.Open && (reading.Decide == "" || reading.DecideZh == "") {
						t.Errorf("%s=%s: nobody says what would decide it", clause.ID, reading.Name)
					}
				}
			}
			if len(f.Actions) > 0 {
				overlaid(t, c, r, f)
			}
		})
	}
}

// TestRunStops: a run that is given up says so.
func TestRunStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := learn.Run(ctx, learn.Config{Contract: load(t, "mytijian"), Recordings: []learn.Source{{Name: "a", Recording: heard(tasks("[]"))}}})
	if err != context.Canceled {
		t.Errorf("%v", err)
	}
}
