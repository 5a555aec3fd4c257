package eazytec_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"understudy/adapters"
	"understudy/adapters/eazytec"
)

func message() eazytec.Message {
	return eazytec.Message{
		AppID: "demo_app_client", AppName: "演示应用", Title: "会议通知", Body: "<p>周五下午两点开会</p>", Sender: "演示办公室",
		Category: eazytec.MeetingNotice, Level: eazytec.Ordinary, NeedPush: eazytec.Yes,
		Recipient:      eazytec.Recipient{OrgID: "org-1", CompanyIDs: []string{"company-1"}},
		HasAttachments: eazytec.Yes, Attachments: []eazytec.Attachment{{Name: "议程", Path: "files.example/agenda"}},
		From: eazytec.Party{UserID: "user-1", UserType: eazytec.Government, OrgID: "org-1"},
		To:   []eazytec.Party{{UserID: "user-2", UserType: eazytec.Enterprise, OrgID: "company-1"}},
	}
}

func ExampleClient_Send() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Method, r.URL.Path)
		fmt.Fprint(w, `{"data":"outbox-1","msg":"success","oK":true,"status":200}`)
	}))
	defer server.Close()

	client, err := eazytec.New(eazytec.Config{Domain: eazytec.On(server.URL), Tokens: adapters.StaticToken("made-up")})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(client.Send(context.Background(), message()))
	// Output:
	// POST /AGCS_zqc/v3_1/msgcenter/send
	// outbox-1 <nil>
}

// A message that may have gone out is not sent again: look into the outbox first.
func ExampleClient_Send_unknownOutcome() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	defer server.Close()

	client, err := eazytec.New(eazytec.Config{Domain: eazytec.On(server.URL), Tokens: adapters.StaticToken("made-up")})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Send(context.Background(), message())
	fmt.Println(errors.Is(err, adapters.ErrUnknownOutcome), err)
	// Output: true eazytec sendMessage: unavailable, outcome unknown [HTTP 502]
}
