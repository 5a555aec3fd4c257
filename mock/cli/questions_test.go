package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// TestLetters writes one to every vendor, in both languages.
func TestLetters(t *testing.T) {
	t.Parallel()
	asked := 0
	for _, c := range contracts(t) {
		for _, say := range []speech{english, chinese} {
			var out, failed bytes.Buffer
			if code := Run(t.Context(), []string{"questions", c.Vendor, "--lang", string(say)}, nil, &out, &failed); code != exitOK || failed.Len() > 0 {
				t.Errorf("%s, %s: exit code %d: %s", c.Vendor, say, code, &failed)
				continue
			}
			text := out.String()
			if strings.Contains(text, "%!") || strings.Contains(text, "\n\n\n") || strings.ContainsAny(text, "\t\r") {
				t.Errorf("%s, %s:\n%s", c.Vendor, say, text)
			}
			for i, u := range c.Unclear {
				asked++
				number := fmt.Sprintf("\n%d. %s", i+1, paragraph(say.of(u.Question, u.QuestionZh)))
				if !strings.Contains(text, number) || strings.Count(text, u.ID+say.of(")", "）")) != 1 {
					t.Errorf("%s, %s: %s is not asked as%s", c.Vendor, say, u.ID, number)
				}
				for _, r := range u.Readings {
					if !strings.Contains(text, paragraph(say.of(r.Meaning, r.MeaningZh))) {
						t.Errorf("%s, %s: %s lacks the reading %s", c.Vendor, say, u.ID, r.Name)
					}
				}
			}
			if n := strings.Count(text, say.of("Until we hear from you: ", "收到答复前：")); n != len(c.Unclear) {
				t.Errorf("%s, %s: %d assumptions for %d questions", c.Vendor, say, n, len(c.Unclear))
			}
			if say == chinese && strings.ContainsFunc(text, unicode.IsSpace) && strings.Contains(text, "Until") {
				t.Errorf("%s: the letter mixes languages:\n%s", c.Vendor, text)
			}
		}
	}
	if asked < 20 {
		t.Errorf("only %d questions were asked", asked)
	}
}

func TestLetterAssumesWhatIsChosen(t *testing.T) {
	t.Parallel()
	letterTo := func(args ...string) string {
		var out, failed bytes.Buffer
		if code := Run(t.Context(), append([]string{"questions", "zheliban"}, args...), nil, &out, &failed); code != exitOK {
			t.Fatalf("%q: exit code %d: %s", args, code, &failed)
		}
		return out.String()
	}
	usual, chosen := letterTo(), letterTo("--reading", "Z-15=text,Z-1=form")
	for _, want := range []string{"收到答复前：暂按 A 处理。", "收到答复前：我方发送时采用 A，读取时各种形式均接受。"} {
		if !strings.Contains(usual, want) {
			t.Errorf("%s is not in\n%s", want, usual)
		}
	}
	if strings.Count(chosen, "收到答复前：暂按 B 处理。") != 2 || strings.Contains(usual, "暂按 B") {
		t.Errorf("the chosen readings are not assumed:\n%s", chosen)
	}
	// The reader is the vendor: the locale of whoever writes does not decide.
	if !strings.HasPrefix(usual, "主题：关于《浙里办体检预约信息同步接口说明》（2021-06-24）的 ") {
		t.Errorf("the letter begins\n%.200s", usual)
	}
	name := filepath.Join(t.TempDir(), "letter.txt")
	if printed := letterTo("--out", name); printed != "" {
		t.Errorf("with --out, printed is %s", printed)
	}
	if text, err := os.ReadFile(name); err != nil || string(text) != usual {
		t.Errorf("the file differs (%v)", err)
	}
	if letterTo("--out", "-") != usual {
		t.Error("- is not standard output")
	}
}

func TestQuestionsMistakes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{nil, exitUsage, "questions takes one vendor, such as zheliban"},
		{[]string{"zheliban", "--out", "no/such/folder.txt"}, exitRuntime, "--out: the folder of no/such/folder.txt does not exist"},
		{[]string{"zheliban", "weixiao"}, exitUsage, "questions takes one vendor"},
		{[]string{"zheliba"}, exitUsage, "did you mean zheliban?"},
		{[]string{"zheliban", "--out", t.TempDir()}, exitRuntime, "is a directory; name a file"},
	} {
		var out, failed bytes.Buffer
		code := Run(t.Context(), append([]string{"questions"}, tt.args...), nil, &out, &failed)
		if code != tt.code || !strings.Contains(failed.String(), tt.want) || out.Len() > 0 {
			t.Errorf("%q: exit code %d, %s%s", tt.args, code, &out, &failed)
		}
	}
}
