package fake

import (
	"unicode/utf8"
)

// longestSentence is the most characters that Sentence gives.
const longestSentence = 21

var (
	chineseWords = []string{
		"预约", "体检", "报告", "通知", "项目", "套餐", "健康", "服务", "窗口", "资料", "复查", "门诊", "接种", "登记",
		"名单", "批次", "校园", "社区", "服务台", "体检单", "候诊区", "宣传栏", "健康档案", "预约记录", "办理指南",
	}
	chineseWhen  = []string{"", "即日起，", "本周内，", "上午九点前，", "工作日期间，", "如有疑问，"}
	chineseWho   = []string{"请您", "请各单位", "请预约人员", "工作人员将", "服务中心将", "请负责同志"}
	chineseWhat  = []string{"核对", "查看", "登记", "整理", "更新", "确认", "及时处理", "妥善保存"}
	chineseWhich = []string{"预约信息", "体检报告", "接种记录", "办理材料", "联系方式", "检查项目", "名单与批次", "健康档案"}
)

// Word returns a Chinese word of two to four characters.
func (s Source) Word() string { return s.Pick(chineseWords) }

// Sentence returns one Chinese sentence with its full stop.
func (s Source) Sentence() string { return string(s.appendSentence(nil)) }

func (s Source) appendSentence(dst []byte) []byte {
	st := s.stream()
	dst = append(dst, st.pick(chineseWhen)...)
	dst = append(dst, st.pick(chineseWho)...)
	dst = append(dst, st.pick(chineseWhat)...)
	dst = append(dst, st.pick(chineseWhich)...)
	return append(dst, "。"...)
}

// Text returns Chinese text of minRunes to maxRunes characters, both included:
// a word when it must be short, sentences when it may be long. maxRunes below
// minRunes, so also 0, sets no upper bound. It is meant for bounds that stand
// in a contract: the caller decides how much text it is willing to build.
func (s Source) Text(minRunes, maxRunes int) string {
	return string(s.AppendText(nil, minRunes, maxRunes))
}

// AppendText appends what [Source.Text] returns; JSON escapes none of it.
func (s Source) AppendText(dst []byte, minRunes, maxRunes int) []byte {
	minRunes = max(minRunes, 0)
	if maxRunes < minRunes || maxRunes == 0 {
		maxRunes = max(2*minRunes, minRunes+60)
	}
	from := len(dst)
	if maxRunes < longestSentence {
		dst = append(dst, s.Word()...)
	} else {
		dst = s.appendSentence(dst)
	}
	length := utf8.RuneCount(dst[from:])
	for i := 0; length < minRunes; i++ {
		before := len(dst)
		if next := s.Index(i); maxRunes-length < longestSentence {
			dst = append(dst, next.Word()...)
		} else {
			dst = next.appendSentence(dst)
		}
		length += utf8.RuneCount(dst[before:])
	}
	if length <= maxRunes {
		return dst
	}
	return dst[:from+len(firstRunes(string(dst[from:]), maxRunes))]
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
