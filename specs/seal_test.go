package specs_test

import (
	"testing"

	"understudy/specs"
)

func TestWhatASealSeals(t *testing.T) {
	t.Parallel()
	both := []string{"request", "response"}
	for name, tt := range map[string]struct {
		seal                    *specs.Seal
		body, replies, failures bool
		member                  string
	}{
		"no seal":         {},
		"whole bodies":    {seal: &specs.Seal{Part: "body", Directions: both}, body: true, replies: true, failures: true},
		"plain failures":  {seal: &specs.Seal{Part: "body", Directions: both, Failures: "plain"}, body: true, replies: true},
		"replies alone":   {seal: &specs.Seal{Part: "body", Directions: both[1:]}, replies: true, failures: true},
		"a member":        {seal: &specs.Seal{Part: "/raw_data", Directions: both[:1]}, member: "raw_data"},
		"an escaped name": {seal: &specs.Seal{Part: "/raw~1data~0", Directions: both[:1]}, member: "raw/data~"},
		"a reply's":       {seal: &specs.Seal{Part: "/raw_data", Directions: both[1:]}, replies: true, failures: true},
	} {
		if s := tt.seal; s.SealsBody() != tt.body || s.SealsReplies() != tt.replies || s.SealsFailures() != tt.failures || s.SealedMember() != tt.member {
			t.Errorf("%s: body %v, replies %v, failures %v, member %q", name, s.SealsBody(), s.SealsReplies(), s.SealsFailures(), s.SealedMember())
		}
	}
}

func TestContentSchema(t *testing.T) {
	t.Parallel()
	c, err := specs.Load("weixiao")
	if err != nil {
		t.Fatal(err)
	}
	op, ok := c.Operation("receivePush")
	if !ok {
		t.Fatal("there is no receivePush")
	}
	object := op.Body.Content[0].Schema
	if pointer, ok := c.ContentSchema(object, op.Wire.Seal.SealedMember()); !ok || pointer != object+"/properties/raw_data/contentSchema" {
		t.Errorf("the sealed member opens to %q, %v", pointer, ok)
	}
	if _, ok := c.ContentSchema(object, "app_key"); ok {
		t.Error("a member that holds no other text has a schema for it")
	}
}
