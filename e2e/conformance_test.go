package e2e_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/adapters"
)

// caller is one vendor's row of the conformance suite: how its adapter makes a good call of each operation.
type caller struct {
	vendor string
	// calls makes one good call of each operation with a client for the given address.
	calls map[string]func(ctx context.Context, url string, http adapters.Config) error
	// stranger makes a call with credentials that the vendor does not know; nil where it knows none.
	stranger func(ctx context.Context, url string) error
	// unsafe lists operations that must never be sent twice by the client itself.
	unsafe []string
	// renews says that the client gets itself another token when its own has ended.
	renews bool
	// setUp makes what the calls are about, where a fresh session does not have it.
	setUp func(ctx context.Context, url string) error
}

func callers() []caller {
	return []caller{alihealthCaller(), eazytecCaller(), mytijianCaller(), weixiaoCaller(), zhelibanCaller()}
}

var _ = Describe("Every vendor", func() {
	for _, c := range callers() {
		Describe(c.vendor, Label(c.vendor), func() {
			contract := loaded(c.vendor)

			It("has a call for every operation of its contract", func() {
				var want []string
				for _, op := range contract.Operations {
					want = append(want, op.ID)
				}
				Expect(slices.Sorted(maps.Keys(c.calls))).To(ConsistOf(want))
			})

			for _, id := range slices.Sorted(maps.Keys(c.calls)) {
				It("answers "+id, func(ctx SpecContext) {
					w := newWorld()
					c.prepare(ctx, w)
					Expect(c.calls[id](ctx, w.url, adapters.Config{})).To(Succeed())
					exchanges := w.of(id)
					Expect(exchanges).NotTo(BeEmpty())
					for _, e := range exchanges {
						Expect(e.Outcome).To(Equal("ok"), "%v", e.Diagnosis)
						Expect(e.Warnings).To(BeEmpty())
					}
				})

				It("reports a reply of "+id+" that is lost, without secrets", func(ctx SpecContext) {
					w := newWorld()
					c.prepare(ctx, w)
					before := len(w.of(id))
					lost := &losingTransport{operation: id, world: w}
					err := c.calls[id](ctx, w.url, adapters.Config{Transport: lost, Attempts: 1})
					Expect(err).To(HaveOccurred())
					var e *adapters.Error
					Expect(errors.As(err, &e)).To(BeTrue(), "%v is no *adapters.Error", err)
					Expect(e.Vendor).To(Equal(c.vendor))
					Expect(e.Operation).To(Equal(id))
					Expect(lost.lost).To(Equal(1), "a call whose reply is lost is sent once when repeating is off")
					Expect(w.of(id)).To(HaveLen(before + 1))
					noSecrets(c.vendor, err.Error())
				})

				It("stops "+id+" when its context ends", func(ctx SpecContext) {
					w := newWorld()
					ended, cancel := context.WithCancel(ctx)
					cancel()
					err := c.calls[id](ended, w.url, adapters.Config{})
					Expect(err).To(MatchError(context.Canceled))
				})
			}

			for _, id := range c.unsafe {
				It("sends "+id+" once, whatever becomes of its reply", func(ctx SpecContext) {
					w := newWorld()
					c.prepare(ctx, w)
					before := len(w.of(id))
					lost := &losingTransport{operation: id, world: w}
					err := c.calls[id](ctx, w.url, adapters.Config{Transport: lost, Attempts: 5})
					Expect(err).To(MatchError(adapters.ErrUnknownOutcome))
					Expect(lost.lost).To(Equal(1))
					Expect(w.of(id)).To(HaveLen(before + 1))
				})
			}

			if c.stranger != nil {
				It("turns a stranger away and says why in the journal", func(ctx SpecContext) {
					w := newWorld()
					err := c.stranger(ctx, w.url)
					Expect(err).To(HaveOccurred())
					var e *adapters.Error
					Expect(errors.As(err, &e)).To(BeTrue(), "%v is no *adapters.Error", err)
					Expect(e.Fault).To(Equal(adapters.FaultCaller))
					Expect(w.last().Outcome).To(Equal("vendor-error"))
					Expect(w.last().Diagnosis).NotTo(BeNil())
					Expect(w.last().Diagnosis.Text("zh")).NotTo(BeEmpty())
				})
			}

			It("answers the same bytes for the same seed, clock and history", func(ctx SpecContext) {
				var told [2][]string
				for i := range told {
					w := newWorldNamed("same-" + c.vendor)
					w.frozen()
					c.prepare(ctx, w)
					for _, id := range slices.Sorted(maps.Keys(c.calls)) {
						recorder := &recordingTransport{}
						Expect(c.calls[id](ctx, w.url, adapters.Config{Transport: recorder})).To(Succeed())
						told[i] = append(told[i], recorder.replies...)
					}
					Expect(played.mock.Wait(ctx)).To(Succeed())
					w.Drop()
				}
				Expect(told[0]).NotTo(BeEmpty())
				Expect(told[1]).To(Equal(told[0]))
			}, Serial)
		})
	}
})

func (c caller) prepare(ctx context.Context, w *world) {
	GinkgoHelper()
	if c.setUp != nil {
		Expect(c.setUp(ctx, w.url)).To(Succeed())
	}
}

// losingTransport sends requests and loses the reply of one operation, as a broken connection does.
type losingTransport struct {
	operation string
	world     *world
	lost      int
}

func (l *losingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	before := len(l.world.of(l.operation))
	reply, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if len(l.world.of(l.operation)) == before {
		return reply, nil
	}
	_ = reply.Body.Close()
	l.lost++
	return nil, errors.New("connection reset by peer")
}

// recordingTransport keeps what came back.
type recordingTransport struct{ replies []string }

func (t *recordingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	reply, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	reply.Body = readAll(reply.Body, &text)
	t.replies = append(t.replies, reply.Status+" "+reply.Header.Get("Content-Type")+" "+text.String())
	return reply, nil
}
