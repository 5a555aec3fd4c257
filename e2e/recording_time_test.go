package e2e_test

import (
	"encoding/json"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/adapters/weixiao"
	"understudy/adapters/zheliban"
	"understudy/mock"
	"understudy/mock/play"
	"understudy/mock/record"
	"understudy/scenarios"
)

// recordingOfStory is the committed recording of a story.
func recordingOfStory(vendor, name string) *scenarios.Recording {
	GinkgoHelper()
	return readRecording(filepath.Join(root, "scenarios", vendor, name+".har"))
}

var _ = Describe("a recording that is played later", func() {
	pulled := func(ctx SpecContext, config play.Config, now time.Time) []zheliban.Reservation {
		GinkgoHelper()
		config.Now = func() time.Time { return now }
		s, _ := newPlay(recordingOfStory("zheliban", "happy-pull-and-acknowledge"), config, mock.Config{Now: config.Now})
		c := s.credentials()
		client := made(zheliban.New(zheliban.Config{BaseURL: s.front.URL, APIKey: c["apiKey"].Text, Secret: c["secret"].Text, AESKey: c["aesKey"].Text}))
		rows, err := client.PullReservations(ctx)
		s.refusesNothing()
		Expect(err).NotTo(HaveOccurred())
		Expect(rows).NotTo(BeEmpty())
		return rows
	}
	midnight := func(d zheliban.Day) time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

	It("keeps its days, or moves them by whole days with the clock, but no day of birth", Label("zheliban"), func(ctx SpecContext) {
		const later = 365 * 24 * time.Hour
		today := pulled(ctx, play.Config{}, storyTime())
		kept := pulled(ctx, play.Config{Time: play.Recorded}, storyTime().Add(later))
		moved := pulled(ctx, play.Config{Time: play.Now}, storyTime().Add(later))
		Expect(kept).To(HaveLen(len(today)))
		Expect(moved).To(HaveLen(len(today)))
		for i, r := range today {
			Expect(kept[i].CheckDate).To(Equal(r.CheckDate))
			Expect(midnight(moved[i].CheckDate).Sub(midnight(r.CheckDate))).To(Equal(later))
			Expect(moved[i].BirthDate).To(Equal(r.BirthDate))
			Expect(moved[i].SerialNumber).To(Equal(r.SerialNumber))
		}
	})
})

var _ = Describe("a recording with pseudonyms", func() {
	type student struct{ Card, Name, Phone string }
	send := func(ctx SpecContext, s *stage, event weixiao.EventType, who student) error {
		GinkgoHelper()
		c := s.credentials()
		client := made(weixiao.New(weixiao.Config{BaseURL: s.front.URL, AppKey: c["appKey"].Text, AppSecret: c["appSecret"].Text}))
		payload, err := json.Marshal(map[string]any{"card_number": who.Card, "name": who.Name, "contact_phone": who.Phone})
		Expect(err).NotTo(HaveOccurred())
		return client.ReceivePush(ctx, weixiao.Push{SchoolCode: "1000000001", Event: event, Payload: payload})
	}
	// recorded is what was heard of two persons, the first of whom came twice.
	recorded := func(ctx SpecContext) *scenarios.Recording {
		GinkgoHelper()
		s := newStage("weixiao", mock.Config{}, nil)
		one, two := student{"20260001", "测试甲", "13900000001"}, student{"20260002", "测试乙", "13900000002"}
		Expect(send(ctx, s, weixiao.AddUser, one)).To(Succeed())
		Expect(send(ctx, s, weixiao.AddUser, two)).To(Succeed())
		Expect(send(ctx, s, weixiao.DeleteUser, one)).To(Succeed())
		r, _, err := record.FromSession(ctx, record.SessionConfig{Server: s.server, Vendor: "weixiao", Masker: maskerOf(s, nil)})
		Expect(err).NotTo(HaveOccurred())
		Expect(r.Exchanges).To(HaveLen(3))
		text := recordingText(r)
		for _, datum := range []string{one.Card, one.Name, one.Phone, two.Card, two.Name, two.Phone} {
			Expect(text).NotTo(ContainSubstring(datum))
		}
		return r
	}
	first, second := student{"19990011", "真人丙", "13800138000"}, student{"19990012", "真人丁", "13800138001"}

	It("plays to a client with real persons, who stay who they are", Label("weixiao"), func(ctx SpecContext) {
		s, player := newPlay(recorded(ctx), play.Config{Mode: play.Strict, Now: storyTime}, mock.Config{})
		Expect(send(ctx, s, weixiao.AddUser, first)).To(Succeed())
		Expect(send(ctx, s, weixiao.AddUser, second)).To(Succeed())
		Expect(send(ctx, s, weixiao.DeleteUser, first)).To(Succeed())
		s.refusesNothing()
		Expect(player.Unplayed("default")).To(BeEmpty())
	})

	It("takes no other person for the first one", Label("weixiao"), func(ctx SpecContext) {
		s, player := newPlay(recorded(ctx), play.Config{Mode: play.Strict, Now: storyTime}, mock.Config{})
		Expect(send(ctx, s, weixiao.AddUser, first)).To(Succeed())
		Expect(send(ctx, s, weixiao.AddUser, second)).To(Succeed())
		Expect(send(ctx, s, weixiao.DeleteUser, second)).NotTo(Succeed())
		list, _ := s.server.Exchanges()
		Expect(list[len(list)-1].Error).To(Equal("not-recorded"))
		Expect(player.Unplayed("default")).To(HaveLen(1))
	})

	It("takes nobody for two persons", Label("weixiao"), func(ctx SpecContext) {
		s, player := newPlay(recorded(ctx), play.Config{Mode: play.Strict, Now: storyTime}, mock.Config{})
		Expect(send(ctx, s, weixiao.AddUser, first)).To(Succeed())
		Expect(send(ctx, s, weixiao.AddUser, first)).NotTo(Succeed())
		Expect(player.Unplayed("default")).To(HaveLen(2))
	})
})
