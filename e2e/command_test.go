package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"

	"understudy/adapters"
	"understudy/adapters/alihealth"
	"understudy/adapters/eazytec"
	"understudy/adapters/mytijian"
	"understudy/adapters/weixiao"
	"understudy/adapters/zheliban"
	"understudy/mock/cli"
)

// command is understudy serve, as it runs at a user's, and its control listener.
type command struct{ control string }

func serve(args ...string) command {
	GinkgoHelper()
	out := gbytes.NewBuffer()
	ctx, stop := context.WithCancel(context.Background())
	code := make(chan int, 1)
	go func() {
		code <- cli.Run(ctx, append([]string{"serve", "--listen", "localhost:0", "--control", "localhost:0"}, args...), nil, out, out)
	}()
	DeferCleanup(func(ctx SpecContext) {
		stop()
		Eventually(ctx, code).Should(Receive(BeZero()), "%s", out.Contents())
	})
	Eventually(out).WithTimeout(10 * time.Second).Should(gbytes.Say(`control: ready at (http://\S+) `))
	_, line, _ := strings.Cut(string(out.Contents()), "control: ready at ")
	return command{strings.Fields(line)[0]}
}

// ask sends a request to the control listener and reads the answer into a T.
func ask[T any](ctx context.Context, c command, status int, method, path string, body any) (answer T) {
	GinkgoHelper()
	text, err := json.Marshal(body)
	Expect(err).NotTo(HaveOccurred())
	r, err := http.NewRequestWithContext(ctx, method, c.control+path, bytes.NewReader(text))
	Expect(err).NotTo(HaveOccurred())
	r.Header.Set("Content-Type", "application/json")
	reply, err := http.DefaultClient.Do(r)
	Expect(err).NotTo(HaveOccurred())
	defer reply.Body.Close()
	got, err := io.ReadAll(reply.Body)
	Expect(err).NotTo(HaveOccurred())
	Expect(reply.StatusCode).To(Equal(status), "%s %s: %s", method, path, got)
	if len(got) > 0 {
		Expect(json.Unmarshal(got, &answer)).To(Succeed())
	}
	return answer
}

// ownSession is what the control listener tells of a session that it has made, and the clients that follow from it.
type ownSession struct {
	Name        string
	BaseURLs    map[string]string `json:"baseUrls"`
	Credentials map[string]map[string]json.RawMessage
}

func (c command) session(ctx context.Context, config any) ownSession {
	GinkgoHelper()
	return ask[ownSession](ctx, c, http.StatusCreated, http.MethodPost, "/sessions", config)
}

func (s ownSession) text(vendor, slot string) (text string) {
	GinkgoHelper()
	Expect(json.Unmarshal(s.Credentials[vendor][slot], &text)).To(Succeed())
	return text
}

func (s ownSession) token(vendor, slot string) adapters.TokenSource {
	GinkgoHelper()
	var tokens []struct{ Value string }
	Expect(json.Unmarshal(s.Credentials[vendor][slot], &tokens)).To(Succeed())
	return adapters.StaticToken(tokens[0].Value)
}

func (s ownSession) zheliban() *zheliban.Client {
	GinkgoHelper()
	return made(zheliban.New(zheliban.Config{
		BaseURL: s.BaseURLs["zheliban"], APIKey: s.text("zheliban", "apiKey"), Secret: s.text("zheliban", "secret"), AESKey: s.text("zheliban", "aesKey"),
	}))
}

func (s ownSession) weixiao() *weixiao.Client {
	GinkgoHelper()
	return made(weixiao.New(weixiao.Config{BaseURL: s.BaseURLs["weixiao"], AppKey: s.text("weixiao", "appKey"), AppSecret: s.text("weixiao", "appSecret")}))
}

func (s ownSession) mytijian() *mytijian.Client {
	GinkgoHelper()
	return made(mytijian.New(mytijian.Config{BaseURL: s.BaseURLs["mytijian"], Tokens: s.token("mytijian", "accessTokens")}))
}

func (s ownSession) eazytec() *eazytec.Client {
	GinkgoHelper()
	return made(eazytec.New(eazytec.Config{Domain: eazytec.Domain(s.BaseURLs["eazytec"]), Tokens: s.token("eazytec", "tokens")}))
}

func (s ownSession) alihealth() *alihealth.Client {
	GinkgoHelper()
	return made(alihealth.New(alihealth.Config{BaseURL: s.BaseURLs["alihealth"], AppKey: s.text("alihealth", "appKey"), AppSecret: s.text("alihealth", "appSecret")}))
}

