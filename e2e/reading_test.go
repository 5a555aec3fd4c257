package e2e_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/adapters"
	"understudy/adapters/eazytec"
	"understudy/adapters/weixiao"
	"understudy/adapters/zheliban"
	"understudy/specs"
)

// clause is how the readings of one unclear clause show: in what callers send (asks), or in what the vendor says (says
// and reads).
type clause struct {
	// asks are the operations whose calls differ, each with the row of the catalogue that answers another reading's form.
	asks map[string]string
	// says makes calls by hand and gives what the vendor said where the readings differ.
	says func(ctx context.Context, w *world) []said
	// reads is what the adapter makes of the same, without what stands for the wire's own form.
	reads func(ctx context.Context, w *world) any
}

// reading is how one reading of a clause looks on the wire.
type reading struct {
	// clients makes adapters speak it.
	clients clients
	// sends are good calls of an operation, written by hand in this form.
	sends func(ctx context.Context, w *world, operation string) []sent
	// refuses has the diagnosis of each other reading's form; "" where that is one of this reading's own forms.
	refuses map[string]string
	// form matches what was said, by what it is about.
	form map[string]string
	// of is what is left under this reading of the values that the adapter reads under the default one; nil means all.
	of func(byDefault any) any
}

// clients are changes of the adapters' configurations.
type clients struct {
	zheliban func(*zheliban.Config)
	weixiao  func(*weixiao.Config)
	eazytec  func(*eazytec.Config)
	// pushes is the form in which a receiver expects what is handed on to it.
	pushes weixiao.PushForm
}

func clauses() map[string]clause {
	return gathered(alihealthClauses(), eazytecClauses(), mytijianClauses(), weixiaoClauses(), zhelibanClauses())
}

// readings are the rows of all readings by ID=NAME.
func readings() map[string]reading {
	return gathered(alihealthReadings(), eazytecReadings(), mytijianReadings(), weixiaoReadings(), zhelibanReadings())
}

func gathered[T any](tables ...map[string]T) map[string]T {
	all := map[string]T{}
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}

var _ = Describe("A reading", func() {
	It("has a row for each that a contract has, and no other", func() {
		var ids, names []string
		for _, c := range contracts() {
			together := map[string]bool{}
			for _, choice := range combined(c) {
				for id, name := range choice {
					together[id+"="+name] = true
				}
			}
			for _, u := range c.Unclear {
				ids = append(ids, u.ID)
				for _, r := range u.Readings {
					names = append(names, u.ID+"="+r.Name)
					Expect(r.Name == u.Default || together[u.ID+"="+r.Name]).To(BeTrue(), "%s=%s is in no choice of several", u.ID, r.Name)
				}
			}
		}
		Expect(names).NotTo(BeEmpty())
		Expect(slices.Collect(maps.Keys(clauses()))).To(ConsistOf(ids))
		Expect(slices.Collect(maps.Keys(readings()))).To(ConsistOf(names))
	})

	for _, c := range contracts() {
		for _, u := range c.Unclear {
			for _, r := range u.Readings {
				It("is kept, alone: "+u.ID+"="+r.Name, Label(c.Vendor), func(ctx SpecContext) {
					proves(ctx, []*specs.Contract{c}, map[string]string{u.ID: r.Name})
				})
			}
		}
		for i, choice := range combined(c) {
			It(fmt.Sprintf("is kept beside others of its vendor: %s", inOrder(choice)), Label(c.Vendor), func(ctx SpecContext) {
				proves(ctx, []*specs.Contract{c}, combined(c)[i])
			})
		}
	}
	for _, choice := range overall() {
		It("is kept beside those of all vendors: "+inOrder(choice), func(ctx SpecContext) {
			proves(ctx, contracts(), choice)
		})
	}
})

