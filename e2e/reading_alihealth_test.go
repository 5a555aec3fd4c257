package e2e_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/adapters"
	"understudy/adapters/alihealth"
)

func alihealthClauses() map[string]clause {
	// page reads a page with a client whose calls pass through a transport.
	page := func(ctx context.Context, w *world, format alihealth.Format, t http.RoundTripper) []alihealth.Appointment {
		GinkgoHelper()
		c := alihealthConfig(w.url, adapters.Config{Transport: t})
		c.Format, c.SignMethod = format, alihealth.MD5
		p, err := alihealthClient(c).QueryAppointments(ctx, alihealth.Query{Day: vaccinationDay(), OutPovID: "00001", PageSize: 20})
		Expect(err).NotTo(HaveOccurred())
		Expect(p.Appointments).NotTo(BeEmpty())
		return p.Appointments
	}
	return map[string]clause{
		"A-17": {
			says: func(_ context.Context, w *world) []said {
				return []said{heard("queryAppointments", w.postTop(topSigned(secret("alihealth", "appSecret"), topForm())))}
			},
			reads: func(ctx context.Context, w *world) any {
				return [][]alihealth.Appointment{page(ctx, w, alihealth.JSON, nil), page(ctx, w, alihealth.XML, nil)}
			},
		},
		"A-19": {
			says: func(_ context.Context, w *world) []said {
				form := topForm()
				form.Del("format")
				good := heard("queryAppointments", w.postTop(topSigned(secret("alihealth", "appSecret"), form)))
				form.Set("sign", "0")
				bad := heard("queryAppointments", w.postTop(form))
				good.bare, bad.bare, bad.about, bad.row = true, true, "a failure", "invalid-signature"
				return []said{good, bad}
			},
			reads: func(ctx context.Context, w *world) any {
				return [][]alihealth.Appointment{page(ctx, w, alihealth.JSON, nil), page(ctx, w, alihealth.JSON, formatless{}), page(ctx, w, alihealth.XML, formatless{})}
			},
		},
	}
}

func alihealthReadings() map[string]reading {
	const start = `\{"alibaba_health_vaccin_appointment_query_response":\{"result":\{"model":\{`
	return map[string]reading{
		"A-17=wrapped": {form: map[string]string{"queryAppointments": `json\S* ` + start + `.*"data_list":\{"pov_appointment_record_dto":\[\{"`}},
		"A-17=plain":   {form: map[string]string{"queryAppointments": `json\S* ` + start + `.*"data_list":\[\{"`}},
		"A-19=xml": {form: map[string]string{
			"queryAppointments": `^200 text/xml;charset=UTF-8 <\?xml [^>]*><alibaba_health_vaccin_appointment_query_response>`,
			"a failure":         `^200 text/xml;charset=UTF-8 <\?xml [^>]*><error_response><code>25</code>`,
		}},
		"A-19=json": {form: map[string]string{
			"queryAppointments": `^200 application/json\S* ` + start,
			"a failure":         `^200 application/json\S* \{"error_response":\{"code":25,`,
		}},
	}
}

// formatless takes the format out of a client's call, which always names one, and signs it anew.
type formatless struct{}

func (formatless) RoundTrip(r *http.Request) (*http.Response, error) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(text))
	if err != nil {
		return nil, err
	}
	form.Del("format")
	body := topSigned(secret("alihealth", "appSecret"), form).Encode()
	changed := r.Clone(r.Context())
	changed.Body, changed.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	return http.DefaultTransport.RoundTrip(changed)
}
