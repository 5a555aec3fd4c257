package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"understudy/adapters"
	"understudy/adapters/alihealth"
	"understudy/adapters/mytijian"
	"understudy/adapters/zheliban"
	"understudy/mock"
	"understudy/mock/mocktest"
	"understudy/mock/record"
)

// The functions below are the README's Go, as it stands there: TestReadmeShowsTheseFunctions holds the two together, so
// what the README shows compiles, and TestReadmeFunctions runs it.

func readmeMock(t mocktest.TB) (*zheliban.Client, error) {
	m := mocktest.Start(t) // or GinkgoTB()
	v := m.Zheliban()
	client, err := zheliban.New(zheliban.Config{BaseURL: v.BaseURL, APIKey: v.APIKey, Secret: v.Secret, AESKey: v.AESKey})
	if err != nil {
		t.Fatalf("%v", err)
	}
	m.World().Freeze(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	if _, err := m.World().AddFault(mock.Fault{Operation: "pullReservations", Break: mock.Cut, Calls: 1}); err != nil {
		t.Fatalf("%v", err)
	}
	return client, err
}

func readmeSocketless(t mocktest.TB) (*mocktest.Mock, *http.Client) {
	m := mocktest.StartWith(t, mocktest.Config{NoSockets: true})
	client := m.Client() // or m.Transport() for the clients' Config.HTTP
	return m, client
}

func readmePlay(t mocktest.TB, file string) (*mytijian.Client, error) {
	m := mocktest.Play(t, file)
	client, err := mytijian.New(mytijian.Config{BaseURL: m.Mytijian().BaseURL, Tokens: adapters.StaticToken(m.Mytijian().AccessToken)})
	return client, err
}

func readmeSync(ctx context.Context, store func(context.Context, []zheliban.Reservation) error) error {
	client, err := zheliban.New(zheliban.Config{
		BaseURL: "http://localhost:8740", APIKey: "development-api-key", Secret: "development-secret", AESKey: "development-key!",
	})
	if err != nil {
		return err
	}
	summary, err := client.Sync(ctx, func(ctx context.Context, b zheliban.Batch) error {
		return store(ctx, b.Reservations) // acknowledged only after this returned nil
	})
	if errors.Is(err, adapters.ErrUnauthorized) {
		return fmt.Errorf("check the credentials: %w", err)
	}
	_ = summary
	return err
}

func readmeAppointments(ctx context.Context, client *alihealth.Client) error {
	day := alihealth.DayOf(time.Now())
	for a, err := range client.Appointments(ctx, alihealth.Query{Day: day, OutPovID: "00001"}) {
		if err != nil {
			return err
		}
		fmt.Println(a.Day, a.Period, a.AppointmentID)
	}
	return nil
}

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// blocks lists the README's code of a language.
func blocks(t *testing.T, language string) []string {
	t.Helper()
	var list []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(readme(t), -1) {
		list = append(list, m[1])
	}
	if len(list) == 0 {
		t.Fatalf("the README shows no %s", language)
	}
	return list
}

func TestReadmeShowsTheseFunctions(t *testing.T) {
	t.Parallel()
	own, err := os.ReadFile("readme_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range blocks(t, "go") {
		indented := "\t" + strings.ReplaceAll(strings.TrimSpace(block), "\n", "\n\t")
		indented = strings.ReplaceAll(indented, "\n\t\n", "\n\n")
		if !strings.Contains(string(own), indented) {
			t.Errorf("the README shows Go that nothing compiles:\n%s", block)
		}
	}
}

func TestReadmeFunctions(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	client, err := readmeMock(t)
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := client.PullReservations(t.Context()); err != nil || len(rows) == 0 {
		t.Errorf("after one cut connection: %d rows, %v", len(rows), err)
	}
	played, err := readmePlay(t, recordedTasks(t))
	if err != nil {
		t.Fatal(err)
	}
	if tasks, err := played.ListHospitalTasks(t.Context()); err != nil || len(tasks) == 0 {
		t.Errorf("from a recording: %d tasks, %v", len(tasks), err)
	}
	m, socketless := readmeSocketless(t)
	reply, err := socketless.Get(m.Weixiao().BaseURL + "/wx/push/queryPushProject")
	if err != nil || reply.StatusCode != http.StatusOK {
		t.Errorf("without sockets: %v, %v", reply, err)
	}
	health, err := alihealth.New(alihealth.Config{BaseURL: m.Alihealth().BaseURL, AppKey: m.Alihealth().AppKey, AppSecret: m.Alihealth().AppSecret, HTTP: adapters.Config{Transport: m.Transport()}})
	if err != nil {
		t.Fatal(err)
	}
	if err := readmeAppointments(ended, health); !errors.Is(err, context.Canceled) {
		t.Errorf("appointments whose context has ended: %v", err)
	}
	if err := readmeSync(ended, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a sync whose context has ended: %v", err)
	}
}

// recordedTasks is a recording of one call.
func recordedTasks(t *testing.T) (file string) {
	t.Helper()
	m := mocktest.Start(t)
	v := m.Mytijian()
	reply, err := m.Client().Post(v.BaseURL+"/open-api/V2/ws/agentManager/hospitalTaskList?accessToken="+v.AccessToken, "application/json", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = reply.Body.Close()
	recording, _, err := record.FromSession(t.Context(), record.SessionConfig{Server: m.Server(), Vendor: "mytijian"})
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "tasks.har")
	if err := recording.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestReadmeNamesWhatThereIs(t *testing.T) {
	t.Parallel()
	text := readme(t)
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("(?m)(?:`|^)make ([a-z-]+)").FindAllStringSubmatch(text, -1)
	if len(named) == 0 {
		t.Fatal("the README names no target")
	}
	for _, m := range named {
		if !strings.Contains(string(makefile), "\n"+m[1]+":") {
			t.Errorf("there is no make target %s", m[1])
		}
	}
	for _, vendor := range callers() {
		for id := range vendor.calls {
			if !strings.Contains(text, "`"+id+"`") {
				t.Errorf("the README does not name %s of %s", id, vendor.vendor)
			}
		}
	}
}

// readmePrints are, by a part of a block of the README's shell, what the block has to print: a user who sees something else
// has been promised too much.
func readmePrints() map[string][]string {
	return map[string][]string{
		"hospitalTaskList?accessToken=development-access-token'\n\ncurl": {`"success":"T"`, `"project":"demo"`, `"操作成功"`},
		"outcome=vendor-error":       {"Understudy-Diagnosis: sealed-plain-json", `"diagnosis":{"id":"sealed-plain-json"`},
		"/sessions/demo/faults":      {`"name":"demo"`, `"2026-03-03T09:00:00+08:00"`, `"orderStatus":5`, "502 Bad Gateway", `"project":"demo"`, `"outcome":"fault"`},
		"Prefer: error=system-error": {"Preference-Applied: error=system-error", `"success":"F"`},
		"understudy call":            {`"serialNumber":"ZJ10001"`, `"appointment_id"`, "\n" + `{"apikey":"development-api-key","secret":"development-secret"}`},
		"petstore.yaml <<":           {"petstore: nothing wrong", "petstore.overlay.yaml is written"},
		"understudy check":           {"zheliban: passed"},
		"understudy explain":         {"[sealed-plain-json]", "fix:"},
		"understudy record":          {"heard.har: 2 exchanges", "nothing found that should not be there", "zheliban: passed", `"serialNumber":"ZJ100`, "confirmed  body"},
		"understudy story":           {"zheliban: passed: 7 checks", "draft.arazzo.yaml is written", "recorded   7 ok"},
	}
}

// TestOutsideRunsTheReadme pastes the README's shell into a shell, as a new user would, against a built command.
func TestOutsideRunsTheReadme(t *testing.T) {
	newJudge(t)
	for _, tool := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is missing: %v", tool, err)
		}
	}
	binary, front, control := startCommand(t)
	stories, err := filepath.Abs(filepath.Join(root, "scenarios"))
	if err != nil {
		t.Fatal(err)
	}
	in := strings.NewReplacer("localhost:8740", front, "localhost:8741", control, "localhost:8742", freeAddress(t), "localhost:8743", freeAddress(t),
		"bin/understudy", "'"+binary+"'", " scenarios/", " "+stories+"/")
	expected := readmePrints()
	for _, block := range blocks(t, "sh") {
		if !strings.Contains(block, "curl") && !strings.Contains(block, "bin/understudy") {
			continue
		}
		cmd := exec.Command("sh", "-e", "-c", in.Replace(block))
		cmd.Dir = t.TempDir() // a block may write files
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s\n%s", err, block, out)
		}
		known := false
		for part, wants := range expected {
			if !strings.Contains(block, part) {
				continue
			}
			known = true
			delete(expected, part)
			for _, want := range wants {
				if !strings.Contains(string(out), want) {
					t.Errorf("the output lacks %s:\n%s\n%s", want, block, out)
				}
			}
		}
		if !known {
			t.Errorf("nothing says what this block has to print:\n%s", block)
		}
	}
	for part := range expected {
		t.Errorf("no block of the README has %s", part)
	}
}