func made[T any](client T, err error) T {
	GinkgoHelper()
	Expect(err).NotTo(HaveOccurred())
	return client
}

// everyVendor calls each vendor once, and registers a project whose pushes go to hook.
func (s ownSession) everyVendor(ctx context.Context, hook string) {
	GinkgoHelper()
	_, err := s.alihealth().QueryAppointments(ctx, alihealth.Query{Day: alihealth.Day{Year: 2026, Month: 3, Day: 2}, OutPovID: "00001"})
	Expect(err).NotTo(HaveOccurred())
	_, err = s.eazytec().Send(ctx, message())
	Expect(err).NotTo(HaveOccurred())
	_, err = s.mytijian().RegisterAgent(ctx, agent())
	Expect(err).NotTo(HaveOccurred())
	_, err = s.weixiao().AddPushProject(ctx, weixiao.NewProject{URL: hook, Name: "hook"})
	Expect(err).NotTo(HaveOccurred())
	Expect(s.weixiao().ReceivePush(ctx, push(1))).To(Succeed())
	Expect(s.zheliban().AcknowledgeReservations(ctx, zheliban.Acknowledgement{SerialNumber: firstSerial})).To(Succeed())
	Expect(s.zheliban().ReportArrival(ctx, zheliban.Arrival{SerialNumber: firstSerial})).To(Succeed())
}

// recordRow is a record as the control listener tells it.
type recordRow struct {
	Key    string
	Value  map[string]any
	Origin string
}

type recordList struct{ Records []recordRow }

// takesPushes is a project's own server; it sends what it takes to events.
func takesPushes(s ownSession) (url string, events chan weixiao.EventType) {
	GinkgoHelper()
	events = make(chan weixiao.EventType, 100)
	front := httptest.NewServer(made(weixiao.NewReceiver(weixiao.ReceiverConfig{
		AppKey: s.text("weixiao", "appKey"), AppSecret: s.text("weixiao", "appSecret"),
		Handler: func(_ context.Context, e weixiao.Event) error { events <- e.Type; return nil },
	})))
	DeferCleanup(front.Close)
	return front.URL, events
}

