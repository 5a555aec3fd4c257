package diagnosis

import (
	"regexp"
	"strings"
	"sync"
)

// phrase says in Chinese what a finding expected or got. The phrases of schemas and behaviours are a closed set; whatever
// else stands there, a pattern or a constant of the contract for one, stays as it is.
func phrase(text string) string {
	if zh, ok := phrases()[text]; ok {
		return zh
	}
	if types := strings.Split(text, " or "); len(types) > 1 {
		for i, one := range types {
			zh, ok := phrases()[one]
			if !ok {
				return text
			}
			types[i] = zh
		}
		return strings.Join(types, "或")
	}
	for _, p := range phrasePatterns() {
		if p.en.MatchString(text) {
			return p.en.ReplaceAllString(text, p.zh)
		}
	}
	return text
}

// place says in Chinese where a finding points.
func place(in string) string {
	if zh, ok := map[string]string{"body": "正文", "query": "查询参数", "form": "表单", "header": "请求头", "path": "路径", "reply": "应答", "cookie": "Cookie", "request": "请求", "status": "状态码"}[in]; ok {
		return zh
	}
	return in
}

var phrases = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"a value": "有值", "absent": "缺失", "none": "无", "present": "存在", "no such member": "没有该成员",
		"what the contract says there": "契约在此处的规定", "one of the alternatives": "备选 schema 之一", "exactly one of the alternatives": "恰好符合备选 schema 之一",
		"several fit": "符合多个", "no value": "无值", "no value from this side": "此方不可发送该值", "no element twice": "元素不重复", "no further element": "没有更多元素",
		"another name": "其他名称", "a value of JSON": "JSON 值", "a value that the schema under not does not take": "不符合 not 所列 schema 的值",
		"string": "字符串", "integer": "整数", "number": "数字", "boolean": "布尔值", "object": "对象", "array": "数组", "null": "null",
		"a text": "文本", "an object": "对象", "a list of objects": "对象数组", "an object or a list": "对象或数组",
		"an object in the text": "文本中为对象", "a list of objects in the text": "文本中为对象数组", "an object or a list in the text": "文本中为对象或数组",
		"another text": "其他文本", "another value": "其他值", "another kind of value": "其他类型的值",
		"true": "布尔值 true", "false": "布尔值 false", "an instant": "时间", "a day": "日期",
		"JSON text": "JSON 文本", "text that is not JSON": "不是 JSON 的文本", "JSON text, in double quotes": "使用双引号的 JSON 文本",
		"JSON text, in single quotes": "使用单引号的 JSON 文本", "JSON text, in double or in single quotes": "使用双引号或单引号的 JSON 文本",
		"the other quotes": "另一种引号",
		"a number of at most 100 digits with an exponent of at most three": "最多 100 位、指数最多三位的数字",
	}
})

// phrasePattern is a phrase with something in it that changes.
type phrasePattern struct {
	en *regexp.Regexp
	zh string
}

var phrasePatterns = sync.OnceValue(func() []phrasePattern {
	var list []phrasePattern
	for _, p := range [][2]string{
		{`at least (\S+) characters`, "至少 $1 个字符"}, {`at most (\S+) characters`, "至多 $1 个字符"},
		{`at least (\S+) elements`, "至少 $1 个元素"}, {`at most (\S+) elements`, "至多 $1 个元素"},
		{`at least (\S+) elements that fit`, "至少 $1 个符合的元素"}, {`at most (\S+) elements that fit`, "至多 $1 个符合的元素"}, {`(\d+) elements that fit`, "$1 个符合的元素"},
		{`at least (\S+) members`, "至少 $1 个成员"}, {`at most (\S+) members`, "至多 $1 个成员"},
		{`more than (\S+)`, "大于 $1"}, {`less than (\S+)`, "小于 $1"}, {`a multiple of (\S+)`, "$1 的倍数"},
		{`one of (.+) and (\d+) more`, "$1 等之一（另有 $2 个）"},
		{`a value beside (.+)`, "与 $1 一同出现的值"}, {`the same as element (\d+)`, "与第 $1 个元素（从 0 计）相同"}, {`a name of (\d+) characters`, "$1 个字符的名称"},
		{`(.+) and (.+) both fit`, "同时符合 $1 与 $2"},
		{`at least (\S+)`, "不小于 $1"}, {`at most (\S+)`, "不大于 $1"},
		{`one of (.+)`, "$1 之一"},
		{`a text of (\d+) characters, unreadable \((.+)\) from character (\d+) on`, "$1 个字符的文本，从第 $3 个字符起无法解析（$2）"},
		{`a text of (\d+) characters`, "$1 个字符的文本"}, {`another text of (\d+) characters`, "$1 个字符的其他文本"},
		{`the number (\S+)`, "数字 $1"}, {`a number of (\d+) characters`, "$1 个字符的数字"},
		{`an object of (\d+) members`, "$1 个成员的对象"}, {`a list of (\d+) elements`, "$1 个元素的数组"},
		{`the (\S+) in force`, "当前生效的 $1"},
	} {
		list = append(list, phrasePattern{regexp.MustCompile("(?s)^" + p[0] + "$"), p[1]})
	}
	return list
})
