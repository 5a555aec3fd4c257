package e2e_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gbytes"

	"understudy/adapters"
	"understudy/adapters/eazytec"
	"understudy/adapters/mytijian"
	"understudy/adapters/weixiao"
	"understudy/adapters/zheliban"
	"understudy/mock"
	"understudy/mock/behave"
	"understudy/mock/cli"
	"understudy/mock/play"
	"understudy/scenarios"
)

// somebody is a made-up person whose data must not be found again. The names are of characters that no pseudonym has.
type somebody struct{ name, idCard, mobile, healthCard string }

// somebodies makes up so many, each with data of their own.
func somebodies(n int) []somebody {
	rare := []rune("龘靐齉爨麤龖靇鱻毳犇骉羴猋赑飝掱嚞畾譶虤雥飍")
	list := make([]somebody, n)
	for i := range list {
		k := len(rare)
		birth := time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i*7%20000)
		body := fmt.Sprintf("659006%s%03d", birth.Format("20060102"), (i*13+101)%1000)
		list[i] = somebody{
			name:   string([]rune{rare[i%k], rare[i/k%k], rare[i/k/k%k]}),
			idCard: body + checkDigit(body), mobile: fmt.Sprintf("199%08d", 37_000_000+i*1009), healthCard: fmt.Sprintf("EH%030d", 700_000_000_000+i*7919),
		}
	}
	return list
}

// checkDigit is the last one of an ID card number (GB 11643).
func checkDigit(body string) string {
	weights := []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(body[i]-'0') * w
	}
	return string("10X98765432"[sum%11])
}

// prefix is how many bytes of a needle are looked up.
const prefix = 8

// needles finds any of many texts in one pass, by their first bytes.
type needles map[[prefix]byte][]string

func (n needles) add(texts ...string) {
	for _, text := range texts {
		if len(text) < prefix {
			panic("too short to be looked for: it would be found by chance")
		}
		key := [prefix]byte([]byte(text))
		n[key] = append(n[key], text)
	}
}

// in lists what is found in a text. A row of digits counts where no other digit stands beside it: in the middle of a longer
// number, such as a day of birth and what follows it, chance makes somebody's now and then.
func (n needles) in(text []byte) []string {
	var found []string
	for i := 0; i+prefix <= len(text); i++ {
		for _, one := range n[[prefix]byte(text[i:])] {
			if bytes.HasPrefix(text[i:], []byte(one)) && (len(one) > longestNumber || strings.Trim(one, digits) != "" || !isDigit(text, i-1) && !isDigit(text, i+len(one))) {
				found = append(found, one)
			}
		}
	}
	return found
}

const digits = "0123456789"

// longestNumber is how long a person's number is as it stands; longer rows of digits are hexadecimal.
const longestNumber = 18

func isDigit(text []byte, i int) bool {
	escaped := i >= 2 && text[i-2] == '%' // the end of a percent-encoded byte
	return i >= 0 && i < len(text) && strings.IndexByte(digits, text[i]) >= 0 && !escaped
}

// forms adds a datum as it stands, in Base64 wherever it begins, in hexadecimal, in a URL, and in escapes of JSON.
func (n needles) forms(datum string) {
	n.add(datum, hex.EncodeToString([]byte(datum)), strings.ToUpper(hex.EncodeToString([]byte(datum))))
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		for before := range 3 {
			text := encoding.EncodeToString(append(make([]byte, before), datum...))
			n.add(text[(before*8+5)/6 : (before+len(datum))*8/6])
		}
	}
	var escapes [4]strings.Builder
	for _, b := range []byte(datum) {
		fmt.Fprintf(&escapes[0], "%%%02X", b)
		fmt.Fprintf(&escapes[1], "%%%02x", b)
	}
	for _, r := range datum {
		fmt.Fprintf(&escapes[2], `\u%04X`, r)
		fmt.Fprintf(&escapes[3], `\u%04x`, r)
	}
	for i := range escapes {
		n.add(escapes[i].String())
	}
}

