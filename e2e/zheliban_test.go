package e2e_test

import (
	"context"
	"errors"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/adapters"
	"understudy/adapters/zheliban"
)

func zhelibanClient(url string, h adapters.Config, changes ...func(*zheliban.Config)) *zheliban.Client {
	GinkgoHelper()
	config := zheliban.Config{
		BaseURL: url, APIKey: secret("zheliban", "apiKey"), Secret: secret("zheliban", "secret"), AESKey: secret("zheliban", "aesKey"), HTTP: h,
	}
	for _, change := range changes {
		change(&config)
	}
	c, err := zheliban.New(config)
	Expect(err).NotTo(HaveOccurred())
	return c
}

// The serial number of the first reservation of every session: numbers follow the order of booking.
const firstSerial = "ZJ10001"

func zhelibanCaller(changes ...func(*zheliban.Config)) caller {
	return caller{
		vendor: "zheliban",
		unsafe: []string{"reportArrival"},
		renews: true,
		calls: map[string]func(ctx context.Context, url string, h adapters.Config) error{
			"issueToken": func(ctx context.Context, url string, h adapters.Config) error {
				_, err := zhelibanClient(url, h, changes...).IssueToken(ctx)
				return err
			},
			"pullReservations": func(ctx context.Context, url string, h adapters.Config) error {
				rows, err := zhelibanClient(url, h, changes...).PullReservations(ctx)
				if err == nil && len(rows) == 0 {
					return errors.New("nothing was pulled")
				}
				return err
			},
			"acknowledgeReservations": func(ctx context.Context, url string, h adapters.Config) error {
				return zhelibanClient(url, h, changes...).AcknowledgeReservations(ctx, zheliban.Acknowledgement{SerialNumber: firstSerial})
			},
			"reportArrival": func(ctx context.Context, url string, h adapters.Config) error {
				return zhelibanClient(url, h, changes...).ReportArrival(ctx, zheliban.Arrival{SerialNumber: firstSerial})
			},
		},
		stranger: func(ctx context.Context, url string) error {
			c, err := zheliban.New(zheliban.Config{
				BaseURL: url, APIKey: "somebody-else", Secret: "somebody-else", AESKey: secret("zheliban", "aesKey"),
			})
			Expect(err).NotTo(HaveOccurred())
			_, err = c.PullReservations(ctx)
			return err
		},
	}
}

// zhelibanSend posts a body as it stands, with a good token where asked for.
func zhelibanSend(ctx context.Context, w *world, path, body string, withToken bool) {
	GinkgoHelper()
	h := header("Content-Type", jsonType)
	if withToken {
		token, err := zhelibanClient(w.url, adapters.Config{}).IssueToken(ctx)
		Expect(err).NotTo(HaveOccurred())
		h.Set("ACCESS-TOKEN", token.Value)
	}
	w.send(sent{http.MethodPost, "/reservation/sync/" + path, body, h})
}

func zhelibanCauses() map[string]func(ctx context.Context, w *world) {
	return map[string]func(ctx context.Context, w *world){
		"invalid-data": func(ctx context.Context, w *world) {
			zhelibanSend(ctx, w, "token", ecb(secret("zheliban", "aesKey"), `{"apikey":"a","secret":"b"}`), false)
		},
		"invalid-order-data": func(ctx context.Context, w *world) {
			zhelibanSend(ctx, w, "order", "not sealed", true)
		},
		"contact-platform": func(ctx context.Context, w *world) {
			zhelibanSend(ctx, w, "callback", ecb(secret("zheliban", "aesKey"), `{"requestId":"00000000000000000000000000000000"}`), true)
		},
		"unauthorized": func(ctx context.Context, w *world) {
			zhelibanSend(ctx, w, "order", "", false)
		},
	}
}

