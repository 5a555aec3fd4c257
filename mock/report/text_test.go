package report_test

import (
	"bytes"
	"strings"
	"testing"

	"understudy/mock/report"
)

func TestTextForATerminal(t *testing.T) {
	t.Parallel()
	for lang, wants := range map[string][]string{
		"en": {
			"  operation  positive       negative     flow\n", "  listPets   1 of 2 FAILED  not checked  -\n", "  dropPet    1 ok, 1 known  -            not checked\n",
			"FAILED listPets positive: minimum /age\n", "    reproduce:\n      curl  -H ", "FAILED GET /pet\n", "covered: 2 of 2 operations, 1 of 2 statuses, 1 of 2 business codes",
			"  GET /favicon.ico ×2 no path fits\n", "mended, remove from the baseline: listPets: positive: plain: gone\n",
			"pets: FAILED: 2 of 4 checks, 1 known failure, 12 exchanges, seed 7, 1.5s\n",
		},
		"zh": {
			"  操作      正向            反向    流程\n", "  listPets  2 中 1 失败     未检查  -\n", "  dropPet   1 通过，1 已知  -       未检查\n",
			"失败 listPets positive: minimum /age\n", "重现:", "覆盖：操作 2/2，状态码 1/2，业务码 1/2", "pets：失败：2 项，共 4 项检查，1 项已知失败，12 次交互，种子 7，1.5s\n",
		},
	} {
		var b bytes.Buffer
		if err := report.WriteText(&b, withBaseline(t), lang); err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s: does not say %q:\n%s", lang, want, b.String())
			}
		}
		if strings.ContainsAny(b.String(), "\x1b\x00\xff") {
			t.Errorf("%s: a text of the server would draw on the terminal", lang)
		}
	}
}

func TestTextSaysHowItEnded(t *testing.T) {
	t.Parallel()
	passed := &report.Report{Contract: "pets", Operations: []report.Operation{{ID: "a", Positive: report.Part{Checked: []report.Check{{Name: "x"}}}}}}
	for want, r := range map[string]*report.Report{"pets: checked nothing": {Contract: "pets"}, "pets: passed: 1 check,": passed} {
		var b bytes.Buffer
		if err := report.WriteText(&b, r, "en"); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), want) {
			t.Errorf("does not say %q:\n%s", want, b.String())
		}
	}
}
