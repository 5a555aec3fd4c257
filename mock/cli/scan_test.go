package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"understudy/scenarios"
)

// TestScanExitCodes: a leak is 1, whatever keeps scan from judging is 2.
func TestScanExitCodes(t *testing.T) {
	t.Parallel()
	card := "11010119900307" + "7774" // made up, with the right check digit
	dir := folder(t, map[string]string{
		"fine.txt": "nothing to see\n", "leak.txt": "first\nid " + card + "\n", "empty.txt": "", "binary": "a\x00b", "none.har": `{"log":{"entries":[]}}`,
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	recording := &scenarios.Recording{Vendor: "zheliban", Masked: true, Exchanges: []*scenarios.Exchange{{
		Operation: "pullReservations", Request: scenarios.Request{Method: "POST", Path: "/reservation/sync/order"},
		Response: scenarios.Response{Status: 200, Outcome: scenarios.OutcomeOK, MediaType: "application/json", Body: []byte(`{"code":200,"result":[{"name":"测试甲"}]}`)},
	}}}
	if err := recording.WriteFile(at("named.har")); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{at("fine.txt")}, 0, "files scanned: 1"},
		{[]string{at("fine.txt"), "--vendor", "weixiao"}, 0, "files scanned: 1"},
		{[]string{at("leak.txt"), at("fine.txt")}, 1, "what should not be there: 1, in files: 1"},
		{[]string{at("leak.txt"), "--lang", "zh"}, 1, "不应存在的内容：1 处"},
		{[]string{at("named.har")}, 1, "what should not be there: 1"},
		{[]string{at("named.har"), "--vendor", "zheliban"}, 1, "what should not be there: 1"},
		{[]string{at("named.har"), "--vendor", "weixiao"}, 2, "is a recording of zheliban"},
		{[]string{at("leak.txt"), at("empty.txt")}, 2, "not everything could be scanned"},
		{[]string{at("empty.txt")}, 2, "is empty"},
		{[]string{at("binary")}, 2, "is no text"},
		{[]string{at("none.har")}, 2, "has no entries"},
		{[]string{at("nowhere")}, 2, "there is no file"},
		{[]string{dir}, 2, "is a directory"},
		{[]string{at("fine.txt"), "--max-bytes", "3"}, 2, "raise the limit with --max-bytes"},
		{[]string{at("fine.txt"), "--max-bytes", "0"}, 2, "--max-bytes is a number of bytes"},
		{[]string{at("fine.txt"), "--vendor", "zhelibn"}, 2, "did you mean zheliban?"},
		{[]string{at("fine.txt"), "--spec", "nothing.yaml"}, 2, "nothing.yaml"},
		{[]string{at("fine.txt"), "--format", "xml"}, 2, "write text or sarif"},
		{[]string{"-", "-"}, 2, "can be read once"},
		{nil, 2, "say what to scan"},
	} {
		code, out, failed := checked(t.Context(), append([]string{"scan"}, tt.args...)...)
		if code != tt.code || !strings.Contains(failed, tt.want) {
			t.Errorf("%q ends with %d, want %d and %q:\n%s", tt.args, code, tt.code, tt.want, failed)
		}
		if strings.Contains(out+failed, card) || strings.Contains(out+failed, "测试甲") {
			t.Errorf("%q prints the datum", tt.args)
		}
	}
	_, out, _ := checked(t.Context(), "scan", at("leak.txt"))
	if want := at("leak.txt") + ":2: error: line 2: an identity number stands here, by its check digit or its date of birth [id-card]\n"; out != want {
		t.Errorf("got %q, want %q", out, want)
	}
	sarif := at("scan.sarif")
	if code, _, failed := checked(t.Context(), "scan", at("leak.txt"), "--format", "sarif", "--output", sarif); code != 1 {
		t.Errorf("sarif ends with %d: %s", code, failed)
	}
	if text, err := os.ReadFile(sarif); err != nil || !strings.Contains(string(text), `"id-card"`) || strings.Contains(string(text), card) {
		t.Errorf("the report is %s (%v)", text, err)
	}
}
