package alihealth

import (
	"strings"
	"testing"

	"understudy/specs"
)

// readings plays a gateway that reads each unclear clause strictly in one way. Nothing of it needs configuration: every form is read, and the
// format is always named.
func readings() map[string]func(t *testing.T) {
	reads := func(body string) func(t *testing.T) {
		return func(t *testing.T) {
			for _, format := range []Format{JSON, XML} {
				page, err := answering(t, 200, body, func(c *Config) { c.Format = format }).QueryAppointments(t.Context(), Query{Day: testDay(), OutPovID: testPov})
				if err != nil || len(page.Appointments) != 2 || page.Appointments[0] != wantRow("P1") || page.Total == nil || *page.Total != 2 {
					t.Errorf("asked for %s, answered %s: %v, %v", format, body, page, err)
				}
			}
		}
	}
	rows := jsonRow("P1") + "," + jsonRow("P2")
	plain := jsonPage(`"total":2,`, "["+rows+"]")
	named := func(t *testing.T) {
		g := &gateway{}
		if _, err := newClient(t, g).QueryAppointments(t.Context(), Query{Day: testDay(), OutPovID: testPov}); err != nil || g.calls[0].params["format"] != "json" {
			t.Errorf("the format is %q: %v", g.calls[0].params["format"], err)
		}
	}
	return map[string]func(t *testing.T){
		"A-17=wrapped": reads(jsonPage(`"total":2,`, `{"pov_appointment_record_dto":[`+rows+`]}`)),
		"A-17=plain": func(t *testing.T) {
			reads(plain)(t)
			// With simplify=true the root may be missing as well.
			reads(strings.TrimSuffix(strings.TrimPrefix(plain, `{"alibaba_health_vaccin_appointment_query_response":`), "}"))(t)
		},
		"A-19=xml": func(t *testing.T) {
			named(t)
			reads(xmlPage("<total>2</total><data_list>" + xmlRow("P1") + xmlRow("P2") + "</data_list>"))(t)
		},
		"A-19=json": func(t *testing.T) {
			named(t)
			reads(plain)(t)
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
