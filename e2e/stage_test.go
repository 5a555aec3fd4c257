package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/mock"
	"understudy/mock/control"
	"understudy/mock/report"
	"understudy/mock/story"
	"understudy/scenarios/arazzo"
	"understudy/specs"
)

// storyTime is the real time of all that these specs play, sign and record, so that recordings have the same bytes each time.
func storyTime() time.Time {
	return time.Date(2026, 3, 2, 9, 30, 0, 0, time.FixedZone("UTC+8", 8*3600))
}

// storySeed is the seed of the recordings that are committed.
const storySeed = 20260302

// stage is a simulator of one story's own: its vendors, and its control listener.
type stage struct {
	vendor  string
	server  *mock.Server
	front   *httptest.Server
	control *httptest.Server
}

// newStage begins a simulator; between, unless nil, stands in front of the vendors.
func newStage(vendor string, config mock.Config, between func(http.Handler) http.Handler) *stage {
	GinkgoHelper()
	if config.Now == nil {
		config.Now = storyTime
	}
	if config.Seed == 0 {
		config.Seed = storySeed
	}
	config.JournalBytes = 16 << 20
	server, err := mock.New(config)
	Expect(err).NotTo(HaveOccurred())
	var handler http.Handler = server
	if between != nil {
		handler = between(server)
	}
	s := &stage{vendor: vendor, server: server, front: httptest.NewServer(handler)}
	own, err := control.New(control.Config{Server: server})
	Expect(err).NotTo(HaveOccurred())
	s.control = httptest.NewServer(own)
	DeferCleanup(func(ctx context.Context) {
		s.front.Close()
		s.control.Close()
		Expect(server.Close(ctx)).To(Succeed())
	})
	return s
}

// credentials are those in force for the stage's vendor.
func (s *stage) credentials() mock.Credentials {
	all, _ := s.server.Credentials(s.vendor)
	return all
}

// contract is the one that the stage's vendor is played by.
func (s *stage) contract() *specs.Contract {
	GinkgoHelper()
	for _, c := range s.server.Contracts() {
		if c.Vendor == s.vendor {
			return c
		}
	}
	Fail("no " + s.vendor + " is played")
	return nil
}

// receiver is where a project takes its pushes: another session of the same simulator.
func (s *stage) receiver() string { return s.front.URL + "/~project/wx/wxc/receive" }

// usualReceiver is the same where understudy serve listens by default; it stands in stories and recordings.
const usualReceiver = "http://localhost:8740/~project/wx/wxc/receive"

// refusesNothing holds a stage to having played the vendor in every call.
func (s *stage) refusesNothing() {
	GinkgoHelper()
	list, dropped := s.server.Exchanges()
	Expect(dropped).To(BeZero())
	Expect(list).NotTo(BeEmpty())
	for _, e := range list {
		if e.Outcome == "refusal" {
			Fail(fmt.Sprintf("%s %s was refused: %s %+v", e.Method, e.Path, e.Error, e.Diagnosis))
		}
	}
}

// run runs a story at a base URL of the vendor; of the inputs it gets those that it takes.
func (s *stage) run(ctx context.Context, file, target string, inputs map[string]any) (*story.Result, error) {
	GinkgoHelper()
	d, err := arazzo.ReadFile(file, arazzo.ReadConfig{})
	Expect(err).NotTo(HaveOccurred())
	taken := map[string]any{}
	for _, w := range d.Workflows {
		for name, v := range inputs {
			if w.Inputs.Has(name) {
				taken[name] = v
			}
		}
	}
	sources := map[string]story.Source{}
	for _, one := range d.Sources {
		if one.Name == "control" {
			c, err := controlContract()
			Expect(err).NotTo(HaveOccurred())
			sources[one.Name] = story.Source{Contract: c, Target: s.control.URL}
			continue
		}
		sources[one.Name] = story.Source{Contract: s.contract(), Credentials: s.credentials(), Target: target}
	}
	return story.Run(ctx, story.Config{
		Document: d, Sources: sources, Inputs: taken, Now: storyTime,
		// A retry waits for what the simulator does by itself, and not for time to pass.
		Sleep: func(ctx context.Context, _ time.Duration) error { return s.server.Wait(ctx) },
	})
}

var controlContract = sync.OnceValues(func() (*specs.Contract, error) {
	return specs.Read("control", filepath.Join(root, "mock", "control", "openapi.yaml"), specs.ReadConfig{})
})

// whatFailed puts what failed in a report on a line each.
func whatFailed(r *report.Report) string {
	var b strings.Builder
	for i := range r.Operations {
		op := &r.Operations[i]
		for _, part := range op.Parts() {
			for _, c := range part.Checked {
				if !c.Failed {
					continue
				}
				fmt.Fprintf(&b, "%s, %s: %s\n", op.ID, part.Name, c.Name)
				for _, f := range c.Findings {
					fmt.Fprintf(&b, "  %+v\n", f)
				}
			}
		}
	}
	for _, one := range r.Strays {
		if one.Failed {
			fmt.Fprintf(&b, "%s %s: %s\n", one.Method, one.Path, one.Message)
		}
	}
	return b.String()
}
