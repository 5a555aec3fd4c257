package e2e_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/mock"
	"understudy/mock/check"
	"understudy/mock/mask"
	"understudy/mock/play"
	"understudy/mock/record"
	"understudy/mock/replay"
	"understudy/mock/report"
	"understudy/scenarios"
)

// pseudonymKey is that of the committed recordings, which hold made-up persons: it protects nobody.
func pseudonymKey() []byte { return []byte("the key of recordings without persons") }

func maskerOf(s *stage, secrets []string) *mask.Masker {
	GinkgoHelper()
	m, err := mask.New(mask.Config{Contract: s.contract(), Key: pseudonymKey(), Secrets: secrets})
	Expect(err).NotTo(HaveOccurred())
	return m
}

// taped is a recorder in front of a stage, and the file that it makes.
type taped struct {
	stage    *stage
	front    *httptest.Server
	recorder *record.Recorder
	opener   *record.Opener
	file     *record.File
	out      string
}

// tape puts a recorder in front of a stage. The address of the stage, which is another one each time, is replaced.
func (s *stage) tape(out string) *taped {
	GinkgoHelper()
	t := &taped{stage: s, out: out}
	var err error
	t.opener, err = record.NewOpener(record.OpenerConfig{Contract: s.contract(), Credentials: []mock.Credentials{s.credentials()}})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(t.opener.Close)
	head, err := record.Head(s.contract())
	Expect(err).NotTo(HaveOccurred())
	head.ToolVersion = "development" // whatever this binary is called
	t.file, err = record.CreateFile(out, head, maskerOf(s, t.opener.Secrets()))
	Expect(err).NotTo(HaveOccurred())
	t.recorder, err = record.NewRecorder(record.Config{
		Upstream: s.front.URL, Opener: t.opener, Now: storyTime,
		Keep: func(x *scenarios.Exchange) error {
			s.atHome(x)
			return t.file.Add(x)
		},
	})
	Expect(err).NotTo(HaveOccurred())
	t.front = httptest.NewServer(t.recorder)
	DeferCleanup(t.front.Close)
	return t
}

// atHome puts the address at which the simulator usually listens in the place of the stage's.
func (s *stage) atHome(x *scenarios.Exchange) {
	const home = "http://localhost:8740"
	for _, body := range []*[]byte{&x.Request.Body, &x.Response.Body} {
		*body = bytes.ReplaceAll(*body, []byte(s.front.URL), []byte(home))
		*body = bytes.ReplaceAll(*body, []byte(url.QueryEscape(s.front.URL)), []byte(url.QueryEscape(home)))
	}
}

// finish ends the recording.
func (t *taped) finish() *scenarios.Recording {
	GinkgoHelper()
	t.front.Close()
	t.recorder.End()
	Expect(t.recorder.Err()).NotTo(HaveOccurred())
	r, err := t.file.Finish()
	Expect(err).NotTo(HaveOccurred())
	return r
}

// recordAnew plays a story in front of a recorder and returns the file of the recording.
func (t told) recordAnew(ctx context.Context) string {
	GinkgoHelper()
	s := newStage(t.vendor, mock.Config{}, nil)
	tape := s.tape(filepath.Join(GinkgoT().TempDir(), t.name+".har"))
	result, ok := t.passed(ctx, s, tape.front.URL)
	Expect(ok).To(BeTrue(), whatFailed(result.Report))
	tape.finish()
	return tape.out
}

func readRecording(file string) *scenarios.Recording {
	GinkgoHelper()
	r, err := scenarios.ReadFile(file, scenarios.ReadConfig{})
	Expect(err).NotTo(HaveOccurred())
	Expect(r.Exchanges).NotTo(BeEmpty())
	return r
}

// otherCredentials are none of those under which the recordings were made.
func (s *stage) otherCredentials() map[string]mock.Credentials {
	GinkgoHelper()
	c, err := mock.MakeCredentials(s.contract(), nil, rand.NewChaCha8([32]byte([]byte("other credentials than recorded!"))))
	Expect(err).NotTo(HaveOccurred())
	return map[string]mock.Credentials{s.vendor: c}
}

// newPlay begins a stage on which a recording answers.
func newPlay(r *scenarios.Recording, config play.Config, on mock.Config) (*stage, *play.Player) {
	GinkgoHelper()
	config.Recording = r
	player, err := play.New(config)
	Expect(err).NotTo(HaveOccurred())
	Expect(player.Warnings()).To(BeEmpty())
	on.Player = player
	return newStage(r.Vendor, on, nil), player
}

