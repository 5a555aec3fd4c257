package e2e_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/adapters"
	"understudy/adapters/zheliban"
	"understudy/mock"
)

// told makes each call of the vendors in a world and gives every reply, and what the clauses are about, byte for byte.
func (w *world) told(ctx context.Context) string {
	GinkgoHelper()
	w.frozen()
	var list []string
	for _, c := range callersUnder(w.Info().Readings) {
		c.prepare(ctx, w)
		for _, id := range slices.Sorted(maps.Keys(c.calls)) {
			recorder := &recordingTransport{}
			Expect(c.calls[id](ctx, w.url, adapters.Config{Transport: recorder})).To(Succeed(), "%s %s", c.vendor, id)
			Expect(recorder.replies).NotTo(BeEmpty())
			list = append(list, recorder.replies...)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(clauses())) {
		if says := clauses()[id].says; says != nil {
			for _, s := range says(ctx, w) {
				list = append(list, id+" "+s.about+" "+s.String())
			}
		}
	}
	return strings.Join(list, "\n")
}

var _ = Describe("A choice of readings", func() {
	It("gives the same, byte for byte, whether the server has it, or a session, from the start or later", func(ctx SpecContext) {
		server, url := ownServer(mock.Config{Seed: 42})
		usual := worldOn(server, url, "chosen").told(ctx)
		for _, choice := range overall() {
			server, url := ownServer(mock.Config{Seed: 42, Readings: choice})
			w := worldOn(server, url, "chosen")
			Expect(w.Info().Readings).To(Equal(choice))
			want := w.told(ctx)

			server, url = ownServer(mock.Config{Seed: 42})
			w = worldOn(server, url, "chosen")
			Expect(w.SetReadings(choice)).To(Succeed())
			Expect(w.Info().Readings).To(Equal(choice))
			told := w.told(ctx)
			Expect(told == want).To(BeTrue(), "set later: differs at byte %d", differsAt(told, want))

			server, url = ownServer(mock.Config{Seed: 42})
			session, err := server.NewSession(mock.SessionConfig{Name: "chosen", Readings: choice})
			Expect(err).NotTo(HaveOccurred())
			w = &world{Session: session, url: url + session.Prefix()}
			Expect(w.Info().Readings).To(Equal(choice))
			told = w.told(ctx)
			Expect(told == want).To(BeTrue(), "set from the start: differs at byte %d", differsAt(told, want))

			Expect(want == usual).To(BeFalse(), "the choice changes nothing")
		}
	})

	It("is felt by no other session of the server, played at the same time", func(ctx SpecContext) {
		choices := append(overall(), map[string]string{})
		names := []string{"first", "second", "third", "fourth", "fifth", "sixth"}[:len(choices)]
		want := make([]string, len(choices))
		for i, choice := range choices {
			server, url := ownServer(mock.Config{Seed: 42})
			w := worldOn(server, url, names[i])
			Expect(w.SetReadings(choice)).To(Succeed())
			want[i] = w.told(ctx)
		}
		server, url := ownServer(mock.Config{Seed: 42})
		got := make([]string, len(choices))
		var all sync.WaitGroup
		for i, choice := range choices {
			all.Go(func() {
				defer GinkgoRecover()
				w := worldOn(server, url, names[i])
				Expect(w.SetReadings(choice)).To(Succeed())
				got[i] = w.told(ctx)
			})
		}
		all.Wait()
		for i := range choices {
			Expect(got[i] == want[i]).To(BeTrue(), "%s: differs at byte %d", inOrder(choices[i]), differsAt(got[i], want[i]))
		}
	})

	for _, c := range contracts() {
		It("leaves everything as it was when it is taken back: "+c.Vendor, Label(c.Vendor), func(ctx SpecContext) {
			Expect(c.Unclear).NotTo(BeEmpty())
			for i, choice := range append(combined(c), nil) {
				w := under(choice)
				Expect(w.SetReadings(nil)).To(Succeed())
				Expect(w.Info().Readings).To(BeEmpty())
				for _, u := range c.Unclear {
					shown := clauses()[u.ID]
					for _, operation := range slices.Sorted(maps.Keys(shown.asks)) {
						for _, r := range u.Readings {
							for _, s := range readings()[u.ID+"="+r.Name].sends(ctx, w, operation) {
								w.takes(operation, s)
							}
						}
					}
					if shown.says == nil {
						continue
					}
					for _, s := range shown.says(ctx, w) {
						if u.Default != "any" {
							Expect(s.String()).To(MatchRegexp(readings()[u.ID+"="+u.Default].form[s.about]), "after choice %d", i)
						}
						Expect(keeps(c, s)).To(Succeed())
					}
				}
			}
		})
	}

	It("of a session is laid over the server's, and any takes a clause back", func() {
		server, url := ownServer(mock.Config{Readings: map[string]string{"Z-1": "form", "T-4": "object", "T-5": "text"}})
		w := worldOn(server, url, "over")
		good := goodBodies()["issueToken"]
		w.refuses("issueToken", w.carried("body", "", "issueToken", good, ""), "invalid-data", "sealed-carrier")

		Expect(w.SetReadings(map[string]string{"Z-1": "any", "T-4": "list"})).To(Succeed())
		w.takes("issueToken", w.carried("body", jsonType, "issueToken", good, ""))
		tasks := clauses()["T-4"].says(context.Background(), w)[0].String()
		Expect(tasks).To(And(MatchRegexp(`"data":\[\{"`), MatchRegexp(`"id":"\d+"`)))

		other := worldOn(server, url, "other")
		other.refuses("issueToken", other.carried("body", "", "issueToken", good, ""), "invalid-data", "sealed-carrier")

		Expect(w.SetReadings(nil)).To(Succeed())
		Expect(w.Info().Readings).To(Equal(map[string]string{"Z-1": "form", "T-4": "object", "T-5": "text"}))
		w.refuses("issueToken", w.carried("body", "", "issueToken", good, ""), "invalid-data", "sealed-carrier")
	})

	It("outlives a reset, and leaves credentials of the session's own in force", func(ctx SpecContext) {
		session, err := played.mock.NewSession(mock.SessionConfig{Readings: map[string]string{"Z-1": "form"}, OwnCredentials: true})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(session.Drop)
		own := session.Credentials("zheliban")
		Expect(own["aesKey"].Text).NotTo(Equal(secret("zheliban", "aesKey")))
		pull := func(form zheliban.RequestForm, field string) error {
			c, err := zheliban.New(zheliban.Config{BaseURL: played.http.URL + session.Prefix(), APIKey: own["apiKey"].Text, Secret: own["secret"].Text,
				AESKey: own["aesKey"].Text, RequestForm: form, FormField: field})
			Expect(err).NotTo(HaveOccurred())
			_, err = c.PullReservations(ctx)
			return err
		}
		for range 2 {
			Expect(pull(zheliban.FormField, "param")).To(Succeed())
			Expect(pull(zheliban.RawBody, "")).To(MatchError(adapters.ErrUnauthorized))
			session.Reset()
		}
		Expect(session.SetReadings(map[string]string{"Z-1": "body"})).To(Succeed())
		Expect(pull(zheliban.RawBody, "")).To(Succeed())
		Expect(pull(zheliban.FormField, "param")).To(MatchError(adapters.ErrUnauthorized))
	})

	Describe("that names what is not there", func() {
		// refused tries a choice in every place that takes one.
		refused := func(choice map[string]string, say ...string) {
			GinkgoHelper()
			_, ofServer := mock.New(mock.Config{Readings: choice})
			made, ofNew := played.mock.NewSession(mock.SessionConfig{Name: "never-made", Readings: choice})
			Expect(made).To(BeNil())
			_, there := played.mock.LookupSession("never-made")
			Expect(there).To(BeFalse())
			w := under(map[string]string{"T-5": "text"})
			ofSession := w.SetReadings(choice)
			Expect(w.Info().Readings).To(Equal(map[string]string{"T-5": "text"}), "what was chosen before stays")
			Expect(clauses()["T-5"].says(context.Background(), w)[0].String()).To(MatchRegexp(readings()["T-5=text"].form["listHospitalTasks"]))
			for _, err := range []error{ofServer, ofNew, ofSession} {
				for _, text := range say {
					Expect(err).To(MatchError(ContainSubstring(text)))
				}
			}
		}

		It("is an error that lists the clauses", func() {
			refused(map[string]string{"Z-99": "form"}, append(slices.Collect(maps.Keys(clauses())), "Z-99")...)
			refused(map[string]string{"T-4": "object", "": ""}, slices.Collect(maps.Keys(clauses()))...)
		})

		for _, c := range contracts() {
			for _, u := range c.Unclear {
				It("is an error that lists the readings of "+u.ID, func() {
					say := []string{u.ID, "as-you-like"}
					for _, r := range u.Readings {
						say = append(say, r.Name)
					}
					refused(map[string]string{u.ID: "as-you-like"}, say...)
				})
			}
		}

		It("is an error that tells everything at once", func() {
			refused(map[string]string{"Z-99": "form", "W-2": "one", "T-4": "map", "A-19": "json"}, "Z-99", "W-2", "00000", "T-4", "object")
		})
	})
})
