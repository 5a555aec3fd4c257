package check_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/check"
	"understudy/specs"
)

// TestFlowsOfVendors follows what the bundled vendors keep.
func TestFlowsOfVendors(t *testing.T) {
	t.Parallel()
	for vendor, want := range map[string][]string{
		"zheliban":  {"flow: acknowledged does not return", "flow: second acknowledgement", "flow: an issued token works"},
		"weixiao":   {"flow: is created", "flow: created is listed", "flow: two have two keys", "flow: patched can be read", "flow: deleted is not listed", "flow: second deletion"},
		"alihealth": {"flow: pages add up"},
	} {
		t.Run(vendor, func(t *testing.T) {
			t.Parallel()
			server, url := world(t, mock.Config{Contracts: []*specs.Contract{load(t, vendor)}, Seed: 1})
			credentials, _ := server.Credentials(vendor)
			got, err := check.Run(t.Context(), check.Config{Contract: load(t, vendor), Credentials: credentials, Target: url, Unsafe: true})
			if err != nil {
				t.Fatal(err)
			}
			tell(t, got)
			var names []string
			for _, op := range got.Operations {
				for _, one := range op.Flow.Checked {
					names = append(names, one.Name)
				}
			}
			for _, name := range want {
				if !slices.Contains(names, name) {
					t.Errorf("no %q in %q", name, names)
				}
			}
			if t.Failed() {
				show(t, got)
			}
		})
	}
}

// TestPlantedFlowBugs finds vendors that do not keep what they say.
func TestPlantedFlowBugs(t *testing.T) {
	t.Parallel()
	tests := []wrong{
		{vendor: "zheliban", bug: "acknowledged returns", want: "still-there", request: func(_ *vendor, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/callback") {
				r.URL.Path = strings.TrimSuffix(r.URL.Path, "callback") + "arrival" // it answers alike, and acknowledges nothing
			}
		}},
		{vendor: "weixiao", bug: "deletion does not delete", want: "still-there", request: func(_ *vendor, r *http.Request) {
			if r.Method == http.MethodDelete && r.URL.Query().Get("id") != "" {
				r.Method, r.URL.Path = http.MethodGet, "/wx/push/queryPushProject"
			}
		}, reply: func(_ *vendor, r *http.Request, reply *httptest.ResponseRecorder) (int, []byte) {
			if r.URL.RawQuery != "" && r.Method == http.MethodGet {
				return 200, []byte(`{"success":true,"message":"success","code":"0","data":null}`)
			}
			return reply.Code, reply.Body.Bytes()
		}},
		{vendor: "weixiao", bug: "created not listed", want: "not-found", reply: func(_ *vendor, r *http.Request, reply *httptest.ResponseRecorder) (int, []byte) {
			if !strings.HasSuffix(r.URL.Path, "/queryPushProject") {
				return reply.Code, reply.Body.Bytes()
			}
			var v map[string]any
			d := json.NewDecoder(bytes.NewReader(reply.Body.Bytes()))
			d.UseNumber()
			_ = d.Decode(&v)
			if list, ok := v["data"].([]any); ok && len(list) > 1 {
				v["data"] = list[:1]
			}
			text, _ := json.Marshal(v)
			return reply.Code, text
		}},
		{vendor: "alihealth", bug: "a page comes twice", want: "page-duplicate", request: resigned(func(form url.Values) {
			const name = "param_query_pov_appointment_record_by_date_req"
			form.Set(name, strings.ReplaceAll(form.Get(name), `"page_num":3`, `"page_num":2`))
		})},
	}
	for _, one := range tests {
		t.Run(one.vendor+" "+one.bug, func(t *testing.T) {
			t.Parallel()
			v, url := one.serve(t)
			got, err := check.Run(t.Context(), check.Config{Contract: load(t, one.vendor), Credentials: v.secrets, Target: url, Unsafe: true, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			if all := rulesOf(got); !slices.ContainsFunc(all, func(f string) bool { return finds(f, one.want) }) {
				show(t, got)
				t.Errorf("not found: want %q in %q", one.want, all)
			}
		})
	}
}
