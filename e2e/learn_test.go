package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/adapters"
	"understudy/mock"
	"understudy/mock/learn"
	"understudy/mock/record"
	"understudy/scenarios"
	"understudy/specs"
)

// tap stands between clients and the simulator and takes what travels to contract level, by the contract as it stands: it
// does not know which readings are served.
type tap struct {
	mu        sync.Mutex
	exchanges []*scenarios.Exchange
	opener    *record.Opener
}

func newTap(c *specs.Contract) *tap {
	GinkgoHelper()
	opener, err := record.NewOpener(record.OpenerConfig{Contract: c})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(opener.Close)
	return &tap{opener: opener}
}

// ServeHTTP hands a request on and listens.
func (t *tap) ServeHTTP(reply http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	inner := r.Clone(r.Context())
	inner.Body = io.NopCloser(bytes.NewReader(body))
	w := httptest.NewRecorder()
	played.mock.ServeHTTP(w, inner)
	address := *r.URL
	address.Scheme, address.Host = "http", "recorded"
	t.keep(t.opener.Open(&record.Heard{
		Method: r.Method, URL: &address, Header: r.Header, Body: body,
		Status: w.Code, ReplyHeader: w.Header(), Reply: w.Body.Bytes(),
	}))
	maps.Copy(reply.Header(), w.Header())
	reply.WriteHeader(w.Code)
	_, _ = reply.Write(w.Body.Bytes())
}

func (t *tap) keep(x *scenarios.Exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	x.Number = len(t.exchanges) + 1
	t.exchanges = append(t.exchanges, x)
}

// posted keeps what the vendor posts to a client.
func (t *tap) posted(callback string, s said) {
	GinkgoHelper()
	x := t.opener.Open(&record.Heard{
		Method: http.MethodPost, URL: &url.URL{Scheme: "http", Host: "client", Path: "/change"}, Header: http.Header{"Content-Type": {s.mediaType}},
		Body: []byte(s.text), Status: http.StatusOK,
	})
	Expect(x.Callback).To(Equal(callback), "the recorder knows what the vendor posts")
	t.keep(x)
}

func (t *tap) recording(c *specs.Contract) *scenarios.Recording {
	return &scenarios.Recording{Vendor: c.Vendor, Title: c.Title, ContractVersion: c.Version, Exchanges: t.exchanges}
}

// curious plays a vendor under a choice of readings to a client that tries every form that any reading has, and gives what
// was heard.
func curious(ctx context.Context, c *specs.Contract, choice map[string]string) *scenarios.Recording {
	GinkgoHelper()
	w, t := under(choice), newTap(c)
	front := httptest.NewServer(t)
	DeferCleanup(front.Close)
	w.url = front.URL + w.Prefix()
	for _, one := range callersUnder(choice) {
		if one.vendor == c.Vendor {
			one.prepare(ctx, w)
			for _, id := range slices.Sorted(maps.Keys(one.calls)) {
				Expect(one.calls[id](ctx, w.url, adapters.Config{})).To(Succeed(), id)
			}
		}
	}
	for _, u := range c.Unclear {
		shown := clauses()[u.ID]
		for _, operation := range slices.Sorted(maps.Keys(shown.asks)) {
			for _, r := range u.Readings {
				for _, s := range readings()[u.ID+"="+r.Name].sends(ctx, w, operation) {
					w.send(s)
				}
			}
		}
		if shown.says == nil {
			continue
		}
		for _, s := range shown.says(ctx, w) {
			if s.schema != "" {
				t.posted(callbackAt(s.schema), s)
			}
		}
	}
	Expect(t.exchanges).NotTo(BeEmpty())
	return t.recording(c)
}

// callbackAt is the callback whose schema stands at a pointer: operation, name, method.
func callbackAt(pointer string) string {
	GinkgoHelper()
	for _, c := range contracts() {
		for _, op := range c.Operations {
			if rest, ok := strings.CutPrefix(pointer, op.Pointer+"/callbacks/"); ok {
				parts := strings.Split(rest, "/")
				return op.ID + "/" + parts[0] + "/" + parts[2]
			}
		}
	}
	Fail("there is no callback at " + pointer)
	return ""
}

