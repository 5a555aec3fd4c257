package record_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/drive"
	"understudy/mock/mask"
	"understudy/mock/record"
	"understudy/scenarios"
	"understudy/specs"
)

// newWorldUnder is a client of a simulated vendor under some credentials.
func newWorldUnder(t *testing.T, c *specs.Contract, credentials mock.Credentials) *drive.Client {
	t.Helper()
	server, err := mock.New(mock.Config{Contracts: []*specs.Contract{c}, Credentials: map[string]mock.Credentials{c.Vendor: credentials}})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(server)
	t.Cleanup(front.Close)
	all, _ := server.Credentials(c.Vendor)
	client, err := drive.New(drive.Config{Contract: c, Credentials: all, Target: front.URL})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

type harPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func pairsOf(h http.Header) []harPair {
	list := []harPair{}
	for name, values := range h {
		for _, v := range values {
			list = append(list, harPair{name, v})
		}
	}
	return list
}

// elsewhere is a URL at another host.
func elsewhere(address string) string {
	parts := strings.SplitN(address, "/", 4)
	return "https://vendor.example/" + parts[3]
}

// entryOf is an entry as a proxy of somebody's writes it: raw, secrets and ciphertexts included.
func entryOf(x *drive.Exchange) map[string]any {
	return map[string]any{
		"startedDateTime": time.Now().Format(time.RFC3339Nano), "time": 12.5,
		"request": map[string]any{
			"method": x.Request.Method, "url": elsewhere(x.Request.URL), "headers": pairsOf(x.Request.Header),
			"postData": map[string]any{"mimeType": x.Request.Header.Get("Content-Type"), "text": string(x.Request.Body)},
		},
		"response": map[string]any{
			"status": x.Reply.Status, "headers": pairsOf(x.Reply.Header),
			"content": map[string]any{"mimeType": x.Reply.Header.Get("Content-Type"), "text": base64.StdEncoding.EncodeToString(x.Reply.Body), "encoding": "base64", "size": len(x.Reply.Body)},
		},
	}
}

func harOf(t *testing.T, entries ...map[string]any) []byte {
	t.Helper()
	if entries == nil {
		entries = []map[string]any{}
	}
	text, err := json.MarshalIndent(map[string]any{"log": map[string]any{"version": "1.2", "creator": map[string]any{"name": "some proxy"}, "entries": entries}}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func strayEntry(method, url string) map[string]any {
	return map[string]any{
		"request":  map[string]any{"method": method, "url": url},
		"response": map[string]any{"status": 200, "content": map[string]any{"mimeType": "text/html", "text": "<html>page</html>"}},
	}
}

func importer(t *testing.T, c *specs.Contract, sets ...mock.Credentials) record.ImportConfig {
	t.Helper()
	o := newOpener(t, c, sets...)
	return record.ImportConfig{Opener: o, Masker: newMasker(t, o), Name: "raw.har"}
}

func TestImport(t *testing.T) {
	t.Parallel()
	c := contractOf(t, "zheliban")
	var entries []map[string]any
	var secrets []string
	const host = "vendor.example"
	for _, letter := range []string{"a", "b", "c"} {
		login, pull := pulledUnder(t, keysOf(letter))
		for _, x := range []*drive.Exchange{login, pull} {
			entries = append(entries, entryOf(x))
			secrets = append(secrets, secretsOf(x)...)
		}
		for _, one := range keysOf(letter) {
			secrets = append(secrets, one.Text)
		}
	}
	entries = append(entries, strayEntry("GET", "https://"+host+"/elsewhere?token=geheim"), strayEntry("GET", "https://tracker.example/pixel?id=1"))
	entries = append(entries, map[string]any{"_resourceType": "websocket", "request": map[string]any{"method": "GET", "url": "wss://" + host + "/live"}})
	r, sum, err := record.Import(t.Context(), bytes.NewReader(harOf(t, entries...)), importer(t, c, keysOf("a"), keysOf("b")))
	if err != nil {
		t.Fatal(err)
	}
	if want := (record.Summary{Entries: 9, Taken: 6, Outside: 1, Elsewhere: 1, NoHTTP: 1, Unopened: 2}); sum != want {
		t.Errorf("summary is %+v, want %+v", sum, want)
	}
	if len(r.Exchanges) != 7 || r.Upstream != "https://"+host || !r.Masked {
		t.Errorf("%d exchanges, upstream %q", len(r.Exchanges), r.Upstream)
	}
	for i, x := range r.Exchanges {
		wantOpen := i < 4
		if i < 6 && record.Unopened(x) == wantOpen {
			t.Errorf("exchange %d: %+v", i+1, x.Response.Wire)
		}
	}
	var text bytes.Buffer
	if err := r.Write(&text); err != nil {
		t.Fatal(err)
	}
	for _, secret := range append(secrets, "geheim") {
		for _, form := range forms(secret) {
			if strings.Contains(text.String(), form) {
				t.Errorf("the recording holds a secret, as %q…", form[:min(8, len(form))])
			}
		}
	}
	if _, _, err := record.Import(t.Context(), bytes.NewReader(text.Bytes()), importer(t, c)); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("a recording of ours was imported: %v", err)
	}
}

func TestImportOfOtherThings(t *testing.T) {
	t.Parallel()
	c := contractOf(t, "zheliban")
	login, pull := pulledUnder(t, nil)
	good := harOf(t, entryOf(login), entryOf(pull))
	for name, text := range map[string][]byte{
		"truncated": good[:len(good)*2/3], "binary": {0x1f, 0x8b, 8, 0, 0xff, 0xfe}, "empty": nil, "JSON of another kind": []byte(`{"openapi":"3.1.0"}`), "a page": []byte("<html></html>"),
	} {
		if r, _, err := record.Import(t.Context(), bytes.NewReader(text), importer(t, c)); err == nil || r != nil || !strings.Contains(err.Error(), "raw.har") {
			t.Errorf("%s: %v, %v", name, r, err)
		}
	}
	config := importer(t, c)
	config.MaxBytes = 100
	if _, _, err := record.Import(t.Context(), bytes.NewReader(good), config); err == nil {
		t.Error("the bound on bytes was not kept")
	}
	var nothing *record.NothingError
	if _, sum, err := record.Import(t.Context(), bytes.NewReader(good), importer(t, contractOf(t, "weixiao"))); !errors.As(err, &nothing) || sum.Entries != 2 {
		t.Errorf("of another vendor: %v", err)
	}
	if _, _, err := record.Import(t.Context(), bytes.NewReader(harOf(t)), importer(t, c)); !errors.As(err, &nothing) {
		t.Errorf("without entries: %v", err)
	}
}

// TestSamePersonInSeveralFiles: one key, one pseudonym, whatever the file.
func TestSamePersonInSeveralFiles(t *testing.T) {
	t.Parallel()
	c := contractOf(t, "zheliban")
	_, pull := pulledUnder(t, nil)
	raw := harOf(t, entryOf(pull))
	body := func(key string) string {
		o := newOpener(t, c)
		m, err := mask.New(mask.Config{Contract: c, Key: []byte(key), Secrets: o.Secrets()})
		if err != nil {
			t.Fatal(err)
		}
		r, _, err := record.Import(t.Context(), bytes.NewReader(raw), record.ImportConfig{Opener: o, Masker: m})
		if err != nil {
			t.Fatal(err)
		}
		return string(r.Exchanges[0].Response.Body)
	}
	one, again, other := body("a key of the year 2026"), body("a key of the year 2026"), body("another key, another year")
	if one != again || one == other || one == string(pull.Reply.Plain) {
		t.Errorf("same key the same: %v, other key the same: %v, masked at all: %v", one == again, one == other, one != string(pull.Reply.Plain))
	}
}

func TestFileIsNotWrittenOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "mytijian", nil)
	masker := newMasker(t, w.opener)
	head := &scenarios.Recording{Vendor: "mytijian"}
	var there *record.ExistsError
	if _, err := record.CreateFile(w.out, head, masker); !errors.As(err, &there) || !there.Part || !strings.Contains(err.Error(), "--recover") {
		t.Errorf("a part was there: %v", err)
	}
	w.call(t, "listHospitalTasks")
	w.finish(t)
	before, err := os.ReadFile(w.out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := record.CreateFile(w.out, head, masker); !errors.As(err, &there) || there.Part {
		t.Errorf("a recording was there: %v", err)
	}
	if after, _ := os.ReadFile(w.out); !bytes.Equal(before, after) {
		t.Error("the recording has changed")
	}
	if _, err := record.CreateFile(w.out+"/below/it.har", head, masker); err == nil {
		t.Error("a file was made where there is no folder")
	}
}

// TestNothingHeard leaves no file behind.
func TestNothingHeard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "mytijian", nil)
	if _, err := w.file.Finish(); !errors.Is(err, record.ErrNothing) {
		t.Errorf("error is %v", err)
	}
	for _, file := range []string{w.out, record.PartOf(w.out)} {
		if _, err := os.Stat(file); err == nil {
			t.Errorf("%s is there", file)
		}
	}
}

