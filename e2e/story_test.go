package e2e_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/mock"
	"understudy/mock/story"
)

// stories are the files of all stories, for what is decided before the suite runs.
func stories() []string {
	files, err := filepath.Glob(filepath.Join(root, "scenarios", "*", "*"+storySuffix))
	if err != nil || len(files) == 0 {
		panic("there is no story")
	}
	return files
}

// told is a story by the words of a spec.
type told struct{ vendor, name, file string }

func tellings() []told {
	var list []told
	for _, file := range stories() {
		list = append(list, told{filepath.Base(filepath.Dir(file)), strings.TrimSuffix(filepath.Base(file), storySuffix), file})
	}
	return list
}

// passed runs a story at a stage as it is written, but for the address of the stage itself.
func (t told) passed(ctx context.Context, s *stage, target string) (*story.Result, bool) {
	GinkgoHelper()
	result, err := s.run(ctx, t.file, target, map[string]any{"receiver": s.receiver(), "url": s.receiver()})
	Expect(err).NotTo(HaveOccurred())
	Expect(result.Report.Checked()).NotTo(BeZero(), "nothing was checked")
	return result, result.Report.Failures() == 0
}

// tampered stands between a story and its vendor, counts the calls, and answers some of them itself.
type tampered struct {
	mu    sync.Mutex
	calls int
	// answer is asked for each call, counted from 0, and says whether it has answered.
	answer func(call int, w http.ResponseWriter, r *http.Request) bool
	// learn hears what the vendor has answered; nil hears nothing.
	learn func(r *http.Request, reply *httptest.ResponseRecorder)
}

func (t *tampered) between(vendors http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/~project/") { // no call of the story's
			vendors.ServeHTTP(w, r)
			return
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		call := t.calls
		t.calls++
		if t.answer != nil && t.answer(call, w, r) {
			return
		}
		reply := httptest.NewRecorder()
		vendors.ServeHTTP(reply, r)
		if t.learn != nil {
			t.learn(r, reply)
		}
		copyReply(w, reply)
	})
}

func copyReply(w http.ResponseWriter, reply *httptest.ResponseRecorder) {
	for name, list := range reply.Header() {
		w.Header()[name] = list
	}
	w.WriteHeader(reply.Code)
	_, _ = io.Copy(w, bytes.NewReader(reply.Body.Bytes()))
}

// stale answers every call of an operation as the first one was answered.
func stale() *tampered {
	first := map[string]*httptest.ResponseRecorder{}
	key := func(r *http.Request) string { return r.Method + " " + r.URL.Path }
	return &tampered{
		answer: func(_ int, w http.ResponseWriter, r *http.Request) bool {
			reply, known := first[key(r)]
			if known {
				copyReply(w, reply)
			}
			return known
		},
		learn: func(r *http.Request, reply *httptest.ResponseRecorder) { first[key(r)] = reply },
	}
}

// deaf answers changes of a project as if they had been made.
func deaf() *tampered {
	return &tampered{answer: func(_ int, w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPut {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"success":true,"message":"success","code":"0","data":{"id":1,"url":"`+usualReceiver+`","project":"x","statu":1}}`)
		return true
	}}
}

var _ = Describe("stories", func() {
	for _, t := range tellings() {
		It("passes: "+t.vendor+" "+t.name, Label(t.vendor), func(ctx SpecContext) {
			s := newStage(t.vendor, mock.Config{}, nil)
			result, ok := t.passed(ctx, s, s.front.URL)
			Expect(ok).To(BeTrue(), whatFailed(result.Report))
			s.refusesNothing()
		})

		It("notices each answer that fails: "+t.vendor+" "+t.name, Label(t.vendor), func(ctx SpecContext) {
			counting := &tampered{}
			s := newStage(t.vendor, mock.Config{}, counting.between)
			result, ok := t.passed(ctx, s, s.front.URL)
			Expect(ok).To(BeTrue(), whatFailed(result.Report))
			Expect(counting.calls).To(BeNumerically(">", 1))
			for broken := range counting.calls {
				breaking := &tampered{answer: func(call int, w http.ResponseWriter, _ *http.Request) bool {
					if call == broken {
						w.WriteHeader(http.StatusServiceUnavailable)
					}
					return call == broken
				}}
				s := newStage(t.vendor, mock.Config{}, breaking.between)
				_, ok := t.passed(ctx, s, s.front.URL)
				Expect(ok).To(BeFalse(), "call %d of %d was answered by 503", broken+1, counting.calls)
			}
		})

		It("notices a vendor that forgets: "+t.vendor+" "+t.name, Label(t.vendor), func(ctx SpecContext) {
			forgetful := stale()
			if t.name == "happy-push-forwarded" { // its calls are answered alike, and what they do is seen elsewhere
				forgetful = deaf()
			}
			s := newStage(t.vendor, mock.Config{}, forgetful.between)
			_, ok := t.passed(ctx, s, s.front.URL)
			Expect(ok).To(BeFalse())
		})
	}
})