// of are the needles of people.
func needlesOf(people []somebody) needles {
	n := needles{}
	for _, p := range people {
		for _, datum := range []string{p.name, p.idCard, p.mobile, p.healthCard} {
			n.forms(datum)
		}
	}
	return n
}

// manyPeople is how many persons go through the recorder.
func manyPeople() int {
	if os.Getenv("UNDERSTUDY_LONG") != "" {
		return 10_000
	}
	return 200
}

// recorder is understudy record, as it runs at a user's.
type recorder struct {
	base, out string
	output    *gbytes.Buffer
	stop      func()
}

func recordBy(s *stage, out string) *recorder {
	GinkgoHelper()
	r := &recorder{out: out, output: gbytes.NewBuffer()}
	ctx, stop := context.WithCancel(context.Background())
	code := make(chan int, 1)
	go func() {
		code <- cli.Run(ctx, []string{"record", "--vendor", s.vendor, "--upstream", s.front.URL, "--listen", "localhost:0", "--out", out}, nil, r.output, r.output)
	}()
	Eventually(r.output).WithTimeout(10 * time.Second).Should(gbytes.Say(`http://(localhost|127\.0\.0\.1|\[::1\]):[1-9][0-9]*`))
	text := string(r.output.Contents())
	for _, word := range strings.Fields(text) {
		if strings.HasPrefix(word, "http://") && !strings.HasPrefix(word, s.front.URL) {
			r.base = strings.TrimRight(word, ",;.")
			break
		}
	}
	Expect(r.base).NotTo(BeEmpty(), text)
	r.stop = func() {
		GinkgoHelper()
		stop()
		Eventually(code).WithTimeout(60*time.Second).Should(Receive(BeZero()), "%s", r.output.Contents())
	}
	return r
}

// understudy runs a command to its end and returns what it wrote.
func understudy(args ...string) (output string, code int) {
	GinkgoHelper()
	var out bytes.Buffer
	code = cli.Run(context.Background(), args, nil, &out, &out)
	return out.String(), code
}

// crowd is what goes through the recorder at one vendor.
type crowd struct {
	vendor string
	// named says that data stand in the names of members, so that the same persons' requests cannot be recognized.
	named bool
	data  func(people []somebody) behave.Data
	call  func(ctx context.Context, base string, c mock.Credentials, people []somebody)
}

