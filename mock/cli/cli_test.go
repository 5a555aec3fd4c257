package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

func TestExitCodes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args []string
		want int
	}{
		{nil, exitOK},
		{[]string{"--version"}, exitOK},
		{[]string{"version"}, exitOK},
		{[]string{"serve", "--help"}, exitOK},
		{[]string{"-v"}, exitUsage},
		{[]string{"servce"}, exitUsage},
		{[]string{"help", "servce"}, exitUsage},
		{[]string{"serve", "--nothing"}, exitUsage},
		{[]string{"serve", "--seed", "x"}, exitUsage},
		{[]string{"serve", "--vendor", "x"}, exitUsage},
		{[]string{"vendors", "x"}, exitUsage},
		{[]string{"version", "x"}, exitUsage},
		{[]string{"serve", "--listen", "x"}, exitUsage},
		{[]string{"serve", "--listen", "localhost:0", "--control", "x"}, exitUsage},
		{[]string{"serve", "--listen", "localhost:9", "--control", "localhost:9"}, exitUsage},
		{[]string{"serve", "--listen", "localhost:0", "--control", "localhost:0", "--forward-to", "x"}, exitUsage},
		{[]string{"vendors", "--listen", "x"}, exitUsage},
		{[]string{"serve", "--listen", "192.0.2.1:0"}, exitRuntime},
		{[]string{"serve", "--config", t.TempDir()}, exitRuntime},
	}
	for _, tt := range tests {
		var out, failed bytes.Buffer
		got := Run(context.Background(), tt.args, nil, &out, &failed)
		if got != tt.want {
			t.Errorf("%q ends with %d, want %d: %s", tt.args, got, tt.want, &failed)
		}
		if lines := strings.Count(failed.String(), "\n"); (got == exitOK) != (lines == 0) || lines > 1 {
			t.Errorf("%q writes %q to stderr", tt.args, &failed)
		}
	}
}

// full is an output that takes nothing more.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// TestLostOutputIsNoSuccess: a script must not go on with half a file.
func TestLostOutputIsNoSuccess(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"version"}, {"--help"}, {"vendors"}, {"vendors", "zheliban"}, {"questions", "zheliban"}, {"cert", "--hosts"}, {"call", "zheliban"}, {"emit", "weixiao"},
		{"emit", "weixiao", "addUser", "--to", "http://localhost:1", "--print"},
	} {
		var failed bytes.Buffer
		if got := Run(t.Context(), args, nil, full{}, &failed); got != exitRuntime || !strings.Contains(failed.String(), "no space left") {
			t.Errorf("%q ends with %d: %s", args, got, &failed)
		}
	}
}

// TestMistakesBesideTheCommandLine makes in the environment and in the file what would end with 2 in the command line.
func TestMistakesBesideTheCommandLine(t *testing.T) {
	t.Parallel()
	free := "listen: localhost:0\ncontrol: localhost:0\n"
	tests := []struct {
		name, file string
		environ    []string
		args       []string
		want       string
		code       int
	}{
		{
			name: "listen in the file", file: "seed: 1\nlisten: bad\n",
			want: `FILE:2: listen "bad": write HOST:PORT, such as localhost:8740 or [::1]:8740`, code: exitRuntime,
		},
		{
			name: "control in the file", file: "listen: localhost:0\ncontrol: localhost:x\n",
			want: `FILE:2: control "localhost:x": the port is a number from 0 to 65535; 0 takes a free one`, code: exitRuntime,
		},
		{
			name: "listen in the environment", file: free, environ: []string{"UNDERSTUDY_LISTEN=bad"},
			want: `UNDERSTUDY_LISTEN "bad": write HOST:PORT, such as localhost:8740 or [::1]:8740`, code: exitRuntime,
		},
		{
			name: "control in the environment", file: free, environ: []string{"UNDERSTUDY_CONTROL=bad"},
			want: `UNDERSTUDY_CONTROL "bad": write HOST:PORT, such as localhost:8740 or [::1]:8740`, code: exitRuntime,
		},
		{
			name: "listen of another machine", file: "listen: 192.0.2.1:47474\n",
			want: `FILE:1: listen 192.0.2.1:47474: `, code: exitRuntime,
		},
		{
			name: "one address twice", file: "listen: localhost:9\n", environ: []string{"UNDERSTUDY_CONTROL=localhost:9"},
			want: `FILE:1: listen and UNDERSTUDY_CONTROL are both localhost:9; they are two listeners and need two ports`, code: exitRuntime,
		},
		{
			name: "target in the file", file: free + "vendors:\n  weixiao:\n    forwardTo:\n    - private\n    - everywhere\n",
			want: `FILE:7: forward target "everywhere": want private, a CIDR`, code: exitRuntime,
		},
		{
			name: "target in the environment", file: free, environ: []string{"UNDERSTUDY_WEIXIAO_FORWARDTO=private, everywhere"},
			want: `UNDERSTUDY_WEIXIAO_FORWARDTO: forward target "everywhere": want private, a CIDR`, code: exitRuntime,
		},
		{
			name: "target in the command line, over a good one", file: free, environ: []string{"UNDERSTUDY_WEIXIAO_FORWARDTO=private"},
			args: []string{"--forward-to", "private,everywhere"},
			want: `--forward-to: forward target "everywhere": want private, a CIDR`, code: exitUsage,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			name := write(t, tt.file)
			var out, failed bytes.Buffer
			args := append([]string{"serve", "--config", name}, tt.args...)
			got := Run(t.Context(), args, tt.environ, &out, &failed)
			want := "understudy: " + strings.ReplaceAll(tt.want, "FILE", name)
			if got != tt.code || !strings.HasPrefix(failed.String(), want) || out.Len() > 0 {
				t.Errorf("exit code %d, want %d; stdout %q, stderr\n%swant\n%s", got, tt.code, &out, &failed, want)
			}
		})
	}
}

// TestVersionFlag asks in both ways.
func TestVersionFlag(t *testing.T) {
	t.Parallel()
	var said []string
	for _, word := range []string{"version", "--version"} {
		var out, failed bytes.Buffer
		if code := Run(t.Context(), []string{word}, nil, &out, &failed); code != exitOK || failed.Len() > 0 {
			t.Errorf("%s ends with %d: %s", word, code, &failed)
		}
		said = append(said, out.String())
	}
	if !strings.HasPrefix(said[0], "understudy ") || said[0] != said[1] {
		t.Errorf("printed: %q", said)
	}
}

// TestLocate gives an error of two operations that share a slot.
func TestLocate(t *testing.T) {
	t.Parallel()
	s := newSettings(contracts(t))
	s.vendors["zheliban"].from["secret"] = "a.yaml:3"
	err := errors.Join(errors.New("zheliban.secret: is short"), errors.New("zheliban.secret: is short"), errors.New("zheliban.secretive is not it"))
	want := "a.yaml:3: zheliban.secret: is short\nzheliban.secretive is not it"
	if diff := cmp.Diff(want, s.locate(&cobra.Command{}, contracts(t), err).Error()); diff != "" {
		t.Error(diff)
	}
}
