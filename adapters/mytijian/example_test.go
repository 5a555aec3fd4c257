package mytijian_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"understudy/adapters"
	"understudy/adapters/mytijian"
)

// vendor stands in for the open-api.
func vendor() *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /open-api/V2/ws/agentManager/register", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("accessToken") != "token from the portal" {
			fmt.Fprint(w, `{"success":"F","errCode":"101101","msg":"invalid access token"}`)
			return
		}
		fmt.Fprint(w, `{"success":"T","msg":"success","data":{"result":"00000000-0000-4000-8000-000000000001"}}`)
	})
	mux.HandleFunc("POST /open-api/V2/ws/agentManager/hospitalTaskList", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"success":"T","msg":"success","data":[
			{"id":1,"hospitalId":2,"taskCmd":"orderdone","cronExpression":"0/5 * * * * ?","newTaskParams":{"pageSize":500}},
			{"id":"2","hospitalid":2,"taskCmd":"examitem","cronExpression":"0 0 2 ? * MON"}]}`)
	})
	return httptest.NewServer(mux)
}

func ExampleClient_RegisterAgent() {
	server := vendor()
	defer server.Close()
	agent := mytijian.Agent{HospitalID: 2, Heartbeat: "1", Version: "1.0"}

	// A source is asked for a token when there is none, and once more when the vendor rejects it.
	tokens := []string{"an old token", "token from the portal"}
	source := adapters.TokenFunc(func(context.Context) (adapters.Token, error) {
		next := tokens[0]
		tokens = tokens[1:]
		return adapters.Token{Value: next}, nil
	})
	client, err := mytijian.New(mytijian.Config{BaseURL: server.URL, Tokens: source})
	if err != nil {
		panic(err)
	}
	registration, err := client.RegisterAgent(context.Background(), agent)
	fmt.Println(registration.Result, err)

	// A static token cannot be renewed.
	client, err = mytijian.New(mytijian.Config{BaseURL: server.URL, Tokens: adapters.StaticToken("an old token")})
	if err != nil {
		panic(err)
	}
	_, err = client.RegisterAgent(context.Background(), agent)
	fmt.Println(errors.Is(err, adapters.ErrUnauthorized), err)
	// Output:
	// 00000000-0000-4000-8000-000000000001 <nil>
	// true mytijian registerAgent: unauthorized: code 101101: "invalid access token" [HTTP 200]
}

func ExampleClient_ListHospitalTasks() {
	server := vendor()
	defer server.Close()
	client, err := mytijian.New(mytijian.Config{BaseURL: server.URL, Tokens: adapters.StaticToken("token from the portal")})
	if err != nil {
		panic(err)
	}
	tasks, err := client.ListHospitalTasks(context.Background())
	if err != nil {
		panic(err)
	}
	for _, task := range tasks {
		next, err := task.NextRun(time.Date(2026, 1, 31, 4, 0, 0, 0, time.UTC))
		fmt.Println(task.ID, task.Command, next.Format(time.RFC3339), string(task.Params), err)
	}
	// Output:
	// 1 orderdone 2026-01-31T12:00:05+08:00 {"pageSize":500} <nil>
	// 2 examitem 2026-02-02T02:00:00+08:00  <nil>
}