// combined are choices in which every reading of a contract stands that is not the default one.
func combined(c *specs.Contract) []map[string]string {
	others, most := map[string][]string{}, 0
	for _, u := range c.Unclear {
		for _, r := range u.Readings {
			if r.Name != u.Default {
				others[u.ID] = append(others[u.ID], r.Name)
			}
		}
		most = max(most, len(others[u.ID]))
	}
	list := make([]map[string]string, most)
	for i := range list {
		list[i] = map[string]string{}
		for id, names := range others {
			list[i][id] = names[i%len(names)]
		}
		list[i] = speakable(list[i])
	}
	return list
}

// speakable takes out of a choice what no sender of a form does, who labels it as one: Z-3=strict wants another label.
func speakable(choice map[string]string) map[string]string {
	choice = maps.Clone(choice)
	if choice["Z-1"] == "form" && choice["Z-3"] == "strict" {
		choice["Z-3"] = "any"
	}
	return choice
}

// overall are choices of all vendors at once.
func overall() []map[string]string {
	most := 0
	for _, c := range contracts() {
		most = max(most, len(combined(c)))
	}
	list := make([]map[string]string, most)
	for i := range list {
		var parts []map[string]string
		for _, c := range contracts() {
			if choices := combined(c); len(choices) > 0 {
				parts = append(parts, choices[i%len(choices)])
			}
		}
		list[i] = gathered(parts...)
	}
	return list
}

func inOrder(choice map[string]string) string {
	var names []string
	for _, id := range slices.Sorted(maps.Keys(choice)) {
		names = append(names, id+"="+choice[id])
	}
	return strings.Join(names, " ")
}

// proves plays vendors under a choice: the adapters make every call, each other form is refused, everything that is said
// has the chosen form, and the adapters read out of it what they always read.
func proves(ctx context.Context, vendors []*specs.Contract, choice map[string]string) {
	GinkgoHelper()
	w := under(choice)
	calls := 0
	for _, c := range callersUnder(choice) {
		if slices.ContainsFunc(vendors, func(v *specs.Contract) bool { return v.Vendor == c.vendor }) {
			calls += w.everyCall(ctx, c)
		}
	}
	Expect(calls).To(BeNumerically(">=", len(vendors)))
	for _, id := range slices.Sorted(maps.Keys(choice)) {
		By(id + "=" + choice[id])
		shown, known := clauses()[id]
		Expect(known).To(BeTrue(), "the clause %s has no row", id)
		_, known = readings()[id+"="+choice[id]]
		Expect(known).To(BeTrue(), "the reading %s=%s has no row", id, choice[id])
		Expect(len(shown.asks) > 0 || shown.says != nil && shown.reads != nil).To(BeTrue(), "the row of %s shows nothing", id)
		for _, operation := range slices.Sorted(maps.Keys(shown.asks)) {
			w.takesOwnForms(ctx, id, operation)
			w.refusesOtherForms(ctx, id, operation)
		}
		if shown.says != nil {
			w.saysItsForm(ctx, id)
			readsTheSame(ctx, id, choice)
		}
	}
}

// under is a world with a choice of readings, the same data each time, and a clock that stands.
func under(choice map[string]string) *world {
	GinkgoHelper()
	w := newWorld()
	w.frozen()
	w.SetSeed(7)
	Expect(w.SetReadings(choice)).To(Succeed())
	return w
}

// callersUnder are the adapters, configured for a choice of readings.
func callersUnder(choice map[string]string) []caller {
	c := speaking(choice)
	return []caller{alihealthCaller(), eazytecCaller(c.eazytec...), mytijianCaller(), weixiaoCaller(c.weixiao...), zhelibanCaller(c.zheliban...)}
}

// changes are those of the adapters' configurations, in order.
type changes struct {
	zheliban []func(*zheliban.Config)
	weixiao  []func(*weixiao.Config)
	eazytec  []func(*eazytec.Config)
}

