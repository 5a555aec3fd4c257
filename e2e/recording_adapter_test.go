package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/adapters"
	"understudy/adapters/alihealth"
	"understudy/adapters/eazytec"
	"understudy/adapters/mytijian"
	"understudy/adapters/weixiao"
	"understudy/adapters/zheliban"
	"understudy/mock"
	"understudy/mock/play"
	"understudy/mock/record"
)

// visit is what a client of ours does at a vendor, and all that it got but persons and secrets, a line for each answer.
type visit struct {
	// story is the one that does the same.
	story string
	do    func(ctx context.Context, base string, c mock.Credentials, got func(what string, v any, err error))
}

// visits are one for each vendor, by its id.
func visits() map[string]visit {
	return map[string]visit{
		"mytijian":  {"happy-register-and-list", visitMytijian},
		"weixiao":   {"happy-push-forwarded", visitWeixiao},
		"zheliban":  {"happy-pull-and-acknowledge", visitZheliban},
		"alihealth": {"happy-day-in-pages", visitAlihealth},
		"eazytec":   {"happy-send", visitEazytec},
	}
}

func visitMytijian(ctx context.Context, base string, c mock.Credentials, got func(string, any, error)) {
	client := made(mytijian.New(mytijian.Config{BaseURL: base, Tokens: adapters.StaticToken(c["accessTokens"].Tokens[0].Value)}))
	for range 2 {
		r, err := client.RegisterAgent(ctx, mytijian.Agent{HospitalID: 197, Heartbeat: "60", Version: "3.2.1"})
		got("register", r, err)
	}
	for range 2 {
		tasks, err := client.ListHospitalTasks(ctx)
		for i := range tasks {
			tasks[i].Params, tasks[i].Raw = nil, nil // what no contract describes is replaced
		}
		got("tasks", tasks, err)
	}
}

func visitWeixiao(ctx context.Context, base string, c mock.Credentials, got func(string, any, error)) {
	client := made(weixiao.New(weixiao.Config{BaseURL: base, AppKey: c["appKey"].Text, AppSecret: c["appSecret"].Text}))
	p, err := client.AddPushProject(ctx, weixiao.NewProject{URL: usualReceiver, Name: "门禁系统"})
	got("add", p, err)
	push := func(event weixiao.EventType, payload string) {
		got("push", nil, client.ReceivePush(ctx, weixiao.Push{SchoolCode: "1000000001", Event: event, Payload: json.RawMessage(payload)}))
	}
	push(weixiao.AddUser, `{"card_number":"20260001","name":"测试甲","identity_type":1,"identity_title":"学生","gender":2,"organization":[1001],"role":[1],"updated_at":"2026-03-02 08:00:00"}`)
	off := weixiao.Disabled
	p, err = client.UpdatePushProject(ctx, weixiao.ProjectChange{ID: p.ID, Status: &off})
	got("disable", p, err)
	push(weixiao.UpdateUser, `{"card_number":"20260001","name":"测试乙","updated_at":"2026-03-02 08:05:00"}`)
	got("delete", nil, client.DeletePushProject(ctx, p.ID))
}

func visitZheliban(ctx context.Context, base string, c mock.Credentials, got func(string, any, error)) {
	client := made(zheliban.New(zheliban.Config{BaseURL: base, APIKey: c["apiKey"].Text, Secret: c["secret"].Text, AESKey: c["aesKey"].Text}))
	pull := func() []zheliban.Reservation {
		rows, err := client.PullReservations(ctx)
		var seen []any
		for _, r := range rows { // all but the person
			seen = append(seen, []any{r.RequestID, r.SerialNumber, r.CardType, r.SexCode, r.Married, r.HospitalCode, r.HospitalName, r.CheckDate, r.PackageID, r.PackageName, r.AddedIDs, r.Fee, r.OrderStatus, r.PayType, r.DataSources})
		}
		got("pull", seen, err)
		return rows
	}
	rows := pull()
	pull()
	if len(rows) == 0 {
		return
	}
	got("acknowledge", nil, client.AcknowledgeReservations(ctx, zheliban.Acknowledgement{RequestID: rows[0].RequestID}))
	pull()
	for range 2 {
		got("arrival", nil, client.ReportArrival(ctx, zheliban.Arrival{SerialNumber: rows[0].SerialNumber}))
	}
}