// modeFor is the mode in which a recording answers its own requests: strict, unless a token is asked for in them. Whoever drives
// asks for one of its own besides, before it sends the first request that needs one.
func modeFor(r *scenarios.Recording) play.Mode {
	for _, x := range r.Exchanges {
		if x.Operation == "issueToken" {
			return play.Lenient
		}
	}
	return play.Strict
}

// drive sends what was recorded to a server.
func (s *stage) drive(ctx context.Context, r *scenarios.Recording) *report.Report {
	GinkgoHelper()
	result, err := replay.Run(ctx, replay.Config{
		Recording: r, Name: "the recording", Contract: s.contract(), Credentials: s.credentials(), Target: s.front.URL, Unsafe: true, Now: storyTime,
	})
	Expect(err).NotTo(HaveOccurred())
	Expect(result.Checked()).NotTo(BeZero())
	return result
}

// staged is a stage that is brought, before the second pull, to where the story had it by other means than calls of the vendor.
func (t told) staged() *stage {
	GinkgoHelper()
	var s *stage
	pulls := 0
	s = newStage(t.vendor, mock.Config{Faults: t.faults()}, func(vendors http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
			if request.URL.Path == "/reservation/sync/order" {
				if pulls++; pulls == 2 {
					t.meanwhile(s)
				}
			}
			vendors.ServeHTTP(w, request)
		})
	})
	return s
}

// meanwhile does what the control document does in a story.
func (t told) meanwhile(s *stage) {
	defer GinkgoRecover()
	session, err := s.server.Session("")
	Expect(err).NotTo(HaveOccurred())
	put := func(key string, patch map[string]any) {
		_, err := session.PutRecord(context.Background(), "zheliban", "reservations", key, patch)
		Expect(err).NotTo(HaveOccurred())
	}
	switch t.name {
	case "happy-token-renewed":
		session.Advance(24*time.Hour + time.Minute)
	case "happy-changed-and-cancelled":
		put("ZJ10001", map[string]any{"orderStatus": 2, "checkDate": "2031-05-20"})
		put("ZJ10002", map[string]any{"orderStatus": 5})
	}
}

// faults are those under which a story was recorded.
func (t told) faults() []mock.Fault {
	if t.name == "sad-call-limit" {
		return []mock.Fault{{Vendor: "mytijian", Operation: "listHospitalTasks", Error: "call-limit-reached", Calls: 2}}
	}
	return nil
}

