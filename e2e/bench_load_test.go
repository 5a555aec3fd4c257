package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"understudy/adapters/zheliban"
)

// benchRequest is a request as it travels.
func benchRequest(method, path, body string, headers ...string) []byte {
	text := method + " " + path + " HTTP/1.1\r\nHost: bench\r\n"
	for i := 0; i+1 < len(headers); i += 2 {
		text += headers[i] + ": " + headers[i+1] + "\r\n"
	}
	if method == http.MethodPost {
		text += "Content-Length: " + strconv.Itoa(len(body)) + "\r\n"
	}
	return []byte(text + "\r\n" + body)
}

func benchMessage() benchLoad {
	return benchLoad{requests: [][]byte{
		benchRequest(http.MethodPost, "/AGCS_zqc/v3_1/msgcenter/send", messageOfOneKilobyte(), "Content-Type", jsonType, "Authorization", "Bearer development-token"),
	}}
}

// benchTasks asks for 2 to 20 tasks of a shop that nobody has asked for before.
func benchTasks() benchLoad {
	l := benchLoad{number: len("GET /shops/"), counted: &atomic.Int64{}}
	for page := range 4 {
		for n := benchFewestTasks; n <= benchMostTasks; n++ {
			path := fmt.Sprintf("/shops/00000000/first%d?page=%d", n, page+1)
			l.requests = append(l.requests, benchRequest(http.MethodGet, path, "", "Accept", "application/json"))
		}
	}
	return l
}

// benchItems creates 64 items and asks for them.
func benchItems(b *testing.B, front string) benchLoad {
	b.Helper()
	var l benchLoad
	for i := range 64 {
		item := fmt.Sprintf(`{"name":"item %02d","price":%d.5,"tags":["new","rare"]}`, i, 10+i)
		reply, err := http.Post("http://"+front+"/items", "application/json", strings.NewReader(item))
		if err != nil {
			b.Fatal(err)
		}
		var made struct{ ID int }
		err = json.NewDecoder(reply.Body).Decode(&made)
		_ = reply.Body.Close()
		if err != nil || reply.StatusCode != http.StatusCreated {
			b.Fatalf("an item was not made: status %d, %v", reply.StatusCode, err)
		}
		l.requests = append(l.requests, benchRequest(http.MethodGet, "/items/"+strconv.Itoa(made.ID), "", "Accept", "application/json"))
	}
	return l
}

// benchPullLoad leaves ten reservations that are not acknowledged, and pulls them.
func benchPullLoad(b *testing.B, front string) benchLoad {
	b.Helper()
	c, err := zheliban.New(zheliban.Config{BaseURL: "http://" + front, APIKey: "development-api-key", Secret: "development-secret", AESKey: benchAESKey})
	if err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	rows, err := c.PullReservations(ctx)
	if err != nil {
		b.Fatal(err)
	}
	if len(rows) < 10 {
		b.Fatalf("%d reservations, want 10", len(rows))
	}
	for _, r := range rows[10:] {
		if err := c.AcknowledgeReservations(ctx, zheliban.Acknowledgement{SerialNumber: r.SerialNumber}); err != nil {
			b.Fatal(err)
		}
	}
	token, err := c.IssueToken(ctx)
	if err != nil {
		b.Fatal(err)
	}
	return benchLoad{requests: [][]byte{benchPullRequest(token.Value)}}
}

// benchPullRequest has a sealed body: an object in which nothing is looked at (Z-4).
func benchPullRequest(token string) []byte {
	return benchRequest(http.MethodPost, "/reservation/sync/order", benchSealed("{}"), "Content-Type", jsonType, "ACCESS-TOKEN", token)
}

// benchReservations are the rows that a pull brings, without the id of the batch.
func benchReservations(b *testing.B, p *benchProcess, l benchLoad) json.RawMessage {
	b.Helper()
	var reply struct{ Result []benchReservation }
	if err := json.Unmarshal(benchOpened(b, p.ask(b, l)[0]), &reply); err != nil {
		b.Fatal(err)
	}
	for i := range reply.Result {
		if len(reply.Result[i].RequestID) != 32 {
			b.Fatalf("row %d has no id of its batch", i)
		}
		reply.Result[i].RequestID = ""
	}
	if len(reply.Result) != 10 {
		b.Fatalf("%d rows, want 10", len(reply.Result))
	}
	text, err := json.Marshal(reply.Result)
	if err != nil {
		b.Fatal(err)
	}
	return text
}

// benchQueryLoad asks for the first rows of a day.
func benchQueryLoad(rows int) benchLoad {
	form := url.Values{
		"method": {"alibaba.health.vaccin.appointment.query"}, "app_key": {"12345678"}, "v": {"2.0"}, "sign_method": {"hmac"},
		"format": {"json"}, "timestamp": {time.Now().In(time.FixedZone("UTC+8", 8*3600)).Format(time.DateTime)},
		"param_query_pov_appointment_record_by_date_req": {fmt.Sprintf(`{"day":"2026-03-02","out_pov_id":"00001","page_num":1,"page_size":%d}`, rows)},
	}
	form.Set("sign", benchSignature(form))
	return benchLoad{requests: [][]byte{benchRequest(http.MethodPost, "/router/rest", form.Encode(), "Content-Type", formType)}}
}

// benchAppointments are the rows of a page.
func benchAppointments(b *testing.B, p *benchProcess, l benchLoad) json.RawMessage {
	b.Helper()
	var reply benchQueryReply
	decoder := json.NewDecoder(bytes.NewReader(p.ask(b, l)[0]))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&reply); err != nil {
		b.Fatal(err)
	}
	text, err := json.Marshal(reply.Response.Result.Model.List.Rows)
	if err != nil {
		b.Fatal(err)
	}
	return text
}

// messageOfOneKilobyte is a message as the document shows one, 1 KB long.
func messageOfOneKilobyte() string {
	message := map[string]any{
		"sendData": map[string]any{
			"appid": "zqt", "appname": "政企消息", "title": "关于开展企业年报的通知", "msgtype": 0, "needpush": 0,
			"body": "", "extMap": map[string]any{"source": "bench"},
			"params": map[string]any{
				"sender": "办公室", "recipient": `{"orgId":"org-1","esNameList":["a","b"],"companyIdList":["c-1"],"linkmenTypeList":["t-1"]}`,
				"hasatt": "0", "msgcategory": "政策公示", "msglevel": "普通", "needreply": "0", "needsms": "0",
			},
		},
		"from": map[string]any{"userid": "u-1", "usertype": 1, "orgid": "o-1"},
		"to":   []any{map[string]any{"userid": "u-2", "usertype": 2, "orgid": "o-2"}, map[string]any{"userid": "u-3", "usertype": 2, "orgid": "o-3"}},
	}
	text, _ := json.Marshal(message)
	message["sendData"].(map[string]any)["body"] = strings.Repeat("正文", (1024-len(text))/6)
	text, _ = json.Marshal(message)
	return string(text)
}
