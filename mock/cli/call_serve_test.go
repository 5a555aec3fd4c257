package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"understudy/mock/cli"
)

// TestPrintedClientCallsWork runs every call of ours that serve offers to try.
func TestPrintedClientCallsWork(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("words are cut at blanks here, and a path may have some")
	}
	name := filepath.Join(t.TempDir(), "understudy.yaml")
	config := "readings: {Z-15: text}\nvendors:\n  zheliban: {aesKey: 0123456789abcdef, secret: hush-hush}\n"
	if err := os.WriteFile(name, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, flags := range [][]string{nil, {"--config", name, "--reading", "Z-1=form,A-17=plain"}} {
		s := serve(t, nil, flags...)
		lines := regexp.MustCompile(`(?m)^  try +understudy (call .*)$`).FindAllStringSubmatch(s.out.String(), -1)
		if len(lines) != 4 {
			t.Fatalf("%d calls are offered, want 4 (all but eazytec, whose only call changes something):\n%s", len(lines), s.out)
		}
		for _, line := range lines {
			var out, failed bytes.Buffer
			code := cli.Run(s.ctx, strings.Fields(line[1]), nil, &out, &failed)
			if code != 0 || !json.Valid(out.Bytes()) || strings.Contains(failed.String(), "hush") {
				t.Errorf("%s\nends with %d: %s\n%s", line[1], code, &out, &failed)
			}
		}
		s.printed(`zheliban\.pullReservations 200 ok`)
		s.end()
	}
}
