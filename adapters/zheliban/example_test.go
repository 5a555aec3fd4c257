package zheliban_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"understudy/adapters"
	"understudy/adapters/zheliban"
)

// vendor stands in for the platform. It answers in plain JSON, which the client reads as well as sealed text.
func vendor() *httptest.Server {
	mux := http.NewServeMux()
	answer := func(path, body string) {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
	}
	answer("/reservation/sync/token", `{"code":200,"message":"操作成功","success":true,"result":{"expire":86400000,"token":"made-up"}}`)
	answer("/reservation/sync/order", `{"code":200,"message":"操作成功","success":true,"result":[
		{"requestId":"b1","serialNumber":"S-1","checkDate":"2026-04-06","examinationFee":2881.00,"orderStatus":1},
		{"requestId":"b2","serialNumber":"S-2","checkDate":"2026-04-07","examinationFee":120.50,"orderStatus":"5"}]}`)
	answer("/reservation/sync/callback", `{"code":200,"message":"操作成功","success":true,"result":null}`)
	answer("/reservation/sync/arrival", `{"code":500,"message":"数据有误，请联系平台"}`)
	return httptest.NewServer(mux)
}

func newClient(base string) *zheliban.Client {
	client, err := zheliban.New(zheliban.Config{BaseURL: base, APIKey: "key", Secret: "secret", AESKey: "0123456789abcdef"})
	if err != nil {
		panic(err)
	}
	return client
}

func ExampleClient_Sync() {
	server := vendor()
	defer server.Close()
	client := newClient(server.URL)

	summary, err := client.Sync(context.Background(), func(_ context.Context, b zheliban.Batch) error {
		for _, r := range b.Reservations {
			fen, err := r.Fee.Fen()
			if err != nil {
				return err
			}
			fmt.Println(b.RequestID, r.SerialNumber, r.CheckDate, r.Fee, fen, r.OrderStatus == zheliban.OrderCancelled)
		}
		return nil // store first: nil lets the batch be acknowledged
	})
	fmt.Println(summary.HandedOver, summary.Acknowledged, err)
	// Output:
	// b1 S-1 2026-04-06 2881.00 288100 false
	// b2 S-2 2026-04-07 120.50 12050 true
	// 2 [b1 b2] <nil>
}

func ExampleClient_PullReservations() {
	server := vendor()
	defer server.Close()
	client := newClient(server.URL)

	rows, err := client.PullReservations(context.Background())
	fmt.Println(len(rows), err)
	err = client.AcknowledgeReservations(context.Background(), zheliban.Acknowledgement{SerialNumber: rows[0].SerialNumber})
	fmt.Println(err)
	// Output:
	// 2 <nil>
	// <nil>
}

func ExampleClient_ReportArrival() {
	server := vendor()
	defer server.Close()
	client := newClient(server.URL)

	err := client.ReportArrival(context.Background(), zheliban.Arrival{SerialNumber: "S-9", At: time.Date(2026, 4, 6, 0, 30, 0, 0, time.UTC)})
	var e *adapters.Error
	if errors.As(err, &e) {
		fmt.Println(e.Condition, e.Code, e.Fault, e.Retryable)
	}
	fmt.Println(err)
	// Output:
	// rejected by the vendor 500 caller false
	// zheliban reportArrival: rejected by the vendor: code 500: "数据有误，请联系平台" [HTTP 200]
}

func ExampleClient_IssueToken() {
	server := vendor()
	defer server.Close()
	client := newClient(server.URL)

	token, err := client.IssueToken(context.Background())
	fmt.Println(token, time.Until(token.Expires).Round(time.Hour), err)
	// Output: adapters.Token{***} 24h0m0s <nil>
}
