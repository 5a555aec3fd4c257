package e2e_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/adapters"
	"understudy/adapters/weixiao"
	"understudy/mock"
	"understudy/specs"
)

func weixiaoClauses() map[string]clause {
	return map[string]clause{
		"W-2": {
			says: func(ctx context.Context, w *world) []said {
				name := w.unused()
				list := []said{
					heard("addPushProject", w.send(w.newProject("", name))),
					heard("listPushProjects", w.send(sent{method: http.MethodGet, path: "/wx/push/queryPushProject"})),
				}
				id := w.projectNamed(ctx, name)
				change := fmt.Sprintf(`{"id":%d,"statu":1}`, id)
				return append(list,
					heard("updatePushProject", w.send(sent{http.MethodPut, "/wx/push/updatePushProject", change, header("Content-Type", jsonType)})),
					heard("deletePushProject", w.send(sent{method: http.MethodDelete, path: fmt.Sprintf("/wx/push/deletePushProject?id=%d", id)})),
					heard("receivePush", w.send(w.pushed("", `{"card_number":"A"}`))),
				)
			},
			reads: func(ctx context.Context, w *world) any {
				GinkgoHelper()
				c := w.weixiao()
				added, err := c.AddPushProject(ctx, weixiao.NewProject{URL: closedDoor, Name: "one"})
				Expect(err).NotTo(HaveOccurred())
				name := "two"
				changed, err := c.UpdatePushProject(ctx, weixiao.ProjectChange{ID: added.ID, Name: &name})
				Expect(err).NotTo(HaveOccurred())
				list, err := c.ListPushProjects(ctx)
				Expect(err).NotTo(HaveOccurred())
				Expect(c.DeletePushProject(ctx, added.ID)).To(Succeed())
				return append(list, added, changed)
			},
		},
		"W-8": {asks: map[string]string{"addPushProject": "parameter-exception"}},
		"W-18": {
			says: func(_ context.Context, w *world) []said {
				var list []said
				for _, row := range loaded("weixiao").Errors {
					for _, operation := range failingAt(row) {
						s := map[string]sent{
							"listPushProjects":  {method: http.MethodGet, path: "/wx/push/queryPushProject", header: header()},
							"receivePush":       w.pushed("", `{"card_number":"A"}`),
							"updatePushProject": {http.MethodPut, "/wx/push/updatePushProject", `{"id":1,"statu":1}`, header("Content-Type", jsonType)},
						}[operation]
						s.header.Set("Prefer", "error="+row.ID)
						reply := heard(operation, w.send(s))
						reply.about, reply.row = operation+" "+row.ID, row.ID
						list = append(list, reply)
					}
				}
				// One that nobody has to ask for.
				reply := heard("updatePushProject", w.send(sent{method: http.MethodPatch, path: "/wx/push/updatePushProject"}))
				reply.about, reply.row = "a wrong method", "method-not-supported"
				return append(list, reply)
			},
			reads: func(ctx context.Context, w *world) any {
				GinkgoHelper()
				var list []adapters.Error
				for _, row := range loaded("weixiao").Errors {
					for _, id := range []string{"listPushProjects", "receivePush"} {
						f := mock.Fault{Vendor: "weixiao", Operation: id, Error: row.ID, Calls: 1}
						if f.Check(contracts()) != nil {
							continue
						}
						_, err := w.AddFault(f)
						Expect(err).NotTo(HaveOccurred())
						c := w.weixiao(func(c *weixiao.Config) { c.HTTP.Attempts = 1 })
						if id == "receivePush" {
							err = c.ReceivePush(ctx, push(1))
						} else {
							_, err = c.ListPushProjects(ctx)
						}
						list = append(list, failed(err))
					}
				}
				return list
			},
		},
		"W-26": {asks: map[string]string{"receivePush": "parameter-malformed"}},
		"W-35": {
			says: func(ctx context.Context, w *world) []said {
				return []said{w.handedOn(ctx, nil)}
			},
			reads: func(ctx context.Context, w *world) any {
				GinkgoHelper()
				var users []weixiao.User
				w.handedOn(ctx, receiver(w.chosen("W-35").clients.pushes, func(_ context.Context, e weixiao.Event) error {
					u, err := e.User()
					users = append(users, u)
					return err
				}))
				Expect(users).To(HaveLen(1))
				return users
			},
		},
	}
}

