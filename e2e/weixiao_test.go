package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/adapters"
	"understudy/adapters/weixiao"
	"understudy/mock/behave"
)

func weixiaoClient(address string, h adapters.Config, changes ...func(*weixiao.Config)) *weixiao.Client {
	GinkgoHelper()
	config := weixiao.Config{BaseURL: address, AppKey: secret("weixiao", "appKey"), AppSecret: secret("weixiao", "appSecret"), HTTP: h}
	for _, change := range changes {
		change(&config)
	}
	c, err := weixiao.New(config)
	Expect(err).NotTo(HaveOccurred())
	return c
}

func push(n int) weixiao.Push {
	return weixiao.Push{SchoolCode: "1000000001", Event: weixiao.AddUser, Payload: json.RawMessage(fmt.Sprintf(`{"card_number":"A%03d","name":"测试","identity_type":1}`, n))}
}

// closedDoor is an address at which nobody listens.
const closedDoor = "http://127.0.0.1:1/push"

func weixiaoCaller(changes ...func(*weixiao.Config)) caller {
	return caller{
		vendor: "weixiao",
		unsafe: []string{"addPushProject", "updatePushProject", "deletePushProject", "receivePush"},
		setUp: func(ctx context.Context, address string) error {
			for _, name := range []string{"to delete", "to update"} {
				if _, err := weixiaoClient(address, adapters.Config{}, changes...).AddPushProject(ctx, weixiao.NewProject{URL: closedDoor, Name: name}); err != nil {
					return err
				}
			}
			return nil
		},
		calls: map[string]func(ctx context.Context, address string, h adapters.Config) error{
			"listPushProjects": func(ctx context.Context, address string, h adapters.Config) error {
				projects, err := weixiaoClient(address, h, changes...).ListPushProjects(ctx)
				if err == nil && len(projects) == 0 {
					return errors.New("there is no project")
				}
				return err
			},
			"addPushProject": func(ctx context.Context, address string, h adapters.Config) error {
				_, err := weixiaoClient(address, h, changes...).AddPushProject(ctx, weixiao.NewProject{URL: closedDoor, Name: "added"})
				return err
			},
			"updatePushProject": func(ctx context.Context, address string, h adapters.Config) error {
				off := weixiao.Disabled
				_, err := weixiaoClient(address, h, changes...).UpdatePushProject(ctx, weixiao.ProjectChange{ID: 2, Status: &off})
				return err
			},
			"deletePushProject": func(ctx context.Context, address string, h adapters.Config) error {
				return weixiaoClient(address, h, changes...).DeletePushProject(ctx, 1)
			},
			"receivePush": func(ctx context.Context, address string, h adapters.Config) error {
				return weixiaoClient(address, h, changes...).ReceivePush(ctx, push(1))
			},
		},
		stranger: func(ctx context.Context, address string) error {
			c, err := weixiao.New(weixiao.Config{BaseURL: address, AppKey: "FEDCBA9876543210", AppSecret: secret("weixiao", "appSecret")})
			Expect(err).NotTo(HaveOccurred())
			return c.ReceivePush(ctx, push(1))
		},
	}
}

func weixiaoCauses() map[string]func(ctx context.Context, w *world) {
	add := func(w *world, form string) {
		w.send(sent{http.MethodPost, "/wx/push/addPushProject", form, header("Content-Type", formType)})
	}
	return map[string]func(ctx context.Context, w *world){
		"method-not-supported": func(_ context.Context, w *world) {
			w.send(sent{http.MethodPatch, "/wx/push/updatePushProject", "", nil})
		},
		"parameter-malformed": func(_ context.Context, w *world) {
			w.send(sent{http.MethodDelete, "/wx/push/deletePushProject?id=one", "", nil})
		},
		"body-empty": func(_ context.Context, w *world) {
			w.send(sent{http.MethodPost, "/wx/wxc/receive", "", header("Content-Type", jsonType)})
		},
		"parameter-exception": func(_ context.Context, w *world) { add(w, "project=without-url") },
		"data-exists": func(_ context.Context, w *world) {
			add(w, "project=twice&url=http%3A%2F%2F127.0.0.1%3A1%2F")
			add(w, "project=twice&url=http%3A%2F%2F127.0.0.1%3A1%2F")
		},
		"data-missing": func(ctx context.Context, w *world) {
			Expect(weixiaoClient(w.url, adapters.Config{}).DeletePushProject(ctx, 4711)).To(MatchError(adapters.ErrNotFound))
		},
	}
}

// project is a receiver of pushes of our own: the adapter's, so that what the simulator sends is judged by it.
type project struct {
	server *httptest.Server

	mu    sync.Mutex
	cards []string
	fail  int // refuse so many pushes first
}

