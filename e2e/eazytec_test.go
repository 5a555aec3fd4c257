package e2e_test

import (
	"context"
	"errors"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/adapters"
	"understudy/adapters/eazytec"
)

func eazytecClient(domain eazytec.Domain, token string, h adapters.Config, changes ...func(*eazytec.Config)) *eazytec.Client {
	GinkgoHelper()
	config := eazytec.Config{Domain: domain, Tokens: adapters.StaticToken(token), HTTP: h}
	for _, change := range changes {
		change(&config)
	}
	c, err := eazytec.New(config)
	Expect(err).NotTo(HaveOccurred())
	return c
}

func message() eazytec.Message {
	return eazytec.Message{
		AppID: "zqt", AppName: "政企消息", Title: "关于开展企业年报的通知", Body: "<p>请 <b>各企业</b> 于月底前报送 & 确认</p>",
		Sender: "办公室", Category: eazytec.PolicyNotice, Level: eazytec.Ordinary,
		Recipient:   eazytec.Recipient{OrgID: "org-1", ESNames: []string{"标签'一'"}, CompanyIDs: []string{"c-1"}},
		Attachments: []eazytec.Attachment{{Name: `附件"一".pdf`, Path: "files/1"}}, HasAttachments: eazytec.Yes,
		From: eazytec.Party{UserID: "u-1", UserType: eazytec.Government, OrgID: "o-1"},
		To:   []eazytec.Party{{UserID: "u-2", UserType: eazytec.Enterprise, OrgID: "o-2"}},
	}
}

func eazytecCaller(changes ...func(*eazytec.Config)) caller {
	return caller{
		vendor: "eazytec",
		unsafe: []string{"sendMessage"},
		calls: map[string]func(ctx context.Context, address string, h adapters.Config) error{
			"sendMessage": func(ctx context.Context, address string, h adapters.Config) error {
				id, err := eazytecClient(eazytec.On(address), secret("eazytec", "tokens"), h, changes...).Send(ctx, message())
				if err == nil && id == "" {
					return errors.New("there is no outbox id")
				}
				return err
			},
		},
		stranger: func(ctx context.Context, address string) error {
			_, err := eazytecClient(eazytec.On(address), "a-token-that-nobody-issued", adapters.Config{}).Send(ctx, message())
			return err
		},
	}
}

// documented is the document's own kind of message, as plain JSON: single-quoted texts, a name that stands twice, a
// category and a level that its own lists lack.
const documented = `{"sendData":{"appid":"a","appname":"b","title":"c","body":"<p>d</p>","extMap":{},"msgtype":0,"needpush":0,
"params":{"sender":"e","recipient":"{'orgId':'o','esNameList':['c-1','c-2']}","hasatt":"1","attfiles":"[{'name':'附件','path':'f/1'}]",
"msgcategory":"通知公告","msglevel":"一般","needreply":"0","needsms":"0","redirect_app":"http://x","redirect_app":"A/#/b?id=1"}},
"from":{"deptid":"","orgid":"o","userid":"u","usertype":1},"to":[{"deptid":"","orgid":"p","userid":"v","usertype":2}]}`

func (w *world) postMessage(path, body string) got {
	GinkgoHelper()
	return w.send(sent{http.MethodPost, path, body, header("Content-Type", "application/json", "Authorization", "Bearer "+secret("eazytec", "tokens"))})
}

const sendPath = "/AGCS_zqc/v3_1/msgcenter/send"

func eazytecCauses() map[string]func(ctx context.Context, w *world) {
	return map[string]func(ctx context.Context, w *world){
		"parameter-missing": func(_ context.Context, w *world) {
			reply := w.postMessage(sendPath, strings.Replace(documented, `"title":"c",`, "", 1))
			Expect(reply.body).To(MatchJSON(`{"data":"缺少必要参数","msg":"fail","status":400}`))
		},
		"token-invalid": func(_ context.Context, w *world) {
			reply := w.send(sent{http.MethodPost, sendPath, documented, header("Content-Type", "application/json", "Authorization", "Bearer nobody")})
			Expect(reply.body).To(ContainSubstring(`"error":"invalid_token"`))
		},
	}
}