// TestFinishThatFails keeps the part where the recording cannot be written.
func TestFinishThatFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "mytijian", nil)
	w.call(t, "listHospitalTasks")
	if err := os.Mkdir(w.out, 0o700); err != nil { // somebody was faster
		t.Fatal(err)
	}
	if _, err := w.file.Finish(); err == nil || !strings.Contains(err.Error(), "--recover") {
		t.Errorf("error is %v", err)
	}
	if err := os.Remove(w.out); err != nil {
		t.Fatal(err)
	}
	r, cut, err := record.Recover(record.PartOf(w.out), w.out)
	if err != nil || cut != 0 || len(r.Exchanges) != 1 {
		t.Errorf("recovered %v, cut %d, %v", r, cut, err)
	}
}

// TestTornPart is what a crash in the middle of a line leaves behind.
func TestTornPart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "mytijian", nil)
	for range 3 {
		w.call(t, "listHospitalTasks")
	}
	w.recorder.Wait()
	text, err := os.ReadFile(record.PartOf(w.out))
	if err != nil {
		t.Fatal(err)
	}
	torn := w.out + ".torn.part"
	if err := os.WriteFile(torn, text[:len(text)-40], 0o600); err != nil {
		t.Fatal(err)
	}
	r, cut, err := record.Recover(torn, w.out)
	if err != nil || cut == 0 || len(r.Exchanges) != 2 {
		t.Errorf("recovered %v, cut %d, %v", r, cut, err)
	}
	if _, err := scenarios.ReadFile(w.out, scenarios.ReadConfig{}); err != nil {
		t.Error(err)
	}
}

