package e2e_test

import (
	"cmp"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

const benchAppSecret = "development-app-secret"

// benchQuery is alihealth's query as one writes it by hand: the form parsed, the signature made again and compared, the
// parameters checked, a page of the day's rows put together and marshalled from structs.
type benchQuery struct {
	days map[benchDay][]benchAppointment
}

// benchDay is what has a book of its own.
type benchDay struct{ point, day string }

type benchAppointment struct {
	PickCode          string `json:"pick_code,omitempty"`
	OutPovID          string `json:"out_pov_id"`
	PickStatus        int    `json:"pick_status"`
	AppointmentPeriod string `json:"appointment_period"`
	AppointmentTime   string `json:"appointment_time"`
	AppointmentID     string `json:"appointment_id"`
	Name              string `json:"name"`
}

type benchQueryReply struct {
	Response struct {
		Result struct {
			Model struct {
				PageNum  int `json:"page_num"`
				PageSize int `json:"page_size"`
				Total    int `json:"total"`
				List     struct {
					Rows []benchAppointment `json:"pov_appointment_record_dto"`
				} `json:"data_list"`
			} `json:"model"`
			Success bool `json:"success"`
		} `json:"result"`
		RequestID string `json:"request_id"`
	} `json:"alibaba_health_vaccin_appointment_query_response"`
}

type benchQueryFailure struct {
	Response struct {
		Code      int    `json:"code"`
		Msg       string `json:"msg"`
		SubCode   string `json:"sub_code,omitempty"`
		RequestID string `json:"request_id"`
	} `json:"error_response"`
}

func newBenchQuery(rows json.RawMessage) http.Handler {
	var list []benchAppointment
	if err := json.Unmarshal(rows, &list); err != nil {
		panic(err)
	}
	h := &benchQuery{days: map[benchDay][]benchAppointment{}}
	for _, a := range list {
		at := benchDay{a.OutPovID, a.AppointmentTime}
		h.days[at] = append(h.days[at], a)
	}
	e := echo.New()
	e.POST("/router/rest", h.query)
	return e
}

func (h *benchQuery) query(c echo.Context) error {
	text, err := io.ReadAll(io.LimitReader(c.Request().Body, 1<<20))
	if err != nil {
		return err
	}
	form, err := url.ParseQuery(string(text))
	if err != nil {
		return h.fail(c, 40, "Missing Required Arguments", "")
	}
	sent, err := time.ParseInLocation(time.DateTime, form.Get("timestamp"), time.FixedZone("UTC+8", 8*3600))
	switch {
	case form.Get("method") != "alibaba.health.vaccin.appointment.query":
		return h.fail(c, 22, "Invalid Method", "")
	case form.Get("app_key") != "12345678":
		return h.fail(c, 29, "Invalid App Key", "")
	case form.Get("v") != "2.0" || form.Get("format") != "json" || form.Get("sign_method") != "hmac":
		return h.fail(c, 41, "Invalid Arguments", "")
	case err != nil || time.Since(sent).Abs() > 10*time.Minute:
		return h.fail(c, 31, "Invalid Timestamp", "")
	case !hmac.Equal([]byte(form.Get("sign")), []byte(benchSignature(form))):
		return h.fail(c, 25, "Invalid Signature", "")
	}
	var asked struct {
		Day      string `json:"day"`
		OutPovID string `json:"out_pov_id"`
		PageNum  int    `json:"page_num"`
		PageSize int    `json:"page_size"`
	}
	if err := json.Unmarshal([]byte(form.Get("param_query_pov_appointment_record_by_date_req")), &asked); err != nil {
		return h.fail(c, 41, "Invalid Arguments", "isv.invalid-parameter")
	}
	page, size := cmp.Or(asked.PageNum, 1), cmp.Or(asked.PageSize, 200)
	if _, err := time.Parse(time.DateOnly, asked.Day); err != nil || asked.OutPovID == "" || page < 1 || size < 1 || size > 200 {
		return h.fail(c, 41, "Invalid Arguments", "isv.invalid-parameter")
	}
	all := h.days[benchDay{asked.OutPovID, asked.Day}]
	first := min((page-1)*size, len(all))
	var reply benchQueryReply
	model := &reply.Response.Result.Model
	model.PageNum, model.PageSize, model.Total = page, size, len(all)
	model.List.Rows = make([]benchAppointment, 0, size)
	for _, a := range all[first:min(first+size, len(all))] {
		if a.PickStatus != 0 {
			a.PickCode = ""
		}
		model.List.Rows = append(model.List.Rows, a)
	}
	reply.Response.Result.Success = true
	reply.Response.RequestID = benchRequestID()
	return h.answer(c, &reply)
}

func (h *benchQuery) fail(c echo.Context, code int, message, subCode string) error {
	var failure benchQueryFailure
	failure.Response.Code, failure.Response.Msg, failure.Response.SubCode = code, message, subCode
	failure.Response.RequestID = benchRequestID()
	return h.answer(c, &failure)
}

func (h *benchQuery) answer(c echo.Context, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Length", strconv.Itoa(len(text)))
	return c.Blob(http.StatusOK, "application/json", text)
}

// benchRequestID is an id as long as that of the simulator.
func benchRequestID() string {
	var id [8]byte
	if _, err := rand.Read(id[:]); err != nil {
		panic(err)
	}
	return hex.EncodeToString(id[:])
}

// benchSignature signs a form with HMAC-MD5: names in order, each with its value, in upper-case hex.
func benchSignature(form url.Values) string {
	names := make([]string, 0, len(form))
	for name := range form {
		if name != "sign" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var text strings.Builder
	for _, name := range names {
		if v := form.Get(name); v != "" {
			text.WriteString(name)
			text.WriteString(v)
		}
	}
	mac := hmac.New(md5.New, []byte(benchAppSecret))
	mac.Write([]byte(text.String()))
	return fmt.Sprintf("%X", mac.Sum(nil))
}