var _ = Describe("The control listener of the command", func() {
	It("makes a session in which a client of every vendor works, and no other does", func(ctx SpecContext) {
		c := serve()
		s := c.session(ctx, map[string]any{"seed": 7})
		url, events := takesPushes(s)
		s.everyVendor(ctx, url)
		Eventually(ctx, events).Should(Receive(Equal(weixiao.AddUser)))

		other := c.session(ctx, map[string]any{})
		stranger := other
		stranger.BaseURLs = s.BaseURLs
		_, err := stranger.zheliban().PullReservations(ctx)
		Expect(err).To(HaveOccurred())
		_, err = stranger.mytijian().ListHospitalTasks(ctx)
		Expect(err).To(HaveOccurred())
		projects, err := other.weixiao().ListPushProjects(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(projects).To(BeEmpty())
	})

	It("lists what callers sent as they sent it, but for secrets and ciphertexts", func(ctx SpecContext) {
		c := serve()
		s := c.session(ctx, map[string]any{})
		url, _ := takesPushes(s)
		s.everyVendor(ctx, url)
		var masked []string
		received := 0
		for vendor := range s.BaseURLs {
			at := "/sessions/" + s.Name + "/vendors/" + vendor + "/records"
			kinds := ask[struct {
				Kinds []struct {
					Name     string
					ReadOnly bool
				}
			}](ctx, c, http.StatusOK, http.MethodGet, at, nil).Kinds
			Expect(kinds).NotTo(BeEmpty(), vendor)
			for _, kind := range kinds {
				records := ask[recordList](ctx, c, http.StatusOK, http.MethodGet, at+"/"+kind.Name, nil).Records
				Expect(records).NotTo(BeEmpty(), "%s %s", vendor, kind.Name)
				for _, r := range records {
					if r.Origin == "received" {
						received++
					}
					for member, v := range r.Value {
						if v == "***" {
							masked = append(masked, vendor+" "+kind.Name+" "+member)
						}
					}
				}
			}
		}
		Expect(received).To(BeNumerically(">=", 5))
		Expect(masked).To(ConsistOf("weixiao pushes app_key", "weixiao pushes raw_data"))
	})

	It("brings a changed and a cancelled reservation back, and takes a token away", func(ctx SpecContext) {
		c := serve()
		s := c.session(ctx, map[string]any{})
		at := "/sessions/" + s.Name + "/vendors/zheliban/records/reservations/" + firstSerial
		client := s.zheliban()
		find := func() string {
			GinkgoHelper()
			rows, err := client.PullReservations(ctx)
			Expect(err).NotTo(HaveOccurred())
			for _, r := range rows {
				if r.SerialNumber == firstSerial {
					return r.OrderStatus + " " + r.CheckDate.String()
				}
			}
			return "not there"
		}
		acknowledge := func() {
			GinkgoHelper()
			Expect(client.AcknowledgeReservations(ctx, zheliban.Acknowledgement{SerialNumber: firstSerial})).To(Succeed())
			Expect(find()).To(Equal("not there"))
		}
		acknowledge()
		ask[recordRow](ctx, c, http.StatusOK, http.MethodPut, at, map[string]any{"orderStatus": 2, "checkDate": "2026-05-04"})
		Expect(find()).To(Equal("2 2026-05-04"))
		acknowledge()
		ask[recordRow](ctx, c, http.StatusOK, http.MethodPut, at, map[string]any{"orderStatus": 5})
		Expect(find()).To(Equal("5 2026-05-04"))
		ask[any](ctx, c, http.StatusNoContent, http.MethodDelete, at, map[string]any{})
		Expect(find()).To(Equal("not there"))

		token, err := s.token("eazytec", "tokens").Token(ctx)
		Expect(err).NotTo(HaveOccurred())
		ask[any](ctx, c, http.StatusNoContent, http.MethodPost, "/sessions/"+s.Name+"/tokens/revoke", map[string]any{"token": token.Value})
		_, err = s.eazytec().Send(ctx, message())
		Expect(err).To(MatchError(adapters.ErrUnauthorized))
	})

	It("tells exchanges as they happen, and goes on where a listener left off", func(ctx SpecContext) {
		c := serve()
		s := c.session(ctx, map[string]any{})
		listen := func(last string, n int) (ids []string) {
			GinkgoHelper()
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.control+"/journal/events?operation=listHospitalTasks&session="+s.Name, nil)
			Expect(err).NotTo(HaveOccurred())
			r.Header.Set("Last-Event-ID", last)
			reply, err := http.DefaultClient.Do(r)
			Expect(err).NotTo(HaveOccurred())
			defer reply.Body.Close()
			for lines := bufio.NewScanner(reply.Body); len(ids) < n && lines.Scan(); {
				if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
					ids = append(ids, id)
				}
			}
			return ids
		}
		for range 3 {
			_, err := s.mytijian().ListHospitalTasks(ctx)
			Expect(err).NotTo(HaveOccurred())
			_, err = s.weixiao().ListPushProjects(ctx) // which the filter leaves out
			Expect(err).NotTo(HaveOccurred())
		}
		all := listen("0", 3)
		Expect(all).To(HaveLen(3))
		Expect(listen(all[0], 2)).To(Equal(all[1:]))
	})
})

var _ = Describe("understudy emit", func() {
	It("sends every event as the platform does, so that the adapter's receiver takes it", func(ctx SpecContext) {
		s := ownSession{Credentials: map[string]map[string]json.RawMessage{"weixiao": {
			"appKey": json.RawMessage(`"` + secret("weixiao", "appKey") + `"`), "appSecret": json.RawMessage(`"` + secret("weixiao", "appSecret") + `"`),
		}}}
		url, events := takesPushes(s)
		var list, trouble bytes.Buffer
		Expect(cli.Run(ctx, []string{"emit", "weixiao"}, nil, &list, &trouble)).To(BeZero(), "%s", &trouble)
		types := []weixiao.EventType{
			weixiao.AddUser, weixiao.UpdateUser, weixiao.DeleteUser, weixiao.AddOrg, weixiao.UpdateOrg, weixiao.DeleteOrg,
			weixiao.AddUsableRange, weixiao.UpdateUsableRange, weixiao.DeleteUsableRange,
		}
		data := filepath.Join(GinkgoT().TempDir(), "change.json")
		Expect(os.WriteFile(data, []byte(`{"updated_at":"2026-03-02 09:00:00"}`), 0o600)).To(Succeed())
		for _, one := range types {
			Expect(list.String()).To(ContainSubstring(string(one)))
			args := []string{"emit", "weixiao", string(one), "--to", url, "--data", data, "--repeat", "2"}
			Expect(cli.Run(ctx, args, nil, &list, &trouble)).To(BeZero(), "%s", &trouble)
			for range 3 {
				Expect(events).To(Receive(Equal(one)), fmt.Sprint(one))
			}
		}
		Expect(events).NotTo(Receive())
	})
})
