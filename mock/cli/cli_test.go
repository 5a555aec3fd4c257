package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExitCodes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args []string
		want int
	}{
		{nil, exitOK},
		{[]string{"version"}, exitOK},
		{[]string{"serve", "--help"}, exitOK},
		{[]string{"servce"}, exitUsage},
		{[]string{"help", "servce"}, exitUsage},
		{[]string{"serve", "--nothing"}, exitUsage},
		{[]string{"serve", "--seed", "x"}, exitUsage},
		{[]string{"serve", "--vendor", "x"}, exitUsage},
		{[]string{"vendors", "x"}, exitUsage},
		{[]string{"version", "x"}, exitUsage},
		{[]string{"serve", "--listen", "x"}, exitRuntime},
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

func TestLanguage(t *testing.T) {
	t.Parallel()
	for want, environ := range map[string][]string{
		"zh": {"LANG=zh_CN.UTF-8"},
		"en": {"LANG=zh_CN.UTF-8", "LC_ALL=C.UTF-8"},
	} {
		if got := language(environ); got != want {
			t.Errorf("%q speaks %s, want %s", environ, got, want)
		}
	}
	if got := language(nil); got != "en" {
		t.Errorf("without a locale it speaks %s", got)
	}
}

// TestLocate gives an error of two operations that share a slot.
func TestLocate(t *testing.T) {
	t.Parallel()
	s := newSettings(contracts(t))
	s.vendors["zheliban"].from["secret"] = "a.yaml:3"
	err := errors.Join(errors.New("zheliban.secret: is short"), errors.New("zheliban.secret: is short"), errors.New("zheliban.secretive is not it"))
	want := "a.yaml:3: zheliban.secret: is short\nzheliban.secretive is not it"
	if diff := cmp.Diff(want, s.locate(err).Error()); diff != "" {
		t.Error(diff)
	}
}