var _ = Describe("卓易 eazytec", Label("eazytec"), func() {
	var w *world
	BeforeEach(func() { w = newWorld() })

	It("gives each message an outbox id of its own", func(ctx SpecContext) {
		c := eazytecClient(eazytec.On(w.url), secret("eazytec", "tokens"), adapters.Config{})
		first, err := c.Send(ctx, message())
		Expect(err).NotTo(HaveOccurred())
		second, err := c.Send(ctx, message())
		Expect(err).NotTo(HaveOccurred())
		Expect(second).NotTo(Equal(first))
	})

	for _, path := range []string{"", "/AGCS_zqc", "/YX/AGCS_zqc", "/JS/AGCS_zqc"} {
		It("answers below "+path+"/v3_1", func(ctx SpecContext) {
			_, err := eazytecClient(eazytec.Domain(w.url+path), secret("eazytec", "tokens"), adapters.Config{}).Send(ctx, message())
			Expect(err).NotTo(HaveOccurred())
		})
	}

	It("takes recipient and attfiles in single quotes as well", func(ctx SpecContext) {
		c, err := eazytec.New(eazytec.Config{Domain: eazytec.On(w.url), Tokens: adapters.StaticToken(secret("eazytec", "tokens")), Quotes: eazytec.SingleQuotes})
		Expect(err).NotTo(HaveOccurred())
		_, err = c.Send(ctx, message())
		Expect(err).NotTo(HaveOccurred())
	})

	It("takes the document's own kind of message, whose last redirect_app counts (E-10)", func() {
		reply := w.postMessage(sendPath, documented)
		Expect(reply.status).To(Equal(http.StatusOK))
		Expect(reply.body).To(MatchRegexp(`^\{"data":"[0-9a-f-]{36}","msg":"success","oK":true,"status":200\}$`))
		var noted []string
		for _, warning := range w.last().Warnings {
			noted = append(noted, warning.ID)
		}
		Expect(noted).To(ConsistOf("undocumented-category", "undocumented-level"))
	})

	for _, field := range []string{`"appid":"a",`, `"appname":"b",`, `"body":"<p>d</p>",`, `"msgtype":0,`, `"sender":"e",`, `"msgcategory":"通知公告",`, `"msglevel":"一般",`, `"orgid":"o",`, `,"usertype":2`} {
		It("answers 400 without "+field, func() {
			Expect(documented).To(ContainSubstring(field))
			Expect(w.postMessage(sendPath, strings.Replace(documented, field, "", 1)).status).To(Equal(http.StatusBadRequest))
			Expect(w.last().Diagnosis.Findings).To(HaveLen(1))
			Expect(w.last().Diagnosis.Findings[0].Keyword).To(Equal("required"))
			Expect(w.last().Diagnosis.Findings[0].Pointer).To(ContainSubstring(strings.Split(strings.Trim(field, `,"`), `"`)[0]))
		})
	}

	It("renews a token once and repeats the message once", func(ctx SpecContext) {
		asked := 0
		c, err := eazytec.New(eazytec.Config{Domain: eazytec.On(w.url), Tokens: adapters.TokenFunc(func(context.Context) (adapters.Token, error) {
			asked++
			if asked == 1 {
				return adapters.Token{Value: "a-token-that-has-ended"}, nil
			}
			return adapters.Token{Value: secret("eazytec", "tokens")}, nil
		})})
		Expect(err).NotTo(HaveOccurred())
		_, err = c.Send(ctx, message())
		Expect(err).NotTo(HaveOccurred())
		Expect(w.of("sendMessage")).To(HaveLen(2))
	})
})