// learned is what a recording proves about a contract.
func learned(ctx context.Context, c *specs.Contract, r *scenarios.Recording) *learn.Findings {
	GinkgoHelper()
	f, err := learn.Run(ctx, learn.Config{Contract: c, Recordings: []learn.Source{{Name: "heard", Recording: r}}})
	Expect(err).NotTo(HaveOccurred())
	return f
}

var _ = Describe("What is learned", func() {
	for _, c := range contracts() {
		choices := append(alone(c), combined(c)...)
		if underRace { // the plain run has all of them
			choices = choices[max(0, len(choices)-1):]
		}
		for _, choice := range choices {
			It(fmt.Sprintf("is the reading that was served: %s %s", c.Vendor, inOrder(choice)), Label(c.Vendor), func(ctx SpecContext) {
				r := curious(ctx, c, choice)
				f := learned(ctx, c, r)
				Expect(f.Judged).To(BeNumerically(">", 0))
				Expect(f.Clauses).To(HaveLen(len(c.Unclear)))
				for i, u := range c.Unclear {
					served, chosen := choice[u.ID]
					if !chosen {
						served = u.Default
					}
					Expect(f.Clauses[i].Reading).To(Equal(served), "%s: %s", u.ID, toldOf(f))
					for _, r := range f.Clauses[i].Readings {
						want := learn.Refuted
						if r.Name == served {
							want = learn.Confirmed
						}
						Expect(r.State).To(Equal(want), "%s=%s: %s", u.ID, r.Name, toldOf(f))
						Expect(len(r.Against)+len(r.For)).NotTo(BeZero(), "%s=%s has no evidence", u.ID, r.Name)
					}
				}
				Expect(f.Beyond).To(BeEmpty())
				corrects(ctx, c, r, f, choice)
			})
		}
	}
})

// corrects holds the overlay of what was learned to what it is for: it makes of the contract the one that was served, under
// which the recording has nothing left to correct.
func corrects(ctx context.Context, c *specs.Contract, r *scenarios.Recording, f *learn.Findings, choice map[string]string) {
	GinkgoHelper()
	others := map[string]string{}
	for _, u := range c.Unclear {
		if name := choice[u.ID]; name != "" && name != u.Default {
			others[u.ID] = name
		}
	}
	text, err := f.Overlay()
	Expect(err).NotTo(HaveOccurred())
	if len(others) == 0 {
		Expect(text).To(BeNil(), "nothing but the default was served: %s", text)
		return
	}
	corrected, err := c.Overlay("learned.overlay.yaml", text)
	Expect(err).NotTo(HaveOccurred(), "%s", text)
	for _, u := range corrected.Unclear {
		Expect(others).NotTo(HaveKey(u.ID), "it is no longer unclear")
	}
	Expect(corrected.Unclear).To(HaveLen(len(c.Unclear) - len(others)))
	chosen, err := c.With(others)
	Expect(err).NotTo(HaveOccurred())
	for _, part := range []string{"/paths", "/components", "/x-wire", "/x-errors"} {
		want, _ := chosen.Value(part)
		got, _ := corrected.Value(part)
		Expect(got).To(Equal(want), part)
	}
	again := learned(ctx, corrected, r)
	Expect(again.Beyond).To(BeEmpty())
	Expect(again.Actions).To(BeEmpty())
	_, err = mock.New(mock.Config{Contracts: []*specs.Contract{corrected}})
	Expect(err).NotTo(HaveOccurred(), "serve takes it")
}

// alone are the default and each other reading by itself.
func alone(c *specs.Contract) []map[string]string {
	list := []map[string]string{{}}
	for _, u := range c.Unclear {
		for _, r := range u.Readings {
			if !r.Base { // that one is the default
				list = append(list, map[string]string{u.ID: r.Name})
			}
		}
	}
	return list
}

// toldOf is a short form of the findings, for a failure.
func toldOf(f *learn.Findings) string {
	var b strings.Builder
	for _, c := range f.Clauses {
		fmt.Fprintf(&b, "\n%s → %q", c.ID, c.Reading)
		for _, r := range c.Readings {
			fmt.Fprintf(&b, "\n  %s %s (%d) %v %v %s", r.Name, r.State, r.Count, r.Against, r.For, r.Decide)
		}
	}
	return b.String()
}
