package e2e_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/adapters"
	"understudy/mock"
	"understudy/specs"
)

// failures are the ways to fail that a client has to survive. A delay is here longer than the client waits.
func failures() map[string]mock.Fault {
	return map[string]mock.Fault{
		"cut connection":        {Break: mock.Cut},
		"truncated body":        {Break: mock.Truncate},
		"gateway page":          {Break: mock.GatewayPage},
		"gateway page with 503": {Break: mock.GatewayPage, Status: 503},
		"status 500":            {Status: 500},
		"wrong padding":         {Break: mock.Padding},
		"plain reply":           {Break: mock.Plain},
		"stale token":           {Break: mock.StaleToken},
	}
}

var _ = Describe("A failure on demand", func() {
	for _, c := range callers() {
		Describe(c.vendor, Label(c.vendor), func() {
			for _, id := range slices.Sorted(maps.Keys(c.calls)) {
				for _, name := range slices.Sorted(maps.Keys(failures())) {
					for _, after := range []bool{false, true} {
						f := failures()[name]
						f.Vendor, f.Operation, f.AfterCommit, f.Calls = c.vendor, id, after, 1
						if f.Check(contracts()) != nil {
							continue // it has no meaning for this operation
						}
						label := name
						if after {
							label += " after the commit"
						}
						It("survives "+label+" at "+id, func(ctx SpecContext) {
							w := newWorld()
							c.prepare(ctx, w)
							before := len(w.of(id))
							_, err := w.AddFault(f)
							Expect(err).NotTo(HaveOccurred())
							outcome := c.calls[id](ctx, w.url, adapters.Config{Backoff: noPause})
							w.judge(c, id, before, outcome)
							endsIn(outcome, c.endsAfter(f, id)...)
						})
					}
				}
				It("survives a delay beyond its patience at "+id, func(ctx SpecContext) {
					w := newWorld()
					c.prepare(ctx, w)
					before := len(w.of(id))
					f := mock.Fault{Vendor: c.vendor, Operation: id, Delay: &mock.Delay{Fixed: 400 * time.Millisecond}, Calls: 1}
					_, err := w.AddFault(f)
					Expect(err).NotTo(HaveOccurred())
					outcome := c.calls[id](ctx, w.url, adapters.Config{Backoff: noPause, Timeout: 150 * time.Millisecond})
					w.judge(c, id, before, outcome)
					endsIn(outcome, c.endsAfter(f, id)...)
				})
			}

			It("survives every row of its catalogue", func(ctx SpecContext) {
				rows := loaded(c.vendor).Errors
				Expect(rows).NotTo(BeEmpty())
				for _, row := range rows {
					served := false
					for _, id := range slices.Sorted(maps.Keys(c.calls)) {
						f := mock.Fault{Vendor: c.vendor, Operation: id, Error: row.ID, Calls: 1}
						if f.Check(contracts()) != nil {
							continue
						}
						served = true
						w := newWorld()
						c.prepare(ctx, w)
						before := len(w.of(id))
						_, err := w.AddFault(f)
						Expect(err).NotTo(HaveOccurred())
						outcome := c.calls[id](ctx, w.url, adapters.Config{Backoff: noPause})
						w.judge(c, id, before, outcome)
						// A client cannot tell rows apart that look the same on the wire.
						retryable := slices.ContainsFunc(rows, func(other specs.ErrorRow) bool {
							return other.Retryable && other.Code == row.Code && other.SubCode == row.SubCode && other.Message == row.Message
						})
						again := retryable && !slices.Contains(c.unsafe, id)
						if outcome == nil {
							Expect(again || c.renews).To(BeTrue(), "%s at %s was sent again", row.ID, id)
							continue
						}
						var e *adapters.Error
						Expect(errors.As(outcome, &e)).To(BeTrue())
						// Not sent again by itself is what has to wait for long, and what only another token would help.
						waits := e.RetryAfter > 0 || errors.Is(e, adapters.ErrUnauthorized)
						Expect(again && !waits).To(BeFalse(), "%s at %s was not sent again: %v", row.ID, id, outcome)
						Expect(e.Retryable && !retryable).To(BeFalse(), "%s at %s: %v", row.ID, id, outcome)
					}
					Expect(served).To(BeTrue(), "%s was served nowhere", row.ID)
				}
			})
		})
	}
})

// endsAfter says how a call must end that a failure without a row of the catalogue struck once: without an error where the
// client may send it again, else under these conditions.
func (c caller) endsAfter(f mock.Fault, id string) []adapters.Condition {
	once := slices.Contains(c.unsafe, id)
	var conditions []adapters.Condition
	switch f.Break {
	case mock.StaleToken:
		if c.renews {
			return nil
		}
		return []adapters.Condition{adapters.ErrUnauthorized}
	case mock.Padding, mock.Plain:
		conditions = append(conditions, adapters.ErrDecode)
	}
	if once {
		conditions = append(conditions, adapters.ErrUnknownOutcome)
	}
	return conditions
}

func endsIn(outcome error, conditions ...adapters.Condition) {
	GinkgoHelper()
	if len(conditions) == 0 {
		Expect(outcome).NotTo(HaveOccurred())
	}
	for _, condition := range conditions {
		Expect(outcome).To(MatchError(condition))
	}
}

func noPause(int) time.Duration { return time.Millisecond }

// judge looks at what became of a call that was struck once: it succeeded at a later attempt, or failed with an error
// of the adapter's own; no secret shows; and what is not safe to repeat was done once at most.
func (w *world) judge(c caller, id string, before int, outcome error) {
	GinkgoHelper()
	Expect(played.mock.Wait(context.Background())).To(Succeed())
	struck := slices.ContainsFunc(w.Faults(), func(f mock.FaultState) bool { return f.Struck > 0 })
	Expect(struck).To(BeTrue(), "the failure never struck")
	done := 0
	for _, e := range w.of(id)[before:] {
		if e.Outcome == "ok" || e.Fault != nil && w.committed(e) {
			done++
		}
	}
	if slices.Contains(c.unsafe, id) {
		Expect(done).To(BeNumerically("<=", 1), "%s was done more than once", id)
	}
	if outcome == nil {
		Expect(done).To(BeNumerically(">=", 1), "%s reports a success that never was", id)
		return
	}
	var e *adapters.Error
	Expect(errors.As(outcome, &e)).To(BeTrue(), "%v is no *adapters.Error", outcome)
	Expect(e.Vendor).To(Equal(c.vendor))
	noSecrets(c.vendor, outcome.Error())
}

// committed says whether a struck exchange did what it was asked for.
func (w *world) committed(e mock.Exchange) bool {
	if e.Fault.Kind == "delay" || e.Fault.Kind == "stale-token" && e.Outcome == "fault" {
		return true // a stale token that was issued is an answer
	}
	return slices.ContainsFunc(w.Faults(), func(f mock.FaultState) bool { return f.ID == e.Fault.ID && f.AfterCommit })
}