func ExampleUnopened() {
	x := &scenarios.Exchange{Response: scenarios.Response{Wire: scenarios.Wire{Seal: scenarios.SealUnopened}}}
	fmt.Println(record.Unopened(x))
	// Output: true
}

// TestRecoverUnderWay: what a recorder is still writing is not taken from it.
func TestRecoverUnderWay(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("it lets nobody remove a file that is open")
	}
	w := newWorld(t, "mytijian", nil)
	w.call(t, "listHospitalTasks")
	w.recorder.Wait()
	if _, _, err := record.Recover(record.PartOf(w.out), w.out+".other.har"); err == nil || !strings.Contains(err.Error(), "is still being written") {
		t.Errorf("error is %v", err)
	}
	w.call(t, "listHospitalTasks")
	if r, _ := w.finish(t); len(r.Exchanges) != 2 {
		t.Errorf("%d exchanges are left", len(r.Exchanges))
	}
}

// TestDateOfARecording is that of the first exchange whose time is known.
func TestDateOfARecording(t *testing.T) {
	t.Parallel()
	op := "/open-api/V2/ws/agentManager/hospitalTaskList"
	dated, undated := strayEntry("POST", "https://vendor.example"+op), strayEntry("POST", "https://vendor.example"+op)
	dated["startedDateTime"] = "2025-03-01T10:00:00+08:00"
	delete(undated, "startedDateTime")
	r, _, err := record.Import(t.Context(), bytes.NewReader(harOf(t, undated, dated, undated)), importer(t, contractOf(t, "mytijian")))
	if err != nil || r.Made.UTC().Format("2006-01-02T15") != "2025-03-01T02" {
		t.Errorf("made at %v, %v", r, err)
	}
}