var _ = Describe("recordings", func() {
	for _, t := range tellings() {
		file := recordingOf(t.file)

		It("is what the story records today: "+t.vendor+" "+t.name, Label(t.vendor), func(ctx SpecContext) {
			anew, err := os.ReadFile(t.recordAnew(ctx))
			Expect(err).NotTo(HaveOccurred())
			kept, err := os.ReadFile(file)
			if os.Getenv("UPDATE") != "" {
				Expect(os.WriteFile(file, anew, 0o644)).To(Succeed())
				return
			}
			Expect(errors.Is(err, fs.ErrNotExist)).To(BeFalse(), "%s is not there: run UPDATE=1 go test ./e2e", file)
			Expect(err).NotTo(HaveOccurred())
			Expect(string(anew)).To(Equal(string(kept)), "%s is not what is recorded today: look at the difference, and if it is meant, run UPDATE=1 go test ./e2e and commit it", file)
		})

		It("says the same as the journal of the simulator: "+t.vendor+" "+t.name, Label(t.vendor), func(ctx SpecContext) {
			s := newStage(t.vendor, mock.Config{}, nil)
			result, ok := t.passed(ctx, s, s.front.URL)
			Expect(ok).To(BeTrue(), whatFailed(result.Report))
			r, dropped, err := record.FromSession(ctx, record.SessionConfig{Server: s.server, Vendor: t.vendor, Masker: maskerOf(s, nil)})
			Expect(err).NotTo(HaveOccurred())
			Expect(dropped).To(BeZero())
			kept := readRecording(file)
			Expect(r.Fingerprints).To(Equal(kept.Fingerprints))
			var own []*scenarios.Exchange
			for _, x := range r.Exchanges {
				if x.Callback == "" { // what the vendor sent on does not pass the recorder
					own = append(own, x)
				}
			}
			Expect(own).To(HaveLen(len(kept.Exchanges)))
			for i, x := range own {
				s.atHome(x)
				want := kept.Exchanges[i]
				Expect(x.Operation).To(Equal(want.Operation))
				Expect(x.Request.Parameters).To(Equal(want.Request.Parameters), "request %d", i+1)
				Expect(string(x.Request.Body)).To(Equal(string(want.Request.Body)), "request %d", i+1)
				Expect(x.Request.Wire.Seal).To(Equal(want.Request.Wire.Seal), "request %d", i+1)
				Expect(string(x.Response.Body)).To(Equal(string(want.Response.Body)), "response %d", i+1)
				Expect(x.Response.Status).To(Equal(want.Response.Status), "response %d", i+1)
				Expect(x.Response.Outcome).To(Equal(want.Response.Outcome), "response %d", i+1)
				Expect(x.Response.Wire.Seal).To(Equal(want.Response.Wire.Seal), "response %d", i+1)
				Expect(x.Request.Wire.Signed).To(Equal(want.Request.Wire.Signed), "request %d", i+1)
				Expect(x.Request.Wire.Credential).To(Or(BeEmpty(), Equal(want.Request.Wire.Credential)), "request %d", i+1)
			}
		})

		It("holds nothing of a person or a secret: "+t.vendor+" "+t.name, Label(t.vendor), func() {
			text, err := os.ReadFile(file)
			Expect(err).NotTo(HaveOccurred())
			leaks, err := mask.Scan(bytes.NewReader(text), mask.ScanConfig{Name: file, Contract: loaded(t.vendor)})
			Expect(err).NotTo(HaveOccurred())
			Expect(leaks).To(BeEmpty())
			noSecrets(t.vendor, string(text))
		})

		It("is true to the contract: "+t.vendor+" "+t.name, Label(t.vendor), func(ctx SpecContext) {
			text, err := os.ReadFile(file)
			Expect(err).NotTo(HaveOccurred())
			all, _ := played.mock.Credentials(t.vendor)
			result, err := check.HAR(ctx, loaded(t.vendor), all, bytes.NewReader(text))
			Expect(err).NotTo(HaveOccurred())
			Expect(result.Checked()).NotTo(BeZero())
			for i := range result.Operations {
				op := &result.Operations[i]
				if strings.HasPrefix(t.name, "sad-") {
					op.Requests.Checked = nil // it is the story's point that the vendor has reason to refuse
				}
			}
			Expect(result.Failures()).To(BeZero(), whatFailed(result))
		})

		It("drives a fresh simulator without a difference: "+t.vendor+" "+t.name, Label(t.vendor), func(ctx SpecContext) {
			r := readRecording(file)
			result := t.staged().drive(ctx, r)
			Expect(result.Requests).To(BeNumerically(">=", len(r.Exchanges)))
			Expect(result.Failures()).To(BeZero(), whatFailed(result))
		})

		It("notices when the server is another one: "+t.vendor+" "+t.name, Label(t.vendor), func(ctx SpecContext) {
			s := newStage(t.vendor, mock.Config{Faults: []mock.Fault{{Status: http.StatusServiceUnavailable}}}, nil)
			Expect(s.drive(ctx, readRecording(file)).Failures()).NotTo(BeZero())
		})

		for what, later := range map[string]time.Duration{"under other keys": 0, "a year later": 365 * 24 * time.Hour} {
			It("plays its own requests, "+what+": "+t.vendor+" "+t.name, Label(t.vendor), func(ctx SpecContext) {
				r := readRecording(file)
				now := func() time.Time { return storyTime().Add(later) }
				config := mock.Config{Now: now, SignatureWindow: "off"}
				config.Credentials = newStage(t.vendor, mock.Config{}, nil).otherCredentials()
				s, player := newPlay(r, play.Config{Mode: modeFor(r), Now: now}, config)
				result := s.drive(ctx, r)
				s.refusesNothing()
				Expect(result.Failures()).To(BeZero(), whatFailed(result))
				Expect(player.Unplayed("default")).To(BeEmpty())
			})
		}
	}

	for _, t := range tellings() {
		if mockOnly(t.file) {
			continue
		}
		It("plays to its story: "+t.vendor+" "+t.name, Label(t.vendor), func(ctx SpecContext) {
			s, player := newPlay(readRecording(recordingOf(t.file)), play.Config{Mode: play.Strict, Now: storyTime}, mock.Config{})
			result, err := s.run(ctx, t.file, s.front.URL, map[string]any{"receiver": usualReceiver, "url": usualReceiver})
			Expect(err).NotTo(HaveOccurred())
			s.refusesNothing()
			Expect(result.Report.Failures()).To(BeZero(), whatFailed(result.Report))
			Expect(player.Unplayed("default")).To(BeEmpty())
		})
	}
})

// mockOnly says whether a story needs the control listener.
func mockOnly(file string) bool {
	text, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	return strings.Contains(string(text), "$sourceDescriptions.control.")
}

// recordingText is a recording as it stands in a file.
func recordingText(r *scenarios.Recording) string {
	GinkgoHelper()
	var b strings.Builder
	Expect(r.Write(&b)).To(Succeed())
	return b.String()
}