// speaking makes the adapters speak a choice of readings.
func speaking(choice map[string]string) changes {
	var all changes
	for _, id := range slices.Sorted(maps.Keys(choice)) {
		c := readings()[id+"="+choice[id]].clients
		if c.zheliban != nil {
			all.zheliban = append(all.zheliban, c.zheliban)
		}
		if c.weixiao != nil {
			all.weixiao = append(all.weixiao, c.weixiao)
		}
		if c.eazytec != nil {
			all.eazytec = append(all.eazytec, c.eazytec)
		}
	}
	return all
}

// everyCall makes each call of a vendor and holds the replies to the contract as the session reads it.
func (w *world) everyCall(ctx context.Context, c caller) int {
	GinkgoHelper()
	c.prepare(ctx, w)
	heard := &listener{world: w}
	for _, id := range slices.Sorted(maps.Keys(c.calls)) {
		Expect(c.calls[id](ctx, w.url, adapters.Config{Transport: heard})).To(Succeed(), id)
		e := w.last()
		Expect(e.Operation).To(Equal(id))
		Expect(e.Outcome).To(Equal("ok"), "%v", e.Diagnosis)
		Expect(e.Warnings).To(BeEmpty())
	}
	Expect(heard.said).NotTo(BeEmpty())
	for _, s := range heard.said {
		Expect(keeps(w.contract(c.vendor), s)).To(Succeed())
	}
	return len(heard.said)
}

// listener keeps what came back to an adapter.
type listener struct {
	world *world
	said  []said
}

func (l *listener) RoundTrip(r *http.Request) (*http.Response, error) {
	reply, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	reply.Body = readAll(reply.Body, &text)
	e := l.world.last()
	s := heard(e.Operation, got{reply.StatusCode, text.String(), reply.Header})
	s.row = e.Error
	l.said = append(l.said, s)
	return reply, nil
}

// siblings are the other readings of a clause.
func siblings(id, name string) []string {
	GinkgoHelper()
	var list []string
	for _, c := range contracts() {
		for _, u := range c.Unclear {
			for _, r := range u.Readings {
				if u.ID == id && r.Name != name {
					list = append(list, r.Name)
				}
			}
		}
	}
	Expect(list).NotTo(BeEmpty(), "%s has no other reading than %s", id, name)
	return list
}

// chosen is the row of the reading that the session has of a clause.
func (w *world) chosen(id string) reading {
	return readings()[id+"="+w.Info().Readings[id]]
}

// takesOwnForms shows that the calls written by hand are good ones.
func (w *world) takesOwnForms(ctx context.Context, id, operation string) {
	GinkgoHelper()
	list := w.chosen(id).sends(ctx, w, operation)
	Expect(list).NotTo(BeEmpty())
	for _, s := range list {
		w.takes(operation, s)
	}
}

func (w *world) takes(operation string, s sent) {
	GinkgoHelper()
	said := heard(operation, w.send(s))
	Expect(w.last().Operation).To(Equal(operation))
	Expect(w.last().Outcome).To(Equal("ok"), "%v: %v", s, w.last().Diagnosis)
	Expect(keeps(w.contract(w.last().Vendor), said)).To(Succeed())
}

// refusesOtherForms sends what the other readings of a clause would, and wants the vendor's own error for it, with a
// diagnosis; an adapter that speaks another reading gets it as well.
func (w *world) refusesOtherForms(ctx context.Context, id, operation string) {
	GinkgoHelper()
	row := w.chosen(id)
	for _, other := range siblings(id, w.Info().Readings[id]) {
		diagnosis, known := row.refuses[other]
		Expect(known).To(BeTrue(), "%s=%s says nothing of the form of %s", id, w.Info().Readings[id], other)
		list := readings()[id+"="+other].sends(ctx, w, operation)
		Expect(list).NotTo(BeEmpty())
		for _, s := range list {
			if diagnosis == "" {
				w.takes(operation, s)
				continue
			}
			w.refuses(operation, s, clauses()[id].asks[operation], diagnosis)
		}
		foreign := maps.Clone(w.Info().Readings)
		foreign[id] = other
		for _, c := range callersUnder(speakable(foreign)) {
			if c.vendor != w.last().Vendor {
				continue
			}
			err := c.calls[operation](ctx, w.url, adapters.Config{Attempts: 1})
			if diagnosis == "" {
				Expect(err).NotTo(HaveOccurred())
				continue
			}
			var e *adapters.Error
			Expect(err).To(BeAssignableToTypeOf(e), "an adapter that speaks %s=%s is served", id, other)
			Expect(err).To(HaveField("Fault", adapters.FaultCaller))
			noSecrets(c.vendor, err.Error())
		}
	}
}