func visitAlihealth(ctx context.Context, base string, c mock.Credentials, got func(string, any, error)) {
	client := made(alihealth.New(alihealth.Config{BaseURL: base, AppKey: c["appKey"].Text, AppSecret: c["appSecret"].Text}))
	for _, page := range []int{1, 2, 9999} {
		p, err := client.QueryAppointments(ctx, alihealth.Query{Day: vaccinationDay(), OutPovID: "00001", Page: page, PageSize: 2})
		for i := range p.Appointments {
			p.Appointments[i].Name = "" // the person
		}
		got("page", []any{p.Number, p.Size, p.Total, p.Appointments}, err)
	}
}

func visitEazytec(ctx context.Context, base string, c mock.Credentials, got func(string, any, error)) {
	client := made(eazytec.New(eazytec.Config{Domain: eazytec.On(base), Tokens: adapters.StaticToken(c["tokens"].Tokens[0].Value)}))
	for range 2 {
		id, err := client.Send(ctx, eazytec.Message{
			AppID: "example-application", AppName: "示例应用", Title: "关于召开座谈会的通知", Body: "<p>请各单位派员参加，<b>准时到会</b>。</p>",
			NeedPush: eazytec.Yes, Sender: "示例办公室", Category: eazytec.MeetingNotice, Level: eazytec.Ordinary,
			Recipient: eazytec.Recipient{
				OrgID: "300001", ESNames: []string{"示例标签一", "示例标签二"}, CompanyIDs: []string{"400001", "400002"}, LinkmanTypes: []string{"联系人甲"},
			},
			HasAttachments: eazytec.Yes, Attachments: []eazytec.Attachment{{Name: "议程.pdf", Path: "files/agenda.pdf"}},
			NeedReply: eazytec.Yes, NeedSMS: eazytec.No,
			From: eazytec.Party{UserID: "u-1001", UserType: eazytec.Government, OrgID: "100001"},
			To: []eazytec.Party{
				{UserID: "u-2001", UserType: eazytec.Enterprise, OrgID: "200001"},
				{UserID: "u-2002", UserType: eazytec.Enterprise, OrgID: "200002", DeptID: "d-1"},
			},
		})
		got("send", id, err)
	}
}

// lines are what a visit gets at a stage, on which no call may be refused.
func (s *stage) lines(ctx context.Context, v visit) []string {
	GinkgoHelper()
	var lines []string
	failed := InterceptGomegaFailure(func() { lines = v.lines(ctx, s.front.URL, s.credentials()) })
	s.refusesNothing()
	Expect(failed).NotTo(HaveOccurred())
	return lines
}

// lines are what a visit gets.
func (v visit) lines(ctx context.Context, base string, c mock.Credentials) []string {
	GinkgoHelper()
	var lines []string
	v.do(ctx, base, c, func(what string, value any, err error) {
		text, failed := json.Marshal(value)
		Expect(failed).NotTo(HaveOccurred())
		lines = append(lines, fmt.Sprintf("%s %s %v", what, text, err))
		Expect(err).NotTo(HaveOccurred(), what)
	})
	return lines
}

var _ = Describe("a recording and our clients", func() {
	for vendor, v := range visits() {
		It("plays to the client what the simulator said, under other keys and a year later: "+vendor, Label(vendor), func(ctx SpecContext) {
			s := newStage(vendor, mock.Config{SignatureWindow: "off"}, nil)
			want := s.lines(ctx, v)
			r, dropped, err := record.FromSession(ctx, record.SessionConfig{Server: s.server, Vendor: vendor, Masker: maskerOf(s, nil)})
			Expect(err).NotTo(HaveOccurred())
			Expect(dropped).To(BeZero())
			file := filepath.Join(GinkgoT().TempDir(), "session.har")
			Expect(r.WriteFile(file)).To(Succeed())

			later := func() time.Time { return storyTime().AddDate(1, 0, 0) }
			on, player := newPlay(readRecording(file), play.Config{Mode: play.Strict, Now: later}, mock.Config{
				Credentials: s.otherCredentials(), Now: later, SignatureWindow: "off", Seed: 4711,
			})
			Expect(on.lines(ctx, v)).To(Equal(want))
			Expect(player.Unplayed("default")).To(BeEmpty())
		})
	}
})
