package scenarios

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzReadEntries: whatever stands in a file, reading ends with entries or one error, and what is a recording of ours is
// the same once it was written again.
func FuzzReadEntries(f *testing.F) {
	f.Add([]byte(written(f, sampleRecording())))
	f.Add([]byte("\xEF\xBB\xBF" + `{"log":{"creator":{"name":"x"},"entries":[{"time":1,"request":{"method":"a","url":"http://x/y?a=b","headers":[{"name":":a"}],"postData":{"params":[{"name":"%a"}]}},"response":{"status":"2e2","content":{"text":"a","encoding":"base64"}}}]}}`))
	f.Add([]byte(`{"log":{"_understudy":{"form":1},"entries":[{"_understudy":{"number":2,"request":{"parameters":[{"name":"/w==","encoding":"base64"}]}},"startedDateTime":"2026-03-01T00:00:00Z","request":{"url":"http://a"},"response":{}}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		const max = 1 << 16
		err := ReadEntries(bytes.NewReader(text), ReadConfig{Name: "x.har", MaxBytes: max}, func(e *Entry) error {
			_, _ = e.Call()
			_, _ = e.Exchange()
			_, err := compact(e)
			return err
		})
		if err != nil && !strings.Contains(err.Error(), "x.har") {
			t.Errorf("error %v names no file", err)
		}
		r, err := Read(bytes.NewReader(text), ReadConfig{MaxBytes: max})
		if err != nil {
			return
		}
		once := written(t, r)
		again, err := Read(strings.NewReader(once), ReadConfig{})
		if err != nil {
			t.Fatalf("%v: %s", err, once)
		}
		if twice := written(t, again); twice != once {
			t.Errorf("other bytes:\n%s\n%s", once, twice)
		}
	})
}

// FuzzRecover: whatever stands in a part, it is recovered or refused with its name, and no more is cut than there is.
func FuzzRecover(f *testing.F) {
	d := &disk{room: 1 << 20}
	p, err := newPart(d, sampleRecording())
	if err != nil {
		f.Fatal(err)
	}
	for _, x := range sampleRecording().Exchanges {
		if err := p.Add(x); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(bytes.Clone(d.Bytes()))
	f.Add(d.Bytes()[:d.Len()-7])
	f.Fuzz(func(t *testing.T, text []byte) {
		r, cut, err := recoverFrom(bytes.NewReader(text), "x.part")
		if err != nil {
			if !strings.Contains(err.Error(), "x.part") {
				t.Errorf("error %v names no file", err)
			}
			return
		}
		if cut < 0 || cut > len(text) {
			t.Errorf("%d bytes of %d are cut", cut, len(text))
		}
		if _, err := Read(strings.NewReader(written(t, r)), ReadConfig{}); err != nil {
			t.Error(err)
		}
	})
}
