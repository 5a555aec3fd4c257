package mock

import (
	"testing"

	"understudy/mock/behave"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

// TestAnEffectKeepsItsCall: the memory of a call that an effect goes on with is no other call's.
func TestAnEffectKeepsItsCall(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	var held []*behave.Call
	p.step("issueToken", func(_ state.Tx, c *behave.Call) (behave.Reply, error) {
		token, lifetime, err := c.IssueToken(c.Now)
		reply := behave.Reply{Value: value.Record{"token": token, "expire": lifetime.Milliseconds()}}
		reply.Effects = []behave.Effect{func(*behave.World) { held = append(held, c) }}
		return reply, err
	})
	for range 8 {
		p.play("zheliban issueToken")
		p.play("eazytec sendMessage")
	}
	if len(held) != 8 {
		t.Fatalf("%d effects", len(held))
	}
	for i, c := range held {
		if c.Operation != "issueToken" || c.Number != int64(i+1) || value.Text(c.Record(), "apikey") == "" {
			t.Errorf("call %d is now number %d of %q, with body %v", i+1, c.Number, c.Operation, c.Record())
		}
	}
}
