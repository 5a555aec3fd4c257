package e2e_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/adapters"
	"understudy/adapters/alihealth"
)

func alihealthConfig(address string, h adapters.Config) alihealth.Config {
	GinkgoHelper()
	return alihealth.Config{BaseURL: address, AppKey: secret("alihealth", "appKey"), AppSecret: secret("alihealth", "appSecret"), HTTP: h}
}

func alihealthClient(c alihealth.Config) *alihealth.Client {
	GinkgoHelper()
	client, err := alihealth.New(c)
	Expect(err).NotTo(HaveOccurred())
	return client
}

func vaccinationDay() alihealth.Day { return alihealth.Day{Year: 2026, Month: time.March, Day: 2} }

func alihealthCaller() caller {
	query := alihealth.Query{Day: vaccinationDay(), OutPovID: "00001"}
	return caller{
		vendor: "alihealth",
		calls: map[string]func(ctx context.Context, address string, h adapters.Config) error{
			"queryAppointments": func(ctx context.Context, address string, h adapters.Config) error {
				page, err := alihealthClient(alihealthConfig(address, h)).QueryAppointments(ctx, query)
				if err == nil && len(page.Appointments) == 0 {
					return errors.New("there is no appointment")
				}
				return err
			},
		},
		stranger: func(ctx context.Context, address string) error {
			c := alihealthConfig(address, adapters.Config{})
			c.AppSecret = "another-secret"
			_, err := alihealthClient(c).QueryAppointments(ctx, query)
			return err
		},
	}
}

// topForm is a good call of the gateway, before it is signed.
func topForm() url.Values {
	GinkgoHelper()
	return url.Values{
		"method": {"alibaba.health.vaccin.appointment.query"}, "app_key": {secret("alihealth", "appKey")}, "v": {"2.0"},
		"sign_method": {"md5"}, "format": {"json"}, "timestamp": {time.Now().In(time.FixedZone("UTC+8", 8*3600)).Format(time.DateTime)},
		"param_query_pov_appointment_record_by_date_req": {`{"day":"2026-03-02","out_pov_id":"00001"}`},
	}
}

func (w *world) postTop(form url.Values) got {
	GinkgoHelper()
	return w.send(sent{http.MethodPost, "/router/rest", form.Encode(), header("Content-Type", formType)})
}

func alihealthCauses() map[string]func(ctx context.Context, w *world) {
	// signed changes a good call, signs it, and sends it.
	signed := func(change func(url.Values)) func(ctx context.Context, w *world) {
		return func(_ context.Context, w *world) {
			form := topForm()
			change(form)
			w.postTop(topSigned(secret("alihealth", "appSecret"), form))
		}
	}
	without := func(name string) func(ctx context.Context, w *world) {
		return signed(func(form url.Values) { form.Del(name) })
	}
	with := func(name, value string) func(ctx context.Context, w *world) {
		return signed(func(form url.Values) { form.Set(name, value) })
	}
	const business = "param_query_pov_appointment_record_by_date_req"
	return map[string]func(ctx context.Context, w *world){
		"missing-method":    without("method"),
		"invalid-method":    with("method", "alibaba.health.vaccin.nothing"),
		"invalid-format":    with("format", "yaml"),
		"missing-app-key":   without("app_key"),
		"invalid-app-key":   with("app_key", "87654321"),
		"missing-timestamp": without("timestamp"),
		"invalid-timestamp": with("timestamp", time.Now().Add(-11*time.Minute).In(time.FixedZone("UTC+8", 8*3600)).Format(time.DateTime)),
		"missing-version":   without("v"),
		"invalid-version":   with("v", "1.0"),
		"missing-signature": func(_ context.Context, w *world) { w.postTop(topForm()) },
		"invalid-signature": func(_ context.Context, w *world) {
			form := topSigned(secret("alihealth", "appSecret"), topForm())
			form.Set("v", "2.0 ")
			w.postTop(form)
		},
		"missing-required-arguments": without(business),
		"invalid-arguments":          with(business, `{"day":"2026-03-02","out_pov_id":"00001","page_size":201}`),
		"http-action-not-allowed": func(_ context.Context, w *world) {
			w.send(sent{http.MethodPut, "/router/rest", "", nil})
		},
	}
}

