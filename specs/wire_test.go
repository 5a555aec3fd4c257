package specs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"understudy/specs"
)

func TestSlots(t *testing.T) {
	t.Parallel()
	want := map[string][]specs.Slot{
		"mytijian":  {{Name: "accessTokens", List: true}},
		"weixiao":   {{Name: "appKey"}, {Name: "appSecret"}},
		"zheliban":  {{Name: "apiKey"}, {Name: "secret"}, {Name: "aesKey"}},
		"alihealth": {{Name: "appKey"}, {Name: "appSecret"}},
		"eazytec":   {{Name: "tokens", List: true}},
	}
	eachVariant(t, func(t *testing.T, c *specs.Contract) {
		if got := c.Slots(); !slices.Equal(got, want[c.Vendor]) {
			t.Errorf("slots %v, want %v", got, want[c.Vendor])
		}
	})
}

func TestSecurity(t *testing.T) {
	t.Parallel()
	want := map[string]*specs.SecurityScheme{
		"registerAgent":           {Name: "accessToken", Type: "apiKey", In: "query", Key: "accessToken"},
		"listHospitalTasks":       {Name: "accessToken", Type: "apiKey", In: "query", Key: "accessToken"},
		"pullReservations":        {Name: "accessToken", Type: "apiKey", In: "header", Key: "ACCESS-TOKEN"},
		"acknowledgeReservations": {Name: "accessToken", Type: "apiKey", In: "header", Key: "ACCESS-TOKEN"},
		"reportArrival":           {Name: "accessToken", Type: "apiKey", In: "header", Key: "ACCESS-TOKEN"},
		"sendMessage":             {Name: "bearer", Type: "http", Scheme: "bearer", In: "header", Key: "Authorization", Bearer: true},
	}
	eachVariant(t, func(t *testing.T, c *specs.Contract) {
		for _, op := range c.Operations {
			if got, want := fmt.Sprintf("%+v", op.Security), fmt.Sprintf("%+v", want[op.ID]); got != want {
				t.Errorf("%s: %s, want %s", op.ID, got, want)
			}
			if op.Security != nil && op.Wire.Auth == nil {
				t.Errorf("%s: a credential is required and x-wire does not say which are good", op.ID)
			}
		}
	})
}

// TestWire pins the parts of the wire that no other test of this package would miss.
func TestWire(t *testing.T) {
	t.Parallel()
	tests := []struct{ vendor, operation, want string }{
		{"weixiao", "listPushProjects", "safe"},
		{"weixiao", "addPushProject", "form=[form query]"},
		{"weixiao", "updatePushProject", ""},
		{"weixiao", "deletePushProject", ""},
		{"weixiao", "receivePush", "fields=map[/app_key:appKey] seal=aes-128/cbc/zero/hex appKey appSecret[:16] /raw_data [request] reads=[hex base64]"},
		{"zheliban", "issueToken", "fields=map[/apikey:apiKey /secret:secret] seal=aes/ecb/pkcs5/base64 aesKey body [request response] [text quoted form]"},
		{"zheliban", "pullReservations", "jwt seal=aes/ecb/pkcs5/base64 aesKey body [request response] [text quoted form] safe"},
		{"mytijian", "registerAgent", "listed"},
		{"mytijian", "listHospitalTasks", "listed safe"},
		{"alihealth", "queryAppointments", "sign=top [md5 hmac hmac-sha256] 10m0s format=xml lists=wrapped safe"},
		{"eazytec", "sendMessage", "listed duplicates=last"},
	}
	for _, tt := range tests {
		t.Run(tt.operation, func(t *testing.T) {
			t.Parallel()
			op, ok := load(t, tt.vendor).Operation(tt.operation)
			if !ok {
				t.Fatal("no such operation")
			}
			if got := describe(op.Wire); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			if op.Wire.Envelope == nil || op.Wire.Envelope.Success == nil || op.Wire.Envelope.Error == nil {
				t.Error("an envelope for success and error is missing")
			}
		})
	}
}

func describe(w specs.Wire) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if a := w.Auth; a != nil {
		if a.Token != "" {
			add("%s", a.Token)
		}
		if len(a.Fields) > 0 {
			add("fields=%v", a.Fields)
		}
	}
	if s := w.Sign; s != nil {
		add("sign=%s %v %v", s.Scheme, s.Digests, s.Within)
	}
	if s := w.Seal; s != nil {
		add("seal=%s/%s/%s/%s %s", s.Cipher, s.Mode, s.Padding, s.Encoding, s.Key.Slot)
		if s.IV != nil {
			add("%s[:%d]", s.IV.Slot, s.IV.First)
		}
		add("%s %v", s.Part, s.Directions)
		if len(s.Carriers) > 0 {
			add("%v", s.Carriers)
		}
		if len(s.Reads) > 0 {
			add("reads=%v", s.Reads)
		}
		if len(s.Labels) > 0 || s.Failures != "" {
			add("labels=%v failures=%s", s.Labels, s.Failures)
		}
	}
	if f := w.Formats; f != nil {
		if f.Default != "" {
			add("format=%s lists=%s", f.Default, f.Lists)
		}
		if len(f.Form) > 0 {
			add("form=%v", f.Form)
		}
		if f.DuplicateNames != "" {
			add("duplicates=%s", f.DuplicateNames)
		}
	}
	if w.Safe != nil && *w.Safe {
		add("safe")
	}
	return strings.Join(parts, " ")
}

// TestUnclear pins the clauses that a reading may switch, with their defaults.
func TestUnclear(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"alihealth": {"A-17=wrapped of wrapped plain", "A-19=xml of xml json"},
		"eazytec":   {"E-9=any of json quotes", "E-17=any of absent null empty"},
		"mytijian":  {"T-4=list of list object", "T-5=number of number text", "T-8=millis of millis text"},
		"weixiao": {
			"W-2=0 of 0 200 00000", "W-8=any of form query", "W-18=200 of 200 mapped", "W-26=any of hex base64",
			"W-35=fields of fields plaintext",
		},
		"zheliban": {
			"Z-1=any of body form quoted", "Z-3=any of any strict", "Z-6=sealed of sealed plain", "Z-15=object of object text",
			"Z-19=401 of 401 http data", "Z-40=number of number text",
		},
	}
	each(t, func(t *testing.T, c *specs.Contract) {
		var got []string
		for _, u := range c.Unclear {
			var names []string
			for _, r := range u.Readings {
				names = append(names, r.Name)
				if r.Meaning == "" {
					t.Errorf("%s %s has no meaning", u.ID, r.Name)
				}
			}
			got = append(got, u.ID+"="+u.Default+" of "+strings.Join(names, " "))
		}
		if !slices.Equal(got, want[c.Vendor]) {
			t.Errorf("got %q, want %q", got, want[c.Vendor])
		}
	})
}