// freeAddress is an address of this machine on which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return "localhost:" + port
}

// startCommand builds and starts the command on free ports and returns it and its addresses.
func startCommand(t *testing.T) (binary, front, control string) {
	t.Helper()
	binary = filepath.Join(t.TempDir(), "understudy")
	if out, err := exec.Command("go", "build", "-o", binary, "../mock/cmd/understudy").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(binary, "serve", "--listen", "localhost:0", "--control", "localhost:0")
	lines := &lineReader{found: make(chan [2]string, 1)}
	cmd.Stdout, cmd.Stderr = lines, lines
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	select {
	case addresses := <-lines.found:
		return binary, addresses[0], addresses[1]
	case <-time.After(20 * time.Second):
		t.Fatal("the command did not become ready")
		return "", "", ""
	}
}

// lineReader finds the two addresses in what serve prints.
type lineReader struct {
	text  strings.Builder
	done  bool
	found chan [2]string
}

func (l *lineReader) Write(p []byte) (int, error) {
	l.text.Write(p)
	front := regexp.MustCompile(`mytijian: ready at http://(localhost:\d+)`).FindStringSubmatch(l.text.String())
	control := regexp.MustCompile(`control: ready at http://(localhost:\d+)`).FindStringSubmatch(l.text.String())
	if !l.done && front != nil && control != nil {
		l.done = true
		l.found <- [2]string{front[1], control[1]}
	}
	return len(p), nil
}