var _ = Describe("Alibaba Health", Label("alihealth"), func() {
	var w *world
	BeforeEach(func() { w = newWorld() })

	It("gives the same appointments in every format, by every signature and from every place", func(ctx SpecContext) {
		w.frozen()
		query := alihealth.Query{Day: vaccinationDay(), OutPovID: "00001", PageSize: 20}
		want, err := alihealthClient(alihealthConfig(w.url, adapters.Config{})).QueryAppointments(ctx, query)
		Expect(err).NotTo(HaveOccurred())
		Expect(want.Appointments).NotTo(BeEmpty())
		calls := 1
		for _, format := range []alihealth.Format{alihealth.JSON, alihealth.XML} {
			for _, method := range []alihealth.SignMethod{alihealth.MD5, alihealth.HMACMD5, alihealth.HMACSHA256} {
				for _, form := range []alihealth.RequestForm{alihealth.FormBody, alihealth.SystemInQuery, alihealth.GetQuery} {
					for _, simplify := range []bool{false, true} {
						if simplify && format == alihealth.XML {
							continue // the switch speaks of JSON only
						}
						c := alihealthConfig(w.url, adapters.Config{})
						c.Format, c.SignMethod, c.RequestForm, c.Simplify = format, method, form, simplify
						page, err := alihealthClient(c).QueryAppointments(ctx, query)
						Expect(err).NotTo(HaveOccurred())
						Expect(page.Appointments).To(Equal(want.Appointments))
						Expect(*page.Total).To(Equal(*want.Total))
						Expect(page.RequestID).NotTo(BeEmpty())
						calls++
					}
				}
			}
		}
		Expect(w.of("queryAppointments")).To(HaveLen(calls))
	})

	It("pages through a whole day, each appointment once", func(ctx SpecContext) {
		points, biggest := 0, 0
		for _, point := range []string{"00001", "00002", "00003", "00004"} {
			c := alihealthClient(alihealthConfig(w.url, adapters.Config{}))
			seen := map[string]bool{}
			for a, err := range c.Appointments(ctx, alihealth.Query{Day: vaccinationDay(), OutPovID: point, PageSize: 30}) {
				Expect(err).NotTo(HaveOccurred())
				Expect(seen).NotTo(HaveKey(a.AppointmentID))
				seen[a.AppointmentID] = true
				Expect(a.OutPovID).To(Equal(point), "leading zeros count (A-28)")
				Expect(a.Day).To(Equal(vaccinationDay()))
				_, _, err := a.Period.Parse()
				Expect(err).NotTo(HaveOccurred())
			}
			first, err := c.QueryAppointments(ctx, alihealth.Query{Day: vaccinationDay(), OutPovID: point})
			Expect(err).NotTo(HaveOccurred())
			Expect(*first.Total).To(BeEquivalentTo(len(seen)))
			Expect(len(seen)).To(And(BeNumerically(">=", 1), BeNumerically("<=", 400)))
			biggest = max(biggest, len(seen))
			points++
		}
		Expect(points).To(Equal(4))
		Expect(biggest).To(BeNumerically(">", 30), "no point had more than one page: paging was not tried")
	})

	It("answers XML when no format is named (A-19), lists within their element", func() {
		form := topForm()
		form.Del("format")
		reply := w.postTop(topSigned(secret("alihealth", "appSecret"), form))
		Expect(reply.header.Get("Content-Type")).To(HavePrefix("text/xml"))
		Expect(reply.body).To(ContainSubstring("<alibaba_health_vaccin_appointment_query_response><result><model>"))
		Expect(reply.body).To(ContainSubstring("<data_list><pov_appointment_record_dto>"))
	})

	It("wraps the list in JSON, but not when simplified", func() {
		Expect(w.postTop(topSigned(secret("alihealth", "appSecret"), topForm())).body).To(ContainSubstring(`"data_list":{"pov_appointment_record_dto":[{`))
		form := topForm()
		form.Set("simplify", "true")
		Expect(w.postTop(topSigned(secret("alihealth", "appSecret"), form)).body).To(ContainSubstring(`"data_list":[{`))
	})

	It("puts an error into its response object, with the id of the request", func() {
		form := topForm()
		form.Set("sign", strings.Repeat("0", 32))
		reply := w.postTop(form)
		Expect(reply.status).To(Equal(http.StatusOK))
		Expect(reply.body).To(MatchRegexp(`^\{"error_response":\{"code":25,"msg":"Invalid Signature","request_id":"[0-9a-z]+"\}\}$`))
		Expect(reply.header.Get("Understudy-Diagnosis")).To(HavePrefix("signature-"))
	})

	It("names the mistake that reproduces a wrong signature", func() {
		for mistake, change := range map[string]func(url.Values){
			"signature-lower-case": func(f url.Values) { f.Set("sign", strings.ToLower(f.Get("sign"))) },
			"signature-without-session": func(f url.Values) {
				f.Set("session", "a-session")
			},
		} {
			form := topSigned(secret("alihealth", "appSecret"), topForm())
			change(form)
			w.postTop(form)
			Expect(w.last().Diagnosis.ID).To(Equal(mistake))
			Expect(w.last().Diagnosis.Text("en")).NotTo(ContainSubstring(secret("alihealth", "appSecret")))
		}
	})

	It("measures a signature's time on real time, whatever the session's clock says", func(ctx SpecContext) {
		w.frozen()
		_, err := alihealthClient(alihealthConfig(w.url, adapters.Config{})).QueryAppointments(ctx, alihealth.Query{Day: vaccinationDay(), OutPovID: "1"})
		Expect(err).NotTo(HaveOccurred())
		c := alihealthConfig(w.url, adapters.Config{})
		c.Now = w.Now
		_, err = alihealthClient(c).QueryAppointments(ctx, alihealth.Query{Day: vaccinationDay(), OutPovID: "1"})
		Expect(err).To(HaveOccurred())
		Expect(w.last().Diagnosis.ID).To(Equal("timestamp-stale"))
	})

	It("gives an empty page beyond the end, without a list", func(ctx SpecContext) {
		page, err := alihealthClient(alihealthConfig(w.url, adapters.Config{})).QueryAppointments(ctx, alihealth.Query{Day: vaccinationDay(), OutPovID: "00001", Page: 1000})
		Expect(err).NotTo(HaveOccurred())
		Expect(page.Appointments).To(BeEmpty())
		Expect(*page.Total).To(BeNumerically(">", 0))
		Expect(w.last().Outcome).To(Equal("ok"))
	})
})
