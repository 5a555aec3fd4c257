package weixiao_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"understudy/adapters"
	"understudy/adapters/weixiao"
)

// hub stands in for the hub and knows one project.
func hub() *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /wx/push/queryPushProject", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"success":true,"message":"success","code":"0","data":[{"id":1,"url":"https://library.example/push","project":"library","statu":0}]}`)
	})
	mux.HandleFunc("POST /wx/push/addPushProject", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("project") == "library" {
			fmt.Fprint(w, `{"success":false,"message":"数据已存在","code":"16000","data":null}`)
			return
		}
		fmt.Fprintf(w, `{"success":true,"message":"success","code":"0","data":{"id":2,"url":%q,"project":%q,"statu":0}}`, r.FormValue("url"), r.FormValue("project"))
	})
	mux.HandleFunc("PUT /wx/push/updatePushProject", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"success":true,"message":"success","code":"0","data":{"id":1,"url":"https://library.example/push","project":"library","statu":1}}`)
	})
	mux.HandleFunc("DELETE /wx/push/deletePushProject", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"success":false,"message":"数据不存在","code":"16000","data":null}`)
	})
	return httptest.NewServer(mux)
}

func newClient(base string) *weixiao.Client {
	client, err := weixiao.New(weixiao.Config{BaseURL: base, AppKey: "0123456789ABCDEF", AppSecret: "00112233445566778899AABBCCDDEEFF"})
	if err != nil {
		panic(err)
	}
	return client
}

func ExampleClient_ListPushProjects() {
	server := hub()
	defer server.Close()

	projects, err := newClient(server.URL).ListPushProjects(context.Background())
	fmt.Printf("%+v %v\n", projects, err)
	// Output: [{ID:1 URL:https://library.example/push Name:library Status:0}] <nil>
}

func ExampleClient_AddPushProject() {
	server := hub()
	defer server.Close()
	client := newClient(server.URL)

	project, err := client.AddPushProject(context.Background(), weixiao.NewProject{URL: "https://canteen.example/push", Name: "canteen"})
	fmt.Println(project.ID, project.Name, err)
	_, err = client.AddPushProject(context.Background(), weixiao.NewProject{URL: "https://library.example/push", Name: "library"})
	fmt.Println(errors.Is(err, adapters.ErrConflict), err)
	// Output:
	// 2 canteen <nil>
	// true weixiao addPushProject: already exists: code 16000: "数据已存在" [HTTP 200]
}

func ExampleClient_UpdatePushProject() {
	server := hub()
	defer server.Close()

	project, err := newClient(server.URL).UpdatePushProject(context.Background(), weixiao.ProjectChange{ID: 1, Status: new(weixiao.Disabled)})
	fmt.Println(project.Name, project.Status == weixiao.Disabled, err)
	// Output: library true <nil>
}

func ExampleClient_DeletePushProject() {
	server := hub()
	defer server.Close()

	err := newClient(server.URL).DeletePushProject(context.Background(), 9)
	fmt.Println(errors.Is(err, adapters.ErrNotFound))
	// Output: true
}

func ExampleReceiver() {
	seen := map[string]bool{}
	receiver, err := weixiao.NewReceiver(weixiao.ReceiverConfig{
		AppKey: "0123456789ABCDEF", AppSecret: "00112233445566778899AABBCCDDEEFF",
		Handler: func(_ context.Context, e weixiao.Event) error {
			if seen[e.Key] { // a real handler keeps the keys where it keeps the data, and expects concurrent calls
				fmt.Println("again", e.Type)
				return nil
			}
			switch e.Type {
			case weixiao.AddOrg, weixiao.UpdateOrg:
				org, err := e.Organization()
				if err != nil {
					return err
				}
				fmt.Println(e.Type, org.ID, org.Name, org.ParentID)
			default:
				fmt.Println(e.Type, string(e.Payload))
			}
			seen[e.Key] = true
			return nil // stored: only now is the push accepted
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/wx/wxc/receive", receiver)
	server := httptest.NewServer(mux)
	defer server.Close()

	push := weixiao.Push{SchoolCode: "1000000001", Event: weixiao.AddOrg, Payload: []byte(`{"id":1001,"name":"图书馆","parent_id":"0"}`)}
	for range 2 {
		if err := newClient(server.URL).ReceivePush(context.Background(), push); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// addOrg 1001 图书馆 0
	// again addOrg
}

func ExampleClient_ReceivePush() {
	receiver, err := weixiao.NewReceiver(weixiao.ReceiverConfig{
		AppKey: "0123456789ABCDEF", AppSecret: "00112233445566778899AABBCCDDEEFF",
		Handler: func(context.Context, weixiao.Event) error { return errors.New("the database is down") },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(receiver)
	defer server.Close()

	err = newClient(server.URL).ReceivePush(context.Background(), weixiao.Push{
		SchoolCode: "1000000001", Event: weixiao.DeleteUser, Payload: []byte(`{"card_number":"T0000001"}`),
	})
	fmt.Println(err)
	// Output: weixiao receivePush: rejected by the vendor: code 11006: "消费者消费异常" [HTTP 200]
}
