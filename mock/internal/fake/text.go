package fake

import (
	"strings"
	"unicode/utf8"
)

// longestSentence is the most characters that Sentence gives.
const longestSentence = 21

// Word returns a Chinese word of two to four characters.
func (s Source) Word() string {
	return s.Pick([]string{
		"预约", "体检", "报告", "通知", "项目", "套餐", "健康", "服务", "窗口", "资料", "复查", "门诊", "接种", "登记",
		"名单", "批次", "校园", "社区", "服务台", "体检单", "候诊区", "宣传栏", "健康档案", "预约记录", "办理指南",
	})
}

// Sentence returns one Chinese sentence with its full stop.
func (s Source) Sentence() string {
	when := s.Sub("when").Pick([]string{"", "即日起，", "本周内，", "上午九点前，", "工作日期间，", "如有疑问，"})
	who := s.Sub("who").Pick([]string{"请您", "请各单位", "请预约人员", "工作人员将", "服务中心将", "请负责同志"})
	what := s.Sub("what").Pick([]string{"核对", "查看", "登记", "整理", "更新", "确认", "及时处理", "妥善保存"})
	which := s.Sub("which").Pick([]string{"预约信息", "体检报告", "接种记录", "办理材料", "联系方式", "检查项目", "名单与批次", "健康档案"})
	return when + who + what + which + "。"
}

// Text returns Chinese text of minRunes to maxRunes characters, both included:
// a word when it must be short, sentences when it may be long. maxRunes below
// minRunes, so also 0, sets no upper bound. It is meant for bounds that stand
// in a contract: the caller decides how much text it is willing to build.
func (s Source) Text(minRunes, maxRunes int) string {
	minRunes = max(minRunes, 0)
	if maxRunes < minRunes || maxRunes == 0 {
		maxRunes = max(2*minRunes, minRunes+60)
	}
	var b strings.Builder
	length := 0
	add := func(text string) {
		b.WriteString(text)
		length += utf8.RuneCountInString(text)
	}
	if maxRunes < longestSentence {
		add(s.Word())
	} else {
		add(s.Sentence())
	}
	for i := 0; length < minRunes; i++ {
		next := s.Index(i)
		if maxRunes-length < longestSentence {
			add(next.Word())
		} else {
			add(next.Sentence())
		}
	}
	return firstRunes(b.String(), maxRunes)
}

func firstRunes(text string, n int) string {
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}