// refuses sends a call and wants a row of the catalogue for it, with a diagnosis.
func (w *world) refuses(operation string, s sent, row, diagnosis string) {
	GinkgoHelper()
	reply := w.send(s)
	e := w.last()
	Expect(e.Operation).To(Equal(operation))
	Expect(e.Outcome).To(Equal("vendor-error"), "%v is answered %s", s, reply.body)
	Expect(e.Error).To(Equal(row))
	Expect(e.Diagnosis).NotTo(BeNil())
	Expect(e.Diagnosis.ID).To(Equal(diagnosis), "%+v", e.Diagnosis)
	Expect(e.Diagnosis.Text("en")).NotTo(BeEmpty())
	Expect(e.Diagnosis.Text("zh")).NotTo(BeEmpty())
	Expect(reply.header.Get("Understudy-Diagnosis")).To(Equal(diagnosis))
	Expect(reply.header).NotTo(HaveKey("Understudy-Refusal"))
	said := heard(operation, reply)
	said.row = row
	Expect(keeps(w.contract(e.Vendor), said)).To(Succeed())
}

// saysItsForm looks at the bytes, and holds them to the contract under each reading of the clause.
func (w *world) saysItsForm(ctx context.Context, id string) {
	GinkgoHelper()
	list := clauses()[id].says(ctx, w)
	Expect(list).NotTo(BeEmpty())
	form := w.chosen(id).form
	vendor := vendorOf(id)
	var about []string
	for _, s := range list {
		about = append(about, s.about)
		Expect(s.String()).To(MatchRegexp(form[s.about]), s.about)
		Expect(keeps(w.contract(vendor), s)).To(Succeed())
	}
	Expect(slices.Collect(maps.Keys(form))).To(ConsistOf(about), "%s=%s has no form for all that is said", id, w.Info().Readings[id])
	for _, other := range siblings(id, w.Info().Readings[id]) {
		c, err := w.contract(vendor).With(map[string]string{id: other})
		Expect(err).NotTo(HaveOccurred())
		broken := slices.ContainsFunc(list, func(s said) bool { return keeps(c, s) != nil })
		Expect(broken).To(BeTrue(), "%s: the contract under %s=%s: %v", inOrder(w.Info().Readings), id, other, list)
	}
}

// readsTheSame compares what the adapter reads under a choice and under none, in two fresh worlds.
func readsTheSame(ctx context.Context, id string, choice map[string]string) {
	GinkgoHelper()
	byDefault := clauses()[id].reads(ctx, under(nil))
	Expect(byDefault).NotTo(BeZero())
	for of, name := range choice {
		if row := readings()[of+"="+name]; row.of != nil && vendorOf(of) == vendorOf(id) {
			byDefault = row.of(byDefault)
		}
	}
	Expect(clauses()[id].reads(ctx, under(choice))).To(Equal(byDefault))
}

func vendorOf(id string) string {
	GinkgoHelper()
	for _, c := range contracts() {
		if slices.ContainsFunc(c.Unclear, func(u specs.Unclear) bool { return u.ID == id }) {
			return c.Vendor
		}
	}
	Fail("no contract has an unclear clause " + id)
	return ""
}
