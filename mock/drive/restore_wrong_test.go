package drive_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/scenarios"
	"understudy/specs"
)

// wronged are the states of a recorded credential and signature, and those that the restored request has.
func wronged() []struct{ credential, signed, wantCredential, wantSigned string } {
	return []struct{ credential, signed, wantCredential, wantSigned string }{
		{scenarios.Missing, "", scenarios.Missing, ""},
		{scenarios.Invalid, "", scenarios.Invalid, ""},
		{scenarios.Stale, "", scenarios.Invalid, ""}, // nobody can have an ended token made
		{"", scenarios.Missing, "", scenarios.Missing},
		{"", scenarios.Invalid, "", scenarios.Invalid},
		{"", scenarios.Stale, "", scenarios.Stale},
	}
}

// TestRestoreWrong makes what the vendor refused again so that it refuses it again.
func TestRestoreWrong(t *testing.T) {
	t.Parallel()
	type call struct {
		server *mock.Server
		client *drive.Client
		op     *specs.Operation
		values record
	}
	var calls []call
	w := newWorld(t)
	for _, c := range w.server.Contracts() {
		client := w.client(c, nil)
		for _, op := range c.Operations {
			list := slices.Clone(fields()[c.Vendor+"."+op.ID])
			for i, one := range list {
				if strings.HasSuffix(one, "=") {
					list[i] = one + "20260101000000001"
				}
			}
			calls = append(calls, call{w.server, client, op, set(t, client, op.ID, list)})
		}
	}
	for _, r := range recipeList(t) {
		c := r.contract(t)
		server, err := mock.New(mock.Config{Contracts: []*specs.Contract{c}, Seed: 1, Credentials: map[string]mock.Credentials{c.Vendor: r.credentials(c)}})
		if err != nil {
			t.Fatal(err)
		}
		client, err := drive.New(drive.Config{Contract: c, Credentials: r.credentials(c)})
		if err != nil {
			t.Fatal(err)
		}
		op, _ := c.Operation(r.Operation)
		calls = append(calls, call{server, client, op, r.values(t)})
	}
	tried := 0
	for _, one := range calls {
		r, err := one.client.Prepare(t.Context(), one.op.ID, one.values)
		if err != nil {
			t.Fatal(err)
		}
		recorded := one.server.Open(onWire(t, r)).Request
		for _, tt := range wronged() {
			if tt.credential != "" && one.op.Wire.Auth == nil || tt.signed != "" && one.op.Wire.Sign == nil {
				continue
			}
			if s := one.op.Wire.Sign; tt.signed == scenarios.Stale && (s.TimeParameter == "" || s.Within == 0) {
				continue
			}
			tried++
			recorded.Wire.Credential, recorded.Wire.Signed = tt.credential, tt.signed
			again, err := one.client.Restore(t.Context(), one.op.ID, &recorded)
			if err != nil {
				t.Errorf("%s: %v", one.op.ID, err)
				continue
			}
			opened := one.server.Open(onWire(t, again))
			got := opened.Request.Wire
			fields := one.op.Wire.Auth != nil && len(one.op.Wire.Auth.Fields) > 0
			switch {
			case tt.wantCredential == scenarios.Missing && fields:
				// The contract tells one that stands in the body as a missing parameter.
				if len(opened.Found) == 0 || opened.Found[0].ID != "missing-parameter" {
					t.Errorf("%s.%s without a credential: %v", one.op.Vendor, one.op.ID, opened.Found)
				}
			case tt.wantCredential != "" && got.Credential != tt.wantCredential, tt.wantSigned != "" && got.Signed != tt.wantSigned:
				t.Errorf("%s.%s, credential %q, signed %q: restored as %+v, %v\n%s\n%s", one.op.Vendor, one.op.ID, tt.credential, tt.signed, got, opened.Found, again.URL, again.Body)
			}
		}
	}
	if tried < 30 {
		t.Errorf("only %d were tried", tried)
	}
}

func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	zheliban, _ := specs.Load("zheliban")
	client := w.client(zheliban, nil)
	bare := w.client(zheliban, func(c *drive.Config) { c.Credentials = nil })
	sealed := scenarios.Wire{Seal: scenarios.SealOpened}
	for _, tt := range []struct {
		name, operation string
		client          *drive.Client
		request         scenarios.Request
		want            string
	}{
		{"unknown operation", "none", client, scenarios.Request{}, "zheliban has no operation"},
		{"unopened", "pullReservations", client, scenarios.Request{Wire: scenarios.Wire{Seal: scenarios.SealUnopened}}, "could not open"},
		{"no path", "pullReservations", client, scenarios.Request{Path: "x"}, "no escaped path"},
		{"no key", "issueToken", bare, scenarios.Request{MediaType: "application/json", Body: []byte("{}"), Wire: sealed}, "zheliban."},
		{"a carrier of nobody's", "issueToken", client, scenarios.Request{MediaType: "application/json", Body: []byte("{}"), Wire: scenarios.Wire{Seal: scenarios.SealOpened, Carrier: "pigeon"}}, "pigeon"},
		{"an encoding of nobody's", "issueToken", client, scenarios.Request{MediaType: "application/json", Body: []byte("{}"), Wire: scenarios.Wire{Seal: scenarios.SealOpened, Encoding: "base32"}}, "not known"},
	} {
		_, err := tt.client.Restore(t.Context(), tt.operation, &tt.request)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	// What the contract forbids is told and stops nothing.
	shop, err := drive.New(drive.Config{Contract: shop(t)})
	if err != nil {
		t.Fatal(err)
	}
	r, err := shop.Restore(t.Context(), "getItem", &scenarios.Request{Path: "/items/x", Parameters: []scenarios.Parameter{{In: "query", Name: "many", Value: "y"}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := problems(r.Problems); got != "path id type, query many/0 type" {
		t.Errorf("problems: %s", got)
	}
	if !strings.HasSuffix(r.URL, "/items/x?many=y") {
		t.Errorf("sent to %s", r.URL)
	}
	r, err = shop.Restore(t.Context(), "putItem", &scenarios.Request{Path: "/items/1", MediaType: "application/json", Body: []byte(`{"name":1}`)})
	if got := problems(r.Problems); err != nil || got != "body /name type, body /secret required" {
		t.Errorf("problems: %s, %v", got, err)
	}
	var restore *drive.RestoreError
	if _, err := shop.Restore(t.Context(), "putItem", &scenarios.Request{Path: "%"}); !errors.As(err, &restore) {
		t.Errorf("a path that is none: %v", err)
	}
}
