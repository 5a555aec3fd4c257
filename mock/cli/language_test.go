package cli

import (
	"bytes"
	"strings"
	"testing"
)

func TestLocale(t *testing.T) {
	t.Parallel()
	inChina := func() speech { return chinese }
	tests := []struct {
		environ       []string
		userInterface func() speech
		want          speech
	}{
		{nil, interfaceLanguageOfEnglish, english},
		{nil, inChina, chinese},
		{[]string{"LANG=zh_CN.UTF-8"}, interfaceLanguageOfEnglish, chinese},
		{[]string{"LANG=zh"}, interfaceLanguageOfEnglish, chinese},
		{[]string{"LANG=en_US.UTF-8"}, inChina, english},
		{[]string{"LANG=zh_CN.UTF-8", "LC_ALL=C.UTF-8"}, inChina, english},
		{[]string{"LANG=en_US.UTF-8", "LC_MESSAGES=zh_TW.UTF-8"}, interfaceLanguageOfEnglish, chinese},
		{[]string{"LANG=zh_CN.UTF-8", "LC_ALL="}, interfaceLanguageOfEnglish, chinese},
		{[]string{"LANG=zh_CN.UTF-8", "LANG=C"}, inChina, english},
		{[]string{"LANGUAGE=zh"}, interfaceLanguageOfEnglish, english},
	}
	for _, tt := range tests {
		if got := localeOf(tt.environ, tt.userInterface); got != tt.want {
			t.Errorf("%q speaks %s, want %s", tt.environ, got, tt.want)
		}
	}
}

func interfaceLanguageOfEnglish() speech { return english }

// TestLanguageOfARun asks for the hosts file, whose comments are in the run's language.
func TestLanguageOfARun(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		environ []string
		args    []string
		code    int
		want    string // in what is printed, or in the error
	}{
		{"the locale", []string{"LC_ALL=zh_CN.UTF-8"}, nil, exitOK, "厂商的域名指向本机"},
		{"the variable over the locale", []string{"LC_ALL=zh_CN.UTF-8", "UNDERSTUDY_LANG=en"}, nil, exitOK, "lead to this machine"},
		{"the flag over both", []string{"LC_ALL=en_US", "UNDERSTUDY_LANG=en"}, []string{"--lang", "zh"}, exitOK, "厂商的域名指向本机"},
		{"a wrong flag", nil, []string{"--lang", "zh_CN"}, exitUsage, `--lang: "zh_CN" is no language of this program; write zh or en`},
		{"an empty flag", nil, []string{"--lang="}, exitUsage, `--lang: ""`},
		{"a wrong variable", []string{"UNDERSTUDY_LANG=cn"}, nil, exitRuntime, `UNDERSTUDY_LANG: "cn" is no language of this program`},
	}
	for _, tt := range tests {
		var out, failed bytes.Buffer
		code := Run(t.Context(), append([]string{"cert", "--hosts"}, tt.args...), tt.environ, &out, &failed)
		if code != tt.code || !strings.Contains(out.String()+failed.String(), tt.want) {
			t.Errorf("%s: exit code %d, want %d; stdout %s, stderr %s", tt.name, code, tt.code, &out, &failed)
		}
	}
}
