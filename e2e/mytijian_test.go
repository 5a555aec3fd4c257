package e2e_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/adapters"
	"understudy/adapters/mytijian"
)

func mytijianClient(address, token string, h adapters.Config) *mytijian.Client {
	GinkgoHelper()
	c, err := mytijian.New(mytijian.Config{BaseURL: address, Tokens: adapters.StaticToken(token), HTTP: h})
	Expect(err).NotTo(HaveOccurred())
	return c
}

func agent() mytijian.Agent { return mytijian.Agent{HospitalID: 2, Heartbeat: "1", Version: "1.0"} }

func mytijianCaller() caller {
	return caller{
		vendor: "mytijian",
		unsafe: []string{"registerAgent"},
		calls: map[string]func(ctx context.Context, address string, h adapters.Config) error{
			"registerAgent": func(ctx context.Context, address string, h adapters.Config) error {
				_, err := mytijianClient(address, secret("mytijian", "accessTokens"), h).RegisterAgent(ctx, agent())
				return err
			},
			"listHospitalTasks": func(ctx context.Context, address string, h adapters.Config) error {
				tasks, err := mytijianClient(address, secret("mytijian", "accessTokens"), h).ListHospitalTasks(ctx)
				if err == nil && len(tasks) == 0 {
					return errors.New("there is no task")
				}
				return err
			},
		},
		stranger: func(ctx context.Context, address string) error {
			_, err := mytijianClient(address, "a-token-that-nobody-issued", adapters.Config{}).ListHospitalTasks(ctx)
			return err
		},
	}
}

const registerPath = "/open-api/V2/ws/agentManager/register"

func mytijianSend(w *world, body string) got {
	GinkgoHelper()
	query := "?accessToken=" + url.QueryEscape(secret("mytijian", "accessTokens"))
	return w.send(sent{http.MethodPost, registerPath + query, body, header("Content-Type", jsonType)})
}

// homeless is the development token that stands for no institution.
func homeless() string {
	GinkgoHelper()
	credentials, _ := played.mock.Credentials("mytijian")
	for _, t := range credentials["accessTokens"].Tokens {
		if t.Account == "" {
			return t.Value
		}
	}
	Fail("every token stands for an institution")
	return ""
}

func mytijianCauses() map[string]func(ctx context.Context, w *world) {
	return map[string]func(ctx context.Context, w *world){
		"institution-not-found": func(ctx context.Context, w *world) {
			_, err := mytijianClient(w.url, homeless(), adapters.Config{}).ListHospitalTasks(ctx)
			Expect(err).To(MatchError(adapters.ErrNotFound))
		},
		"invalid-access-token": func(_ context.Context, w *world) {
			w.send(sent{http.MethodPost, registerPath, `{}`, header("Content-Type", jsonType)})
		},
		"unusable-request": func(_ context.Context, w *world) {
			mytijianSend(w, `{"hospitalId":2,"heartbeat":"1"}`)
		},
	}
}

var _ = Describe("mytijian", Label("mytijian"), func() {
	var w *world
	BeforeEach(func() { w = newWorld() })

	It("gives a new result for each registration", func(ctx SpecContext) {
		c := mytijianClient(w.url, secret("mytijian", "accessTokens"), adapters.Config{})
		first, err := c.RegisterAgent(ctx, agent())
		Expect(err).NotTo(HaveOccurred())
		second, err := c.RegisterAgent(ctx, agent())
		Expect(err).NotTo(HaveOccurred())
		Expect(first.Result).To(MatchRegexp(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`))
		Expect(second.Result).NotTo(Equal(first.Result))
	})

	It("lists tasks of the token's hospital, each with a next run", func(ctx SpecContext) {
		c := mytijianClient(w.url, secret("mytijian", "accessTokens"), adapters.Config{})
		tasks, err := c.ListHospitalTasks(ctx)
		Expect(err).NotTo(HaveOccurred())
		var commands []string
		for _, task := range tasks {
			commands = append(commands, task.Command)
			Expect(task.HospitalID).To(Equal(int64(197)), "the hospital follows from the token, not from a body")
			next, err := task.NextRun(w.Now())
			Expect(err).NotTo(HaveOccurred())
			Expect(next).To(BeTemporally(">", w.Now()))
			Expect(next).To(BeTemporally("<", w.Now().Add(400*24*time.Hour)))
		}
		Expect(commands).To(ContainElements("orderdone", "examitem"))
	})

	It("renews a rejected token once and repeats the call once", func(ctx SpecContext) {
		asked := 0
		source := adapters.TokenFunc(func(context.Context) (adapters.Token, error) {
			asked++
			if asked == 1 {
				return adapters.Token{Value: "a-token-that-has-ended"}, nil
			}
			return adapters.Token{Value: secret("mytijian", "accessTokens")}, nil
		})
		c, err := mytijian.New(mytijian.Config{BaseURL: w.url, Tokens: source})
		Expect(err).NotTo(HaveOccurred())
		_, err = c.ListHospitalTasks(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(asked).To(Equal(2))
		Expect(w.of("listHospitalTasks")).To(HaveLen(2))
	})

	It("never repeats a call of an application without institution", func(ctx SpecContext) {
		_, err := mytijianClient(w.url, homeless(), adapters.Config{Attempts: 5}).RegisterAgent(ctx, agent())
		var e *adapters.Error
		Expect(errors.As(err, &e)).To(BeTrue())
		Expect(e.Code).To(Equal("3000001"))
		Expect(e.Retryable).To(BeFalse())
		Expect(w.of("registerAgent")).To(HaveLen(1))
	})

	It("takes an empty object for the list", func(ctx SpecContext) {
		c, err := mytijian.New(mytijian.Config{BaseURL: w.url, Tokens: adapters.StaticToken(secret("mytijian", "accessTokens")), ListBody: mytijian.EmptyObject})
		Expect(err).NotTo(HaveOccurred())
		Expect(c.ListHospitalTasks(ctx)).NotTo(BeEmpty())
	})
})
