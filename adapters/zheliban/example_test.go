package zheliban_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"understudy/adapters"
	"understudy/adapters/zheliban"
)

const aesKey = "0123456789abcdef"

// seal is the platform's cipher: AES/ECB/PKCS5Padding in Base64.
func seal(plain string) string {
	block, err := aes.NewCipher([]byte(aesKey))
	if err != nil {
		panic(err)
	}
	padding := aes.BlockSize - len(plain)%aes.BlockSize
	text := append([]byte(plain), bytes.Repeat([]byte{byte(padding)}, padding)...)
	for at := 0; at < len(text); at += aes.BlockSize {
		block.Encrypt(text[at:], text[at:])
	}
	return base64.StdEncoding.EncodeToString(text)
}

// vendor stands in for the platform.
func vendor() *httptest.Server {
	mux := http.NewServeMux()
	answer := func(path, body string) {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, seal(body)) })
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
	client, err := zheliban.New(zheliban.Config{BaseURL: base, APIKey: "key", Secret: "secret", AESKey: aesKey})
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
	if len(rows) == 0 {
		return
	}
	err = client.AcknowledgeReservations(context.Background(), zheliban.Acknowledgement{SerialNumber: rows[0].SerialNumber})
	fmt.Println(err)
	// Output:
	// 2 <nil>
	// <nil>
}

// Rows that do not fit are told by name and do not keep the others from the sink.
func ExampleClient_Sync_badRow() {
	mux := http.NewServeMux()
	for path, body := range map[string]string{
		"/reservation/sync/token": `{"code":200,"result":{"expire":86400000,"token":"made-up"}}`,
		"/reservation/sync/order": `{"code":200,"result":[{"requestId":"b1","serialNumber":"S-1","checkDate":"soon"},
			{"requestId":"b1","serialNumber":"S-2"}]}`,
		"/reservation/sync/callback": `{"code":200,"result":null}`,
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, seal(body)) })
	}
	server := httptest.NewServer(mux)
	defer server.Close()

	summary, err := newClient(server.URL).Sync(context.Background(), func(_ context.Context, b zheliban.Batch) error {
		fmt.Println(b.Reservations)
		return nil
	})
	var bad *zheliban.RowsError
	if errors.As(err, &bad) {
		fmt.Println(bad.Rows[0].Position, bad.Rows[0].SerialNumber, bad.Rows[0].Err)
	}
	fmt.Println(summary.HandedOver, summary.Acknowledged)
	// Output:
	// [reservation S-2 with order status ]
	// 0 S-1 /result/0/checkDate: expected a day in the form yyyy-MM-dd
	// 1 [b1]
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