func crowds() map[string]crowd {
	return map[string]crowd{
		// The platform tells of persons.
		"in replies": {
			vendor: "zheliban",
			data: func(people []somebody) behave.Data {
				var list []map[string]any
				for i, p := range people {
					list = append(list, map[string]any{
						"serialNumber": fmt.Sprintf("S%05d", i), "name": p.name, "idcard": p.idCard, "mobile": p.mobile, "erhcNo": p.healthCard,
						"birthdate": p.idCard[6:10] + "-" + p.idCard[10:12] + "-" + p.idCard[12:14],
					})
				}
				return behave.Data{"reservations": list}
			},
			call: func(ctx context.Context, base string, c mock.Credentials, people []somebody) {
				client := made(zheliban.New(zheliban.Config{BaseURL: base, APIKey: c["apiKey"].Text, Secret: c["secret"].Text, AESKey: c["aesKey"].Text}))
				rows, err := client.PullReservations(ctx)
				Expect(err).NotTo(HaveOccurred())
				Expect(rows).To(HaveLen(len(people)))
				Expect(rows[0].Name).To(Equal(people[0].name))
				Expect(client.AcknowledgeReservations(ctx, zheliban.Acknowledgement{RequestID: rows[0].RequestID})).To(Succeed())
				Expect(client.ReportArrival(ctx, zheliban.Arrival{SerialNumber: rows[0].SerialNumber})).To(Succeed())
			},
		},
		// The caller tells of persons, in a sealed member, also in fields that the contract does not have.
		"in a sealed member": {vendor: "weixiao", call: func(ctx context.Context, base string, c mock.Credentials, people []somebody) {
			client := made(weixiao.New(weixiao.Config{BaseURL: base, AppKey: c["appKey"].Text, AppSecret: c["appSecret"].Text}))
			for i, p := range people {
				payload, err := json.Marshal(map[string]any{
					"card_number": p.healthCard, "name": p.name, "contact_phone": p.mobile, "physical_card_number": p.idCard, "identity_type": i % 5,
					"remark": map[string]any{"text": p.name + " 电话" + p.mobile, "documents": []any{p.idCard}},
				})
				Expect(err).NotTo(HaveOccurred())
				Expect(client.ReceivePush(ctx, weixiao.Push{SchoolCode: "1000000001", Event: weixiao.AddUser, Payload: payload})).To(Succeed())
			}
		}},
		// The caller writes to persons and about them.
		"in messages": {vendor: "eazytec", call: func(ctx context.Context, base string, c mock.Credentials, people []somebody) {
			client := made(eazytec.New(eazytec.Config{Domain: eazytec.On(base), Tokens: adapters.StaticToken(c["tokens"].Tokens[0].Value)}))
			for _, p := range people {
				_, err := client.Send(ctx, eazytec.Message{
					AppID: "app", AppName: "应用 " + p.mobile, Title: p.name + "的体检", Body: "<p>" + p.name + "，身份证" + p.idCard + "，电话" + p.mobile + "</p>",
					Sender: p.name, Category: eazytec.MeetingNotice, Level: eazytec.Ordinary, ExtMap: map[string]any{"who": p.name, "card": []any{p.idCard}},
					From: eazytec.Party{UserID: p.idCard, UserType: eazytec.Government, OrgID: "o-1"},
					To:   []eazytec.Party{{UserID: p.healthCard, UserType: eazytec.Enterprise, OrgID: "o-2"}},
				})
				Expect(err).NotTo(HaveOccurred())
			}
		}},
		"in names of members": {vendor: "eazytec", named: true, call: func(ctx context.Context, base string, c mock.Credentials, people []somebody) {
			client := made(eazytec.New(eazytec.Config{Domain: eazytec.On(base), Tokens: adapters.StaticToken(c["tokens"].Tokens[0].Value)}))
			for _, p := range people {
				_, err := client.Send(ctx, eazytec.Message{
					AppID: "app", AppName: "应用", Title: "体检", Body: "<p>附件</p>", Sender: "办公室", Category: eazytec.MeetingNotice, Level: eazytec.Ordinary,
					ExtMap: map[string]any{p.mobile: p.idCard, p.name: map[string]any{p.idCard: true}},
					From:   eazytec.Party{UserID: "u-1", UserType: eazytec.Government, OrgID: "o-1"},
					To:     []eazytec.Party{{UserID: "u-2", UserType: eazytec.Enterprise, OrgID: "o-2"}},
				})
				Expect(err).NotTo(HaveOccurred())
			}
		}},
		// Persons stand where nobody expects them.
		"in odd places": {vendor: "mytijian", call: func(ctx context.Context, base string, c mock.Credentials, people []somebody) {
			client := made(mytijian.New(mytijian.Config{BaseURL: base, Tokens: adapters.StaticToken(c["accessTokens"].Tokens[0].Value)}))
			for _, p := range people {
				_, err := client.RegisterAgent(ctx, mytijian.Agent{HospitalID: 2, Heartbeat: "值班" + p.mobile, Version: "1.0 " + p.idCard})
				Expect(err).NotTo(HaveOccurred())
			}
		}},
	}
}