func weixiaoReadings() map[string]reading {
	code := func(text string) map[string]string {
		form := map[string]string{"receivePush": `"code":0[,}]`}
		for _, id := range []string{"addPushProject", "listPushProjects", "updatePushProject", "deletePushProject"} {
			form[id] = `^200 .*"code":"` + text + `"[,}]`
		}
		return form
	}
	add := func(form weixiao.AddForm) clients {
		return clients{weixiao: func(c *weixiao.Config) { c.AddForm = form }}
	}
	encoded := func(e weixiao.Encoding) clients {
		return clients{weixiao: func(c *weixiao.Config) { c.Encoding = e }}
	}
	project := func(place string) func(context.Context, *world, string) []sent {
		return func(_ context.Context, w *world, _ string) []sent { return []sent{w.newProject(place, w.unused())} }
	}
	writes := func(encoding string) func(context.Context, *world, string) []sent {
		return func(_ context.Context, w *world, _ string) []sent {
			return []sent{w.pushed(encoding, `{"card_number":"A001"}`)}
		}
	}
	return map[string]reading{
		"W-2=0":          {form: code("0")},
		"W-2=200":        {form: code("200")},
		"W-2=00000":      {form: code("00000")},
		"W-8=form":       {clients: add(weixiao.FormBody), sends: project("form"), refuses: map[string]string{"query": "parameter-elsewhere"}},
		"W-8=query":      {clients: add(weixiao.QueryParameters), sends: project("query"), refuses: map[string]string{"form": "parameter-elsewhere"}},
		"W-18=200":       {form: statuses(nil)},
		"W-18=mapped":    {form: statuses(map[string]int{"10000": 500, "10001": 405, "10003": 401, "10004": 401, "10006": 403})},
		"W-26=hex":       {clients: encoded(weixiao.Hex), sends: writes("hex"), refuses: map[string]string{"base64": "sealed-base64"}},
		"W-26=base64":    {clients: encoded(weixiao.Base64), sends: writes("base64"), refuses: map[string]string{"hex": "sealed-hex"}},
		"W-35=fields":    {form: map[string]string{"": `^200 application/json\S* \{"app_key":".*","raw_data":"[^"{]+"\}$`}, clients: clients{pushes: weixiao.FourFields}},
		"W-35=plaintext": {form: map[string]string{"": `^200 application/json\S* \{.*"card_number":"A001"`}, clients: clients{pushes: weixiao.Plaintext}},
	}
}

// statuses are the forms of all failures, each under its status by code, 200 where none is given.
func statuses(by map[string]int) map[string]string {
	form := map[string]string{"a wrong method": fmt.Sprintf(`^%d .*"code":"10001"`, max(200, by["10001"]))}
	for _, row := range loaded("weixiao").Errors {
		for _, operation := range failingAt(row) {
			form[operation+" "+row.ID] = fmt.Sprintf(`^%d .*"code":"?%s"?[,}]`, max(200, by[row.Code]), row.Code)
		}
	}
	return form
}

// failingAt are operations at which a row of the catalogue is looked at: one of each envelope, where it is for all.
func failingAt(row specs.ErrorRow) []string {
	if len(row.Operations) > 0 {
		return []string{"updatePushProject"}
	}
	return []string{"listPushProjects", "receivePush"}
}

// weixiao is a client for what the session reads.
func (w *world) weixiao(more ...func(*weixiao.Config)) *weixiao.Client {
	GinkgoHelper()
	return weixiaoClient(w.url, adapters.Config{}, append(speaking(w.Info().Readings).weixiao, more...)...)
}

// unused is a name that no project of the session has: the number of calls so far stands in it.
func (w *world) unused() string {
	GinkgoHelper()
	return fmt.Sprintf("by hand %d", len(w.exchanges()))
}

// newProject writes a call with its fields in the form or in the query; an empty place is what the session reads.
func (w *world) newProject(place, name string) sent {
	fields := url.Values{"url": {closedDoor}, "project": {name}}.Encode()
	if place == "" {
		place = w.Info().Readings["W-8"]
	}
	if place == "query" {
		return sent{method: http.MethodPost, path: "/wx/push/addPushProject?" + fields}
	}
	return sent{http.MethodPost, "/wx/push/addPushProject", fields, header("Content-Type", formType)}
}

