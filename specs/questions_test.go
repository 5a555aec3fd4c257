package specs_test

import (
	"strings"
	"testing"
	"unicode"

	"understudy/specs"
)

// places names for each unclear clause a part of the vendor's document that its question has to lead to.
func places() map[string]string {
	return map[string]string{
		"T-4": "TaskModelDto", "T-5": "TaskModelDto", "T-8": "TaskModelDto",
		"W-2": "1.1", "W-8": "1.2", "W-18": "错误码列表", "W-26": "2.1", "W-35": "1.2",
		"Z-1": "获取token", "Z-3": "form data", "Z-6": "获取token", "Z-15": "公共响应参数", "Z-19": "获取token", "Z-40": "预约信息同步",
		"A-17": "响应示例", "A-19": "公共参数", "E-9": "请求Body", "E-17": "请求Body",
	}
}

// TestQuestions reads the clauses as the vendor will: in both languages, with the place in the vendor's own document.
func TestQuestions(t *testing.T) {
	t.Parallel()
	judged := 0
	for _, vendor := range specs.Vendors() {
		for _, u := range load(t, vendor).Unclear {
			judged++
			place := places()[u.ID]
			if place == "" || !strings.Contains(u.Question, place) || !strings.Contains(u.QuestionZh, place) {
				t.Errorf("%s does not lead to %q in both languages", u.ID, place)
			}
			if !strings.Contains(u.Question, "?") || !strings.Contains(u.QuestionZh, "？") || !chinese(u.QuestionZh) {
				t.Errorf("%s asks nothing, or not in both languages", u.ID)
			}
			if strings.Contains(u.Question+u.QuestionZh, u.ID) {
				t.Errorf("%s speaks of itself by a number that the vendor does not know", u.ID)
			}
			for _, r := range u.Readings {
				if chinese(r.Meaning) || !strings.HasSuffix(r.Meaning, ".") || !strings.HasSuffix(r.MeaningZh, "。") {
					t.Errorf("%s=%s: a sentence in each language, not %q and %q", u.ID, r.Name, r.Meaning, r.MeaningZh)
				}
			}
		}
	}
	if judged != len(places()) {
		t.Errorf("%d clauses, %d places", judged, len(places()))
	}
}

func chinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
