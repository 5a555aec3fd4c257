package eazytec

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"understudy/specs"
)

// wireBody is what a strict vendor looks at.
type wireBody struct {
	SendData struct {
		Params map[string]string `json:"params"`
	} `json:"sendData"`
	From map[string]json.RawMessage   `json:"from"`
	To   []map[string]json.RawMessage `json:"to"`
}

// sends sends a message and gives what arrives.
func sends(t *testing.T, m Message, change func(*Config)) wireBody {
	t.Helper()
	var got wireBody
	c := newClient(t, func(q *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(q.Body)
		if err == nil {
			err = json.Unmarshal(body, &got)
		}
		if err != nil {
			t.Error(err)
		}
		return response(200, sent), nil
	}, change)
	if _, err := c.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	return got
}

// readings plays a vendor that reads each unclear clause strictly in one way, against the client as it is configured for it.
func readings() map[string]func(t *testing.T) {
	quotes := func(style QuoteStyle, strict func(text string) bool) func(t *testing.T) {
		return func(t *testing.T) {
			got := sends(t, full(), func(c *Config) { c.Quotes = style }).SendData.Params
			if !strict(got["recipient"]) || !strict(got["attfiles"]) {
				t.Errorf("the strict vendor refuses %q and %q", got["recipient"], got["attfiles"])
			}
		}
	}
	deptID := func(unset UnsetForm, want string) func(t *testing.T) {
		return func(t *testing.T) {
			m := smallest()
			m.To = append(m.To, Party{UserID: "u", UserType: Government, OrgID: "o", DeptID: `<"dept">&`})
			got := sends(t, m, func(c *Config) { c.UnsetDeptID = unset })
			for _, party := range []map[string]json.RawMessage{got.From, got.To[0]} {
				if string(party["deptid"]) != want {
					t.Errorf("an unset deptid is written as %q, want %q", party["deptid"], want)
				}
			}
			if given := string(got.To[1]["deptid"]); given != `"<\"dept\">&"` {
				t.Errorf("a deptid is written as %s", given)
			}
		}
	}
	return map[string]func(t *testing.T){
		"E-9=json":    quotes(DoubleQuotes, func(text string) bool { return json.Valid([]byte(text)) }),
		"E-9=quotes":  quotes(SingleQuotes, func(text string) bool { return strings.Contains(text, "'") && !strings.Contains(text, `"`) }),
		"E-17=absent": deptID(Absent, ""),
		"E-17=null":   deptID(Null, "null"),
		"E-17=empty":  deptID(EmptyText, `""`),
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

// The forms are independent of one another.
func TestReadingsTogether(t *testing.T) {
	t.Parallel()
	for quotes := DoubleQuotes; quotes <= SingleQuotes; quotes++ {
		for unset := Absent; unset <= EmptyText; unset++ {
			got := sends(t, full(), func(c *Config) { c.Quotes, c.UnsetDeptID = quotes, unset })
			want := map[UnsetForm]string{Absent: "", Null: "null", EmptyText: `""`}[unset]
			if text := got.SendData.Params["attfiles"]; strings.Contains(text, "'") != (quotes == SingleQuotes) || string(got.To[0]["deptid"]) != want ||
				string(got.From["deptid"]) != `"dept"` {
				t.Error(fmt.Sprint(quotes, unset, got))
			}
		}
	}
}