func (w *world) projectNamed(ctx context.Context, name string) int64 {
	GinkgoHelper()
	list, err := w.weixiao().ListPushProjects(ctx)
	Expect(err).NotTo(HaveOccurred())
	for _, p := range list {
		if p.Name == name {
			return p.ID
		}
	}
	Fail("there is no project " + name)
	return 0
}

// pushed writes a push with its sealed bytes in hex or Base64; an empty encoding is what the session reads.
func (w *world) pushed(encoding, text string) sent {
	GinkgoHelper()
	raw := cbc(secret("weixiao", "appKey"), secret("weixiao", "appSecret"), text)
	if encoding == "" {
		encoding = w.Info().Readings["W-26"]
	}
	if encoding == "base64" {
		octets, err := hex.DecodeString(raw)
		Expect(err).NotTo(HaveOccurred())
		raw = base64.StdEncoding.EncodeToString(octets)
	}
	body := `{"app_key":"` + secret("weixiao", "appKey") + `","school_code":"1000000001","event":"addUser","raw_data":"` + raw + `"}`
	return sent{http.MethodPost, "/wx/wxc/receive", body, header("Content-Type", jsonType)}
}

// handedOn registers a project, pushes a change and gives what the project got; answer, where there is one, answers it.
func (w *world) handedOn(ctx context.Context, answer http.Handler) said {
	GinkgoHelper()
	came := make(chan said, 1)
	project := httptest.NewServer(http.HandlerFunc(func(reply http.ResponseWriter, r *http.Request) {
		var text strings.Builder
		r.Body = readAll(r.Body, &text)
		if answer != nil {
			answer.ServeHTTP(reply, r)
		}
		came <- said{
			status: http.StatusOK, mediaType: r.Header.Get("Content-Type"), text: text.String(),
			schema: "/paths/~1wx~1push~1addPushProject/post/callbacks/change/{$request.body#~1url}/post/requestBody/content/application~1json/schema",
		}
	}))
	defer project.Close()
	added, err := w.weixiao().AddPushProject(ctx, weixiao.NewProject{URL: project.URL, Name: w.unused()})
	Expect(err).NotTo(HaveOccurred())
	Expect(w.weixiao().ReceivePush(ctx, push(1))).To(Succeed())
	var s said
	Eventually(ctx, came).Should(Receive(&s))
	Expect(w.weixiao().DeletePushProject(ctx, added.ID)).To(Succeed())
	return s
}

// receiver takes what is handed on in one form and gives the events to a handler.
func receiver(form weixiao.PushForm, handler weixiao.Handler) *weixiao.Receiver {
	GinkgoHelper()
	config := weixiao.ReceiverConfig{Form: form, Handler: handler}
	if form == weixiao.FourFields {
		config.AppKey, config.AppSecret = secret("weixiao", "appKey"), secret("weixiao", "appSecret")
	}
	r, err := weixiao.NewReceiver(config)
	Expect(err).NotTo(HaveOccurred())
	return r
}

var _ = Describe("A reading of 微校", Label("weixiao"), func() {
	It("makes a project refuse what it does not expect (W-35)", func(ctx SpecContext) {
		for name, other := range map[string]weixiao.PushForm{"fields": weixiao.Plaintext, "plaintext": weixiao.FourFields} {
			answer := httptest.NewRecorder()
			under(map[string]string{"W-35": name}).handedOn(ctx, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				receiver(other, func(context.Context, weixiao.Event) error {
					return errors.New("nothing should come here")
				}).ServeHTTP(answer, r)
			}))
			Expect(answer.Body.String()).To(MatchRegexp(`"code":1100[13]`), name)
		}
	})

	It("takes a project whose fields stand some here and some there only while nothing is chosen (W-8)", func() {
		half := func(w *world) sent {
			name := w.unused()
			return sent{http.MethodPost, "/wx/push/addPushProject?" + url.Values{"project": {name}}.Encode(), url.Values{"url": {closedDoor}}.Encode(), header("Content-Type", formType)}
		}
		w := under(nil)
		w.takes("addPushProject", half(w))
		for _, place := range []string{"form", "query"} {
			w := under(map[string]string{"W-8": place})
			w.refuses("addPushProject", half(w), "parameter-exception", "parameter-elsewhere")
		}
	})
})
