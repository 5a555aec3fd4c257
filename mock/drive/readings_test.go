package drive_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"understudy/mock/drive"
	"understudy/specs"
)

// choices are the readings to call under: each alone, and the last of each clause together.
func choices(c *specs.Contract) []map[string]string {
	list := []map[string]string{{}}
	together := map[string]string{}
	for _, u := range c.Unclear {
		for _, r := range u.Readings {
			list = append(list, map[string]string{u.ID: r.Name})
			if r.Name != u.Default {
				together[u.ID] = r.Name
			}
		}
	}
	return append(list, together)
}

// TestReadings calls every operation under every reading: the client speaks the form that the simulator then insists on.
func TestReadings(t *testing.T) {
	t.Parallel()
	called := 0
	for _, vendor := range specs.Vendors() {
		base := load(t, vendor)
		for _, choice := range choices(base) {
			c, err := base.With(choice)
			if err != nil {
				t.Fatal(err)
			}
			var name []string
			for _, id := range slices.Sorted(maps.Keys(choice)) {
				name = append(name, id+"="+choice[id])
			}
			called++
			t.Run(vendor+" "+strings.Join(name, " "), func(t *testing.T) {
				t.Parallel()
				client := newWorldUnder(t, choice, base).client(c, nil)
				var serial map[string]string
				for _, op := range c.Operations {
					list := slices.Clone(fields()[vendor+"."+op.ID])
					if choice["E-17"] == "empty" {
						list = append(list, "from.deptid=", "to.0.deptid=", "to.1.deptid=")
					}
					for i, one := range list {
						if name, found := strings.CutSuffix(one, "="); found && vendor == "zheliban" {
							list[i] = one + serial[name]
						}
					}
					x, err := client.Call(t.Context(), op.ID, set(t, client, op.ID, list))
					if err != nil {
						t.Errorf("%s: %v", op.ID, err)
						continue
					}
					if x.Outcome != drive.OK || len(x.Reply.Problems) > 0 || x.Reply.Diagnosis != "" {
						t.Errorf("%s: diagnosis %q, problems %v\n%s\n%s", x, x.Reply.Diagnosis, x.Reply.Problems, x.Request.Plain, x.Reply.Plain)
					}
					if op.ID == "pullReservations" {
						serial = first(t, x)
					}
				}
			})
		}
	}
	if called < 30 {
		t.Errorf("only %d choices of readings were tried", called)
	}
}

// TestCarriers looks at what each reading of a carrier and a label puts on the wire.
func TestCarriers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		vendor, operation string
		choice            map[string]string
		label, prefix     string
		inURL             string
	}{
		{"zheliban", "issueToken", nil, "application/json", "2L9mh5iUHgl", ""},
		{"zheliban", "issueToken", map[string]string{"Z-1": "body"}, "application/json", "2L9mh5iUHgl", ""},
		{"zheliban", "issueToken", map[string]string{"Z-1": "quoted"}, "application/json", `"2L9mh5iUHgl`, ""},
		{"zheliban", "issueToken", map[string]string{"Z-1": "form"}, "application/x-www-form-urlencoded", "text=2L9mh5iUHglQjUkXBFz4MJtvn8nVJEP0jZEaM0xuTqn2YAt1JEcxnwvo0uBlYoCxAhAXjkse0U%2F", ""},
		{"zheliban", "issueToken", map[string]string{"Z-1": "form", "Z-3": "strict"}, "application/json", "text=2L9mh5iUHgl", ""},
		{"weixiao", "addPushProject", map[string]string{"W-8": "form"}, "application/x-www-form-urlencoded", "url=http", ""},
		{"weixiao", "addPushProject", map[string]string{"W-8": "query"}, "", "", "?url=http%3A%2F%2F127.0.0.1%3A9%2Fhook%3Fa%3D1%26b%3D2&project="},
		{"weixiao", "receivePush", map[string]string{"W-26": "base64"}, "application/json", `{"app_key":"0123456789ABCDEF","school_code":"1000000001","event":"addUser","raw_data":"`, ""},
		{"eazytec", "sendMessage", map[string]string{"E-9": "quotes"}, "application/json", `{"sendData":`, ""},
	}
	for _, tt := range tests {
		c, err := load(t, tt.vendor).With(tt.choice)
		if err != nil {
			t.Fatal(err)
		}
		client := newWorld(t, c).client(c, func(config *drive.Config) { config.FormField = "text" })
		r, err := client.Prepare(t.Context(), tt.operation, set(t, client, tt.operation, fields()[tt.vendor+"."+tt.operation]))
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Header.Get("Content-Type"); got != tt.label || !strings.HasPrefix(string(r.Body), tt.prefix) || !strings.Contains(r.URL, tt.inURL) || (tt.prefix == "") != (len(r.Body) == 0) {
			t.Errorf("%v: %s %q %s", tt.choice, r.URL, got, r.Body)
		}
		if tt.vendor == "eazytec" && !strings.Contains(string(r.Body), `"recipient":"{'orgId':'1','esNameList':['测试企业']}"`) {
			t.Errorf("quotes: %s", r.Body)
		}
	}
}

func first(t *testing.T, x *drive.Exchange) map[string]string {
	t.Helper()
	result := x.Reply.Value.(map[string]any)["result"]
	if text, ok := result.(string); ok {
		result = decoded(t, []byte(`{"result":`+text+`}`))["result"]
	}
	list, _ := result.([]any)
	if len(list) == 0 {
		t.Fatal("nothing was pulled")
	}
	row := list[0].(map[string]any)
	return map[string]string{"requestId": row["requestId"].(string), "serialNumber": row["serialNumber"].(string)}
}
