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
	"understudy/adapters/zheliban"
)

func zhelibanClauses() map[string]clause {
	asks := map[string]string{
		"issueToken": "invalid-data", "pullReservations": "invalid-order-data",
		"acknowledgeReservations": "contact-platform", "reportArrival": "contact-platform",
	}
	rows := func(ctx context.Context, w *world) any { return w.pulled(ctx, w.zheliban()) }
	return map[string]clause{
		"Z-1": {asks: asks},
		"Z-3": {asks: asks},
		"Z-6": {
			says: func(ctx context.Context, w *world) []said {
				return []said{
					w.failsAt("pullReservations", "unauthorized", w.sealed("pullReservations", `{}`, "")),
					w.failsAt("issueToken", "invalid-data", w.sealed("issueToken", `{"apikey":"a","secret":"b"}`, "")),
					w.failsAt("reportArrival", "contact-platform", w.sealed("reportArrival", `{"serialNumber":"ZJ99999"}`, w.token(ctx))),
				}
			},
			reads: func(ctx context.Context, w *world) any {
				GinkgoHelper()
				return []adapters.Error{
					failed(w.zheliban().ReportArrival(ctx, zheliban.Arrival{SerialNumber: "ZJ99999"})),
					failed(w.zheliban(func(c *zheliban.Config) { c.Secret = "another" }).AcknowledgeReservations(ctx, zheliban.Acknowledgement{SerialNumber: firstSerial})),
				}
			},
		},
		"Z-15": {
			says: func(ctx context.Context, w *world) []said {
				return []said{
					heard("issueToken", w.send(w.sealed("issueToken", goodBodies()["issueToken"], ""))),
					heard("pullReservations", w.send(w.sealed("pullReservations", `{}`, w.token(ctx)))),
					heard("reportArrival", w.send(w.sealed("reportArrival", goodBodies()["reportArrival"], w.token(ctx)))),
				}
			},
			reads: rows,
		},
		"Z-19": {
			says: func(_ context.Context, w *world) []said {
				return []said{w.failsAt("pullReservations", "unauthorized", w.sealed("pullReservations", `{}`, "no-token"))}
			},
			reads: func(ctx context.Context, w *world) any {
				GinkgoHelper()
				c := w.zheliban()
				first := w.pulled(ctx, c)
				w.Advance(24 * time.Hour)
				second := w.pulled(ctx, c)
				Expect(w.of("issueToken")).To(HaveLen(2), "the token that had ended was renewed")
				Expect(w.of("pullReservations")).To(HaveLen(3))
				return [][]zheliban.Reservation{first, second}
			},
		},
		"Z-40": {
			says: func(ctx context.Context, w *world) []said {
				return []said{heard("pullReservations", w.send(w.sealed("pullReservations", `{}`, w.token(ctx))))}
			},
			reads: rows,
		},
	}
}

func zhelibanReadings() map[string]reading {
	carried := func(form zheliban.RequestForm) clients {
		return clients{zheliban: func(c *zheliban.Config) {
			if c.RequestForm = form; form == zheliban.FormField {
				c.FormField = "param"
			}
		}}
	}
	// sends writes good calls with a carrier and a label; "" takes what the session reads.
	sends := func(carrier string, labels ...string) func(context.Context, *world, string) []sent {
		return func(ctx context.Context, w *world, operation string) []sent {
			token := ""
			if operation != "issueToken" {
				token = w.token(ctx)
			}
			var list []sent
			for _, label := range labels {
				list = append(list, w.carried(carrier, label, operation, goodBodies()[operation], token))
			}
			return list
		}
	}
	const orders, sealed, success = "pullReservations", `^200 text/plain;charset=UTF-8 sealed \{`, `"result":`
	codes := func(code string) string {
		var all []string
		for _, name := range []string{"cardType", "sexCode", "married", "orderStatus", "payType"} {
			all = append(all, name+`\\?":`+code+`,`) // in the text of Z-15 each quote has a stroke before it
		}
		return strings.Join(all, ".*")
	}
	return map[string]reading{
		"Z-1=body":   {clients: carried(zheliban.RawBody), sends: sends("body", ""), refuses: map[string]string{"form": "sealed-form-field", "quoted": "sealed-quoted"}},
		"Z-1=form":   {clients: carried(zheliban.FormField), sends: sends("form", ""), refuses: map[string]string{"body": "sealed-carrier", "quoted": "sealed-carrier"}},
		"Z-1=quoted": {clients: carried(zheliban.QuotedJSON), sends: sends("quoted", ""), refuses: map[string]string{"body": "sealed-carrier", "form": "sealed-carrier"}},
		"Z-3=any": {
			clients: clients{zheliban: func(c *zheliban.Config) {
				if c.RequestForm != zheliban.FormField { // which has a label of its own
					c.ContentType = "text/plain"
				}
			}},
			sends: sends("", "text/plain", "application/octet-stream", "none"), refuses: map[string]string{"strict": ""},
		},
		"Z-3=strict": {
			clients: clients{zheliban: func(c *zheliban.Config) { c.ContentType = "application/json; charset=UTF-8" }},
			sends:   sends("", "application/json", jsonType), refuses: map[string]string{"any": "content-type-wrong"},
		},
		"Z-6=sealed":  {form: map[string]string{orders: sealed, "issueToken": sealed, "reportArrival": sealed}},
		"Z-6=plain":   {form: map[string]string{orders: `json\S* \{`, "issueToken": `json\S* \{`, "reportArrival": `json\S* \{`}},
		"Z-15=object": {form: map[string]string{"issueToken": sealed + `.*` + success + `\{"expire":`, orders: success + `\[\{"requestId":"`, "reportArrival": success + `null[,}]`}},
		"Z-15=text":   {form: map[string]string{"issueToken": sealed + `.*` + success + `"\{\\"expire\\":`, orders: success + `"\[\{\\"requestId\\":\\"`, "reportArrival": success + `null[,}]`}},
		"Z-19=401":    {form: map[string]string{orders: `^200 .*"code":401[,}]`}},
		"Z-19=http":   {form: map[string]string{orders: `^401 .*"code":401[,}]`}},
		"Z-19=data":   {form: map[string]string{orders: `^200 .*"code":50002[,}]`}},
		"Z-40=number": {form: map[string]string{orders: codes(`\d+`)}},
		"Z-40=text":   {form: map[string]string{orders: codes(`\\?"\d+\\?"`)}},
	}
}

