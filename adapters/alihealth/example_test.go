package alihealth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"understudy/adapters"
	"understudy/adapters/alihealth"
)

// gateway stands in for the platform: two pages of one row for the vaccination point 00001, an error for any other.
func gateway() *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /router/rest", func(w http.ResponseWriter, r *http.Request) {
		query := r.FormValue("param_query_pov_appointment_record_by_date_req")
		if !strings.Contains(query, `"out_pov_id":"00001"`) {
			fmt.Fprint(w, `{"error_response":{"code":41,"msg":"Invalid Arguments","sub_code":"isv.invalid-parameter","sub_msg":"非法参数","request_id":"made-up"}}`)
			return
		}
		row := `{"appointment_id":"P0001","out_pov_id":"00001","name":"测试甲","pick_status":0,"pick_code":"A1","appointment_time":"2026-03-02","appointment_period":"08:00-08:30"}`
		if strings.Contains(query, `"page_num":2,`) {
			row = `{"appointment_id":"P0002","out_pov_id":"00001","name":"测试乙","pick_status":1,"appointment_time":"2026-03-02","appointment_period":"08:30-09:00"}`
		}
		fmt.Fprint(w, `{"alibaba_health_vaccin_appointment_query_response":{"request_id":"made-up","result":{"success":true,
			"model":{"total":2,"data_list":{"pov_appointment_record_dto":[`+row+`]}}}}}`)
	})
	return httptest.NewServer(mux)
}

func newClient(base string) *alihealth.Client {
	client, err := alihealth.New(alihealth.Config{BaseURL: base, AppKey: "key", AppSecret: "secret"})
	if err != nil {
		panic(err)
	}
	return client
}

func ExampleClient_Appointments() {
	server := gateway()
	defer server.Close()
	client := newClient(server.URL)

	day := alihealth.Day{Year: 2026, Month: time.March, Day: 2}
	query := alihealth.Query{Day: day, OutPovID: "00001", PageSize: 1}
	for a, err := range client.Appointments(context.Background(), query) {
		if err != nil {
			fmt.Println(err) // what came before is good, but not all there is
			break
		}
		start, end, err := a.Slot()
		fmt.Println(a.AppointmentID, start.Format("15:04"), end.Sub(start), a.PickStatus == alihealth.PickTaken, err)
	}
	// Output:
	// P0001 08:00 30m0s true <nil>
	// P0002 08:30 30m0s false <nil>
}

func ExampleClient_QueryAppointments() {
	server := gateway()
	defer server.Close()
	client := newClient(server.URL)

	day, err := adapters.ParseDay("2026-03-02")
	if err != nil {
		panic(err)
	}
	page, err := client.QueryAppointments(context.Background(), alihealth.Query{Day: day, OutPovID: "00001", Page: 2, PageSize: 1})
	fmt.Println(page.Appointments, *page.Total, err)

	_, err = client.QueryAppointments(context.Background(), alihealth.Query{Day: day, OutPovID: "1"})
	var e *adapters.Error
	if errors.As(err, &e) {
		fmt.Println(e.Condition, e.Code, e.SubCode, e.Fault, e.Retryable, errors.Is(err, alihealth.ErrPlatform))
	}
	fmt.Println(err)
	// Output:
	// [appointment P0002] 2 <nil>
	// invalid request 41 isv.invalid-parameter caller false true
	// alihealth queryAppointments: invalid request: code 41 (isv.invalid-parameter): "Invalid Arguments: 非法参数" [HTTP 200] [request made-up]: said by the platform in error_response
}