var _ = Describe("a recorder between persons and a file", func() {
	for what, crowd := range crowds() {
		vendor := crowd.vendor
		It("writes no datum of any person anywhere, and the recording still replays: "+what, Label(vendor), func(ctx SpecContext) {
			people := somebodies(manyPeople())
			config := mock.Config{}
			if crowd.data != nil {
				config.Data = map[string]behave.Data{vendor: crowd.data(people)}
			}
			s := newStage(vendor, config, nil)
			out := filepath.Join(GinkgoT().TempDir(), "crowd.har")
			r := recordBy(s, out)
			crowd.call(ctx, r.base, s.credentials(), people)
			part, err := os.ReadFile(out + ".part") // as it stands while the recorder runs
			Expect(err).NotTo(HaveOccurred())
			r.stop()
			har, err := os.ReadFile(out)
			Expect(err).NotTo(HaveOccurred())

			wanted := needlesOf(people)
			scanned, code := understudy("scan", out)
			Expect(code).To(BeZero(), scanned)
			fresh := newStage(vendor, config, nil)
			driven, code := understudy("replay", out, "--target", fresh.front.URL, "--unsafe")
			Expect(code).To(BeZero(), driven)
			for what, text := range map[string][]byte{
				"the part": part, "the recording": har, "what record wrote": r.output.Contents(), "what scan wrote": []byte(scanned), "what replay wrote": []byte(driven),
			} {
				Expect(len(text) > 0 || strings.HasPrefix(what, "what ")).To(BeTrue(), what)
				Expect(len(wanted.in(text))).To(BeZero(), "%s holds data of persons", what)
			}
			noSecrets(vendor, string(har))

			recording := readRecording(out)
			on, player := newPlay(recording, play.Config{Mode: modeFor(recording)}, mock.Config{})
			result := on.drive(ctx, recording)
			Expect(result.Failures()).To(BeZero(), whatFailed(result))
			Expect(player.Unplayed("default")).To(BeEmpty())
			if crowd.data == nil && !crowd.named { // the same persons call again, where pseudonyms stand
				again, player := newPlay(recording, play.Config{Mode: play.Strict}, mock.Config{})
				some := people[:min(len(people), 200)]
				failed := InterceptGomegaFailure(func() { crowd.call(ctx, again.front.URL, again.credentials(), some) })
				again.refusesNothing()
				Expect(failed).NotTo(HaveOccurred())
				Expect(player.Unplayed("default")).To(HaveLen(len(people) - len(some)))
			}
		})
	}

	It("would be found out", func() {
		people := somebodies(50)
		wanted := needlesOf(people)
		p := people[17]
		for _, text := range []string{
			p.name, "x" + p.idCard + "y", hex.EncodeToString([]byte("+86" + p.mobile)), strings.ToUpper(hex.EncodeToString([]byte(p.name))),
			base64.StdEncoding.EncodeToString([]byte(`{"a":"` + p.name + `"}`)), base64.URLEncoding.EncodeToString([]byte("1" + p.name)),
			base64.StdEncoding.EncodeToString([]byte("12" + p.idCard + "3")), fmt.Sprintf("%+q", p.name), "%E9%BE%98" + p.mobile,
		} {
			Expect(wanted.in([]byte("before "+text+" behind"))).NotTo(BeEmpty(), text)
		}
		var raw scenarios.Recording
		raw.Vendor = "zheliban"
		body, err := json.Marshal(map[string]any{"name": p.name})
		Expect(err).NotTo(HaveOccurred())
		raw.Exchanges = []*scenarios.Exchange{{Number: 1, Request: scenarios.Request{Method: "POST", Path: "/", Body: body, MediaType: "application/json"}}}
		Expect(wanted.in([]byte(recordingText(&raw)))).NotTo(BeEmpty())
		Expect(wanted.in([]byte("nobody's data, 张伟 13800000000 and the like"))).To(BeEmpty())
	})

	It("makes people with numbers that a detector takes for real", func() {
		people := somebodies(manyPeople())
		seen := map[somebody]bool{}
		for _, p := range people {
			Expect(seen).NotTo(HaveKey(p))
			seen[p] = true
			Expect(p.idCard).To(MatchRegexp(`^659006(19[5-9]|200)[0-9]{8}[0-9X]$`))
			Expect(p.mobile).To(MatchRegexp(`^199[0-9]{8}$`))
		}
	})
})