var _ = Describe("浙里办", Label("zheliban"), func() {
	var (
		w *world
		c *zheliban.Client
	)
	BeforeEach(func() {
		w = newWorld()
		w.frozen()
		c = zhelibanClient(w.url, adapters.Config{})
	})

	It("starts with twelve reservations, one of them changed and one cancelled", func(ctx SpecContext) {
		rows, err := c.PullReservations(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(rows).To(HaveLen(12))
		status := map[string]int{}
		for _, r := range rows {
			status[r.OrderStatus]++
			Expect(r.RequestID).To(Equal(rows[0].RequestID))
			_, err := r.Fee.Fen()
			Expect(err).NotTo(HaveOccurred())
		}
		Expect(status).To(Equal(map[string]int{zheliban.OrderReserved: 10, zheliban.OrderChanged: 1, zheliban.OrderCancelled: 1}))
	})

	It("gives the same rows under a new batch until they are acknowledged", func(ctx SpecContext) {
		first, err := c.PullReservations(ctx)
		Expect(err).NotTo(HaveOccurred())
		second, err := c.PullReservations(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(serials(second)).To(Equal(serials(first)))
		Expect(second[0].RequestID).NotTo(Equal(first[0].RequestID))

		Expect(c.AcknowledgeReservations(ctx, zheliban.Acknowledgement{SerialNumber: first[3].SerialNumber})).To(Succeed())
		third, err := c.PullReservations(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(third).To(HaveLen(11))
		Expect(serials(third)).NotTo(ContainElement(first[3].SerialNumber))

		Expect(c.AcknowledgeReservations(ctx, zheliban.Acknowledgement{RequestID: third[0].RequestID})).To(Succeed())
		Expect(c.AcknowledgeReservations(ctx, zheliban.Acknowledgement{RequestID: third[0].RequestID})).To(Succeed(), "again is fine (Z-36)")
		rest, err := c.PullReservations(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(rest).To(BeEmpty())
	})

	It("lets the batch win where both ids are given (Z-35)", func(ctx SpecContext) {
		rows, err := c.PullReservations(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(c.AcknowledgeReservations(ctx, zheliban.Acknowledgement{
			RequestID: rows[0].RequestID, SerialNumber: "no such reservation", Both: true})).To(Succeed())
		rest, err := c.PullReservations(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(rest).To(BeEmpty())
	})

	It("hands each batch over before it acknowledges, and brings changes back", func(ctx SpecContext) {
		var handed []zheliban.Reservation
		sink := func(_ context.Context, b zheliban.Batch) error {
			handed = append(handed, b.Reservations...)
			return nil
		}
		refused := errors.New("disk full")
		_, err := c.Sync(ctx, func(context.Context, zheliban.Batch) error { return refused })
		Expect(err).To(MatchError(refused))
		Expect(w.of("acknowledgeReservations")).To(BeEmpty(), "what the sink did not take is not acknowledged")

		_, err = c.Sync(ctx, sink)
		Expect(err).NotTo(HaveOccurred())
		Expect(handed).To(HaveLen(12))
		known := serials(handed)

		handed = nil
		for range 30 {
			w.Advance(10 * time.Minute)
		}
		_, err = c.Sync(ctx, sink)
		Expect(err).NotTo(HaveOccurred())
		back, fresh := 0, 0
		for _, r := range handed {
			switch {
			case !contains(known, r.SerialNumber):
				fresh++
			default:
				back++
				Expect(r.OrderStatus).To(BeElementOf(zheliban.OrderChanged, zheliban.OrderCancelled))
			}
		}
		Expect(fresh).To(BeNumerically(">", 5), "new reservations appear")
		Expect(back).To(BeNumerically(">", 0), "known ones come back under the same serial number")
	})

	It("fails an arrival and an acknowledgement of what it does not know", func(ctx SpecContext) {
		err := c.ReportArrival(ctx, zheliban.Arrival{SerialNumber: "ZJ99999"})
		var e *adapters.Error
		Expect(errors.As(err, &e)).To(BeTrue())
		Expect(e.Code).To(Equal("500"))
		Expect(c.AcknowledgeReservations(ctx, zheliban.Acknowledgement{SerialNumber: "ZJ99999"})).To(MatchError(adapters.ErrRejected))
		Expect(c.ReportArrival(ctx, zheliban.Arrival{SerialNumber: firstSerial, At: w.Now()})).To(Succeed())
		Expect(c.ReportArrival(ctx, zheliban.Arrival{SerialNumber: firstSerial})).To(Succeed(), "again is fine (Z-50)")
	})

	It("ends a token after 24 hours of the session's clock, and the client gets a new one", func(ctx SpecContext) {
		_, err := c.PullReservations(ctx)
		Expect(err).NotTo(HaveOccurred())
		w.Advance(24 * time.Hour)
		_, err = c.PullReservations(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(w.of("issueToken")).To(HaveLen(2))
		expired := w.of("pullReservations")[1]
		Expect(expired.Error).To(Equal("unauthorized"))
		Expect(expired.Diagnosis.ID).To(Equal("token-expired"))
	})

	It("issues a new token each time, also within one second, and keeps the old one good (Z-25)", func(ctx SpecContext) {
		first, err := c.IssueToken(ctx)
		Expect(err).NotTo(HaveOccurred())
		second, err := c.IssueToken(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(second.Value).NotTo(Equal(first.Value))
		for _, token := range []string{first.Value, second.Value} {
			w.send(sent{http.MethodPost, "/reservation/sync/order", "", header("ACCESS-TOKEN", token)})
			Expect(w.last().Outcome).To(Equal("ok"))
		}
	})

	It("keeps tokens apart: one of another session is refused, one alone finds its session", func(ctx SpecContext) {
		token, err := c.IssueToken(ctx)
		Expect(err).NotTo(HaveOccurred())
		other := newWorld()
		other.mayProvoke("session-conflict")
		reply := other.send(sent{http.MethodPost, "/reservation/sync/order", "", header("ACCESS-TOKEN", token.Value)})
		Expect(reply.header.Get("Understudy-Refusal")).To(Equal("session-conflict"))

		before := len(w.of("pullReservations"))
		bare := &world{Session: w.Session, url: played.http.URL}
		Expect(bare.send(sent{http.MethodPost, "/reservation/sync/order", "", header("ACCESS-TOKEN", token.Value)}).status).To(Equal(200))
		Expect(w.of("pullReservations")).To(HaveLen(before + 1))
	})

	for _, form := range []struct {
		name   string
		config zheliban.Config
	}{
		{"a form field", zheliban.Config{RequestForm: zheliban.FormField, FormField: "param"}},
		{"a quoted JSON string", zheliban.Config{RequestForm: zheliban.QuotedJSON}},
		{"text/plain", zheliban.Config{ContentType: "text/plain"}},
		{"an empty sealed object for the pull", zheliban.Config{PullBody: zheliban.EmptyObject}},
	} {
		It("takes "+form.name+" as well", func(ctx SpecContext) {
			form.config.BaseURL, form.config.APIKey, form.config.Secret = w.url, secret("zheliban", "apiKey"), secret("zheliban", "secret")
			form.config.AESKey = secret("zheliban", "aesKey")
			other, err := zheliban.New(form.config)
			Expect(err).NotTo(HaveOccurred())
			rows, err := other.PullReservations(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(rows).To(HaveLen(12))
			Expect(other.AcknowledgeReservations(ctx, zheliban.Acknowledgement{RequestID: rows[0].RequestID})).To(Succeed())
		})
	}

	It("answers hutool, which labels raw Base64 as a form, and warns", func() {
		body := ecb(secret("zheliban", "aesKey"), `{"apikey":"`+secret("zheliban", "apiKey")+`","secret":"`+secret("zheliban", "secret")+`"}`)
		Expect(w.send(sent{http.MethodPost, "/reservation/sync/token", body, header("Content-Type", formType)}).status).To(Equal(200))
		Expect(w.last().Outcome).To(Equal("ok"))
		Expect(w.last().Warnings).To(HaveLen(1))
		Expect(w.last().Warnings[0].ID).To(Equal("sealed-labelled-form"))
	})
})

func serials(rows []zheliban.Reservation) []string {
	var list []string
	for _, r := range rows {
		list = append(list, r.SerialNumber)
	}
	return list
}

func contains(list []string, one string) bool {
	for _, s := range list {
		if s == one {
			return true
		}
	}
	return false
}
