package drive

import (
	"net/http"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/specs"
)

// FuzzReply judges whatever a server may answer: nothing of it may end the program, and every reply has an outcome.
func FuzzReply(f *testing.F) {
	var clients []*Client
	for _, vendor := range specs.Vendors() {
		c, err := specs.Load(vendor)
		if err != nil {
			f.Fatal(err)
		}
		server, err := mock.New(mock.Config{Contracts: []*specs.Contract{c}})
		if err != nil {
			f.Fatal(err)
		}
		credentials, _ := server.Credentials(vendor)
		client, err := New(Config{Contract: c, Credentials: credentials})
		if err != nil {
			f.Fatal(err)
		}
		clients = append(clients, client)
	}
	for i, body := range []string{
		`{"success":true,"message":"success","code":"0","data":[{}]}`, `<a><b>1</b></a>`, `Nzc3Nzc3Nzc3Nzc3Nzc3Nw==`, ``, `[[[[`, `{"error_response":{"code":7}}`,
		`{"alibaba_health_vaccin_appointment_query_response":{"result":{"model":{"data_list":{"pov_appointment_record_dto":[{}]}},"success":true}}}`,
		`{"code":{"a":[]},"message":null,"success":"true","result":"{\"token\":1}"}`,
	} {
		f.Add(uint8(i), 200, "application/json", body)
	}
	f.Fuzz(func(t *testing.T, which uint8, status int, label, body string) {
		client := clients[int(which)%len(clients)]
		for _, op := range client.contract.Operations {
			p, err := client.plan(op.ID)
			if err != nil {
				t.Fatal(err)
			}
			x := &Exchange{
				Request: &Request{Operation: op, plan: p},
				Reply:   &Reply{Status: status, Header: http.Header{"Content-Type": {label}}, Body: []byte(body)},
			}
			if err := client.judge(x); err != nil {
				t.Fatal(err)
			}
			if x.Outcome == "" || x.Summary() == "" || x.Outcome == OK && (status < 200 || status > 299) {
				t.Errorf("%s: %q %s", op.ID, x.Outcome, x.Summary())
			}
		}
	})
}

// FuzzSet places whatever stands on a command line.
func FuzzSet(f *testing.F) {
	c, err := specs.Load("eazytec")
	if err != nil {
		f.Fatal(err)
	}
	client, err := New(Config{Contract: c, Force: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("to.0.userid", "u", "to.1.orgid", "o")
	f.Add("recipient.esNameList.0", "[", `extMap.a\.b`, "{}")
	f.Add("..", "", "to.", "1e999")
	f.Fuzz(func(t *testing.T, first, one, second, other string) {
		values := map[string]any{"Authorization": nil}
		for _, pair := range [][2]string{{first, one}, {second, other}} {
			if err := client.Set("sendMessage", values, pair[0], Text(pair[1])); err != nil && len(pair[1]) > 12 && strings.Contains(err.Error(), pair[1]) && !strings.Contains(pair[0], pair[1]) {
				t.Errorf("the error shows the value: %v", err)
			}
		}
		if _, err := client.Prepare(t.Context(), "sendMessage", values); err != nil {
			t.Log(err)
		}
	})
}