func newProject(schools string) *project {
	GinkgoHelper()
	p := &project{}
	receiver, err := weixiao.NewReceiver(weixiao.ReceiverConfig{
		AppKey: secret("weixiao", "appKey"), AppSecret: secret("weixiao", "appSecret"), SchoolCode: schools,
		Handler: func(_ context.Context, e weixiao.Event) error {
			user, err := e.User()
			if err != nil {
				return err
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			p.cards = append(p.cards, user.CardNumber)
			return nil
		},
	})
	Expect(err).NotTo(HaveOccurred())
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		failing := p.fail > 0
		if failing {
			p.fail--
		}
		p.mu.Unlock()
		if failing {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		receiver.ServeHTTP(w, r)
	}))
	DeferCleanup(p.server.Close)
	return p
}

func (p *project) received() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.cards...)
}

var _ = Describe("微校 Weixiao", Label("weixiao"), func() {
	var (
		w *world
		c *weixiao.Client
	)
	BeforeEach(func() {
		w = newWorld()
		w.frozen()
		c = weixiaoClient(w.url, adapters.Config{})
	})

	register := func(ctx context.Context, name, url string) weixiao.Project {
		GinkgoHelper()
		p, err := c.AddPushProject(ctx, weixiao.NewProject{URL: url, Name: name})
		Expect(err).NotTo(HaveOccurred())
		return p
	}
	deliveries := func(ctx context.Context) []behave.Delivery {
		GinkgoHelper()
		Expect(played.mock.Wait(ctx)).To(Succeed())
		log, dropped, err := w.Deliveries(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(dropped).To(BeZero())
		return log
	}

	It("keeps projects: added, listed, changed, deleted", func(ctx SpecContext) {
		first := register(ctx, "one", "http://127.0.0.1:1/one")
		second := register(ctx, "two", "http://127.0.0.1:1/two")
		Expect(second.ID).NotTo(Equal(first.ID))
		Expect(first.Status).To(Equal(weixiao.Enabled))

		off, name := weixiao.Disabled, "renamed"
		changed, err := c.UpdatePushProject(ctx, weixiao.ProjectChange{ID: first.ID, Status: &off, Name: &name})
		Expect(err).NotTo(HaveOccurred())
		Expect(changed.URL).To(Equal(first.URL), "what is left out stays (W-13)")

		taken := "two"
		_, err = c.UpdatePushProject(ctx, weixiao.ProjectChange{ID: first.ID, Name: &taken})
		Expect(err).To(MatchError(adapters.ErrConflict))
		_, err = c.AddPushProject(ctx, weixiao.NewProject{URL: closedDoor, Name: "two"})
		Expect(err).To(MatchError(adapters.ErrConflict))

		Expect(c.DeletePushProject(ctx, second.ID)).To(Succeed())
		Expect(c.DeletePushProject(ctx, second.ID)).To(MatchError(adapters.ErrNotFound))
		projects, err := c.ListPushProjects(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(projects).To(Equal([]weixiao.Project{{ID: first.ID, URL: first.URL, Name: "renamed", Status: weixiao.Disabled}}))
	})

	It("takes the fields of a new project from the query as well (W-8)", func(ctx SpecContext) {
		other, err := weixiao.New(weixiao.Config{BaseURL: w.url, AddForm: weixiao.QueryParameters})
		Expect(err).NotTo(HaveOccurred())
		_, err = other.AddPushProject(ctx, weixiao.NewProject{URL: "http://127.0.0.1:1/a?b=c&d=e", Name: "名称 & 1"})
		Expect(err).NotTo(HaveOccurred())
		projects, err := c.ListPushProjects(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(projects).To(HaveLen(1))
		Expect(projects[0].Name).To(Equal("名称 & 1"))
		Expect(projects[0].URL).To(Equal("http://127.0.0.1:1/a?b=c&d=e"))
	})

	It("forwards each push to every enabled project, in order, unchanged", func(ctx SpecContext) {
		one, two, off := newProject(""), newProject("1000000001"), newProject("")
		register(ctx, "one", one.server.URL)
		register(ctx, "two", two.server.URL)
		disabled, status := register(ctx, "off", off.server.URL), weixiao.Disabled
		_, err := c.UpdatePushProject(ctx, weixiao.ProjectChange{ID: disabled.ID, Status: &status})
		Expect(err).NotTo(HaveOccurred())

		var want []string
		for n := range 20 {
			Expect(c.ReceivePush(ctx, push(n))).To(Succeed())
			want = append(want, fmt.Sprintf("A%03d", n))
		}
		log := deliveries(ctx)
		Expect(one.received()).To(Equal(want))
		Expect(two.received()).To(Equal(want))
		Expect(off.received()).To(BeEmpty())
		Expect(log).To(HaveLen(40))
	})

	It("tries again on the session's clock, and keeps the order meanwhile", func(ctx SpecContext) {
		p := newProject("")
		p.fail = 2
		register(ctx, "slow", p.server.URL)
		Expect(c.ReceivePush(ctx, push(1))).To(Succeed())
		Expect(c.ReceivePush(ctx, push(2))).To(Succeed())
		log := deliveries(ctx)
		Expect(log).To(HaveLen(1))
		Expect(log[0].Code).To(Equal("16009"))
		Expect(log[0].Status).To(Equal(503))
		Expect(log[0].Next).To(BeTemporally(">", w.Now()))

		w.Advance(time.Hour)
		Expect(deliveries(ctx)).To(HaveLen(4))
		Expect(p.received()).To(Equal([]string{"A001", "A002"}))
	})

	It("gives nothing to a project that is switched off while pushes wait", func(ctx SpecContext) {
		p := newProject("")
		p.fail = 1
		registered := register(ctx, "late", p.server.URL)
		Expect(c.ReceivePush(ctx, push(1))).To(Succeed())
		Expect(deliveries(ctx)).To(HaveLen(1))
		off := weixiao.Disabled
		_, err := c.UpdatePushProject(ctx, weixiao.ProjectChange{ID: registered.ID, Status: &off})
		Expect(err).NotTo(HaveOccurred())
		w.Advance(time.Hour)
		Expect(deliveries(ctx)).NotTo(BeEmpty())
		Expect(p.received()).To(BeEmpty())
	})

	It("says when a project is added, and in the log, that its address is not allowed, and how to allow it", func(ctx SpecContext) {
		for address, id := range map[string]string{
			"http://10.1.2.3:8080/push": "forward-target-blocked",
			"www.example.com":           "forward-target-without-scheme",
		} {
			form := "project=" + id + "&url=" + strings.ReplaceAll(strings.ReplaceAll(address, ":", "%3A"), "/", "%2F")
			reply := w.send(sent{http.MethodPost, "/wx/push/addPushProject", form, header("Content-Type", formType)})
			Expect(reply.status).To(Equal(http.StatusOK))
			Expect(reply.header.Get("Understudy-Diagnosis")).To(Equal(id))
			Expect(w.last().Outcome).To(Equal("ok"))
		}
		Expect(c.ReceivePush(ctx, push(1))).To(Succeed())
		log := deliveries(ctx)
		Expect(log).To(HaveLen(2))
		for _, row := range log {
			Expect(row.Diagnosis).NotTo(BeNil())
			Expect(row.Status).To(BeZero())
			if row.Diagnosis.ID == "forward-target-blocked" {
				Expect(row.Diagnosis.Detail["allow"]).To(ContainSubstring("--forward-to 10.1.2.3:8080"))
			}
		}
	})

	It("does not send on what was sent on already", func(ctx SpecContext) {
		register(ctx, "itself", w.url+"/wx/wxc/receive")
		Expect(c.ReceivePush(ctx, push(1))).To(Succeed())
		Expect(deliveries(ctx)).To(HaveLen(1))
		received := w.of("receivePush")
		Expect(received).To(HaveLen(2))
		Expect(received[1].Warnings).To(HaveLen(1))
		Expect(received[1].Warnings[0].ID).To(Equal("forward-loop"))
	})

	It("refuses a push of another application and forwards nothing", func(ctx SpecContext) {
		p := newProject("")
		register(ctx, "one", p.server.URL)
		body := `{"app_key":"FEDCBA9876543210","school_code":"1","event":"addUser","raw_data":"` + cbc("FEDCBA9876543210", secret("weixiao", "appSecret"), `{"card_number":"A"}`) + `"}`
		reply := w.send(sent{http.MethodPost, "/wx/wxc/receive", body, header("Content-Type", jsonType)})
		Expect(reply.body).To(MatchJSON(`{"code":11003,"message":"参数异常"}`))
		Expect(deliveries(ctx)).To(BeEmpty())
		Expect(p.received()).To(BeEmpty())
	})

	It("opens what 微校 seals by the book", func() {
		body := `{"app_key":"` + secret("weixiao", "appKey") + `","school_code":"1","event":"somethingNew","raw_data":"` +
			cbc(secret("weixiao", "appKey"), secret("weixiao", "appSecret"), `{"anything":[1,2,3]}`) + `"}`
		reply := w.send(sent{http.MethodPost, "/wx/wxc/receive", body, header("Content-Type", jsonType)})
		Expect(reply.body).To(MatchJSON(`{"code":0,"message":"success"}`))
	})
})