// goodBodies are what a good call of each operation says, opened.
func goodBodies() map[string]string {
	GinkgoHelper()
	return map[string]string{
		"issueToken":              `{"apikey":"` + secret("zheliban", "apiKey") + `","secret":"` + secret("zheliban", "secret") + `"}`,
		"pullReservations":        `{}`,
		"acknowledgeReservations": `{"serialNumber":"` + firstSerial + `"}`,
		"reportArrival":           `{"serialNumber":"` + firstSerial + `"}`,
	}
}

// carried writes a sealed call. An empty carrier or label is what the session's readings ask for; the label none is none.
func (w *world) carried(carrier, label, operation, text, token string) sent {
	GinkgoHelper()
	chosen := w.Info().Readings
	if carrier == "" {
		carrier = chosen["Z-1"]
	}
	body := ecb(secret("zheliban", "aesKey"), text)
	usual := jsonType
	switch carrier {
	case "form":
		body, usual = "param="+url.QueryEscape(body), formType
	case "quoted":
		body = `"` + body + `"`
	}
	if chosen["Z-3"] == "strict" {
		usual = jsonType
	}
	h := header("Content-Type", usual)
	switch label {
	case "":
	case "none":
		h.Del("Content-Type")
	default:
		h.Set("Content-Type", label)
	}
	if token != "" {
		h.Set("ACCESS-TOKEN", token)
	}
	path := map[string]string{
		"issueToken": "token", "pullReservations": "order", "acknowledgeReservations": "callback", "reportArrival": "arrival",
	}[operation]
	return sent{http.MethodPost, "/reservation/sync/" + path, body, h}
}

// sealed writes a call as the session reads it.
func (w *world) sealed(operation, text, token string) sent {
	return w.carried("", "", operation, text, token)
}

func (w *world) failsAt(operation, row string, s sent) said {
	GinkgoHelper()
	reply := heard(operation, w.send(s))
	Expect(w.last().Error).To(Equal(row))
	reply.row = row
	return reply
}

// zheliban is a client for what the session reads.
func (w *world) zheliban(more ...func(*zheliban.Config)) *zheliban.Client {
	GinkgoHelper()
	return zhelibanClient(w.url, adapters.Config{}, append(speaking(w.Info().Readings).zheliban, more...)...)
}

func (w *world) token(ctx context.Context) string {
	GinkgoHelper()
	token, err := w.zheliban().IssueToken(ctx)
	Expect(err).NotTo(HaveOccurred())
	Expect(token.Expires).NotTo(BeZero())
	return token.Value
}

// pulled are the rows of a pull without their raw text.
func (w *world) pulled(ctx context.Context, c *zheliban.Client) []zheliban.Reservation {
	GinkgoHelper()
	rows, err := c.PullReservations(ctx)
	Expect(err).NotTo(HaveOccurred())
	Expect(rows).NotTo(BeEmpty())
	for i := range rows {
		rows[i].Raw = nil
	}
	return rows
}

// failed is what a failure says to the caller, without what stands for the wire.
func failed(err error) adapters.Error {
	GinkgoHelper()
	var e *adapters.Error
	Expect(errors.As(err, &e)).To(BeTrue(), "%v is no *adapters.Error", err)
	return adapters.Error{
		Vendor: e.Vendor, Operation: e.Operation, Condition: e.Condition, UnknownOutcome: e.UnknownOutcome, Code: e.Code, SubCode: e.SubCode,
		Message: e.Message, Fault: e.Fault, Retryable: e.Retryable,
	}
}

var _ = Describe("A reading of 浙里办", Label("zheliban"), func() {
	It("takes a form under the JSON label alone where both are chosen (Z-1=form, Z-3=strict)", func(ctx SpecContext) {
		choice := map[string]string{"Z-1": "form", "Z-3": "strict"}
		w := under(choice)
		good := goodBodies()["issueToken"]
		w.takes("issueToken", w.carried("form", "application/json", "issueToken", good, ""))
		w.refuses("issueToken", w.carried("form", formType, "issueToken", good, ""), "invalid-data", "content-type-wrong")
		w.refuses("issueToken", w.carried("body", "application/json", "issueToken", good, ""), "invalid-data", "sealed-carrier")

		_, err := zheliban.New(zheliban.Config{BaseURL: w.url, APIKey: "a", Secret: "b", AESKey: secret("zheliban", "aesKey"),
			RequestForm: zheliban.FormField, FormField: "param", ContentType: "application/json"})
		Expect(err).To(MatchError(adapters.ErrInvalid), "a form that is labelled otherwise is nothing that a client should send")
	})

	It("looks at no label where there is no body (Z-3, Z-4)", func(ctx SpecContext) {
		w := under(map[string]string{"Z-1": "quoted", "Z-3": "strict"})
		w.takes("pullReservations", sent{http.MethodPost, "/reservation/sync/order", "", header("ACCESS-TOKEN", w.token(ctx))})
	})
})
