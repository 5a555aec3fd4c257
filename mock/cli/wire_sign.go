package cli

import (
	"strconv"
	"strings"

	"understudy/specs"
)

func count(n int) string { return strconv.Itoa(n) }

// signWords describe a composed signature: by which digest, over what, and where all of it stands. That of a gateway is told
// in one line elsewhere.
func signWords(s *specs.Sign, say speech) string {
	if s == nil || s.Scheme == specs.SchemeTOP {
		return ""
	}
	var digests []string
	for _, name := range s.Digests {
		digests = append(digests, strings.ToUpper(name))
	}
	digest := strings.Join(digests, say.of(" or ", "或"))
	encoding := say.of("in lower-case hexadecimal", "小写十六进制")
	switch {
	case s.Encoding == "base64":
		encoding = "Base64"
		if say == english {
			encoding = "as Base64"
		}
	case s.Case == "upper":
		encoding = say.of("in upper-case hexadecimal", "大写十六进制")
	case s.Case == "any":
		encoding = say.of("in hexadecimal of either case", "十六进制，大小写均可")
	}
	parts := []string{
		digest + say.of(" ", "，") + encoding + say.of(" in ", "，位于 ") + locationWords(s.Parameter, say),
		say.of("over ", "待签名串：") + partsWords(s, say) + wrapWords(s, say),
	}
	if strings.HasPrefix(s.Digests[0], "hmac-") {
		parts = append(parts, say.of("the HMAC's key is ", "HMAC 的密钥为 ")+s.Secret)
	}
	add := func(en, zh, at, more string) {
		if at != "" {
			parts = append(parts, say.of(en, zh)+locationWords(at, say)+more)
		}
	}
	key := ""
	if s.KeySlot != "" {
		key = say.of(" ("+s.KeySlot+")", "（"+s.KeySlot+"）")
	}
	add("the caller's id in ", "调用方标识位于 ", s.KeyParameter, key)
	within := ""
	if s.Within > 0 {
		within = say.of(", within ", "，允许误差 ") + brief(s.Within.String())
	}
	add("the time in ", "时间位于 ", s.TimeParameter, say.of(" ("+timeWords(s.TimeForm, say)+within+")", "（"+timeWords(s.TimeForm, say)+within+"）"))
	add("a nonce in ", "随机串位于 ", s.NonceParameter, "")
	add("the digest's name in ", "摘要算法名称位于 ", s.MethodParameter, "")
	if s.Opened {
		parts = append(parts, say.of("signed before it is sealed", "先签名后加密"))
	}
	return strings.Join(parts, say.of("; ", "；"))
}

func locationWords(at string, say speech) string {
	l := specs.Location(at)
	switch l.Place() {
	case specs.PlaceHeader:
		return say.of("the header ", "请求头 ") + l.Name()
	case specs.PlaceQuery:
		return say.of("the query parameter ", "查询参数 ") + l.Name()
	case specs.PlaceForm:
		return say.of("the form field ", "表单字段 ") + l.Name()
	case specs.PlaceBody:
		return say.of("the body's ", "正文字段 ") + strings.TrimPrefix(l.Pointer(), "/")
	}
	return say.of("the parameter ", "参数 ") + l.Name()
}

// partsWords list what is signed, in its order.
func partsWords(s *specs.Sign, say speech) string {
	words := map[string]string{
		"method": say.of("the HTTP method", "HTTP 方法"), "path": say.of("the path", "路径"), "query": say.of("the query", "查询串"),
		"target": say.of("path and query", "路径与查询串"), "body": say.of("the body", "正文"), "body-md5": say.of("the MD5 of the body", "正文的 MD5"),
		"body-sha256": say.of("the SHA-256 of the body", "正文的 SHA-256"), "body-md5-base64": say.of("the MD5 of the body as Base64", "正文的 MD5（Base64）"),
		"key": say.of("the caller's id", "调用方标识"), "time": say.of("the time", "时间"), "nonce": say.of("the nonce", "随机串"),
		"secret": s.Secret, "empty": say.of("nothing", "空串"), "fields": fieldsWords(s.Fields, say),
	}
	parts := s.Parts
	if len(parts) == 0 {
		parts = []string{"fields"}
	}
	var list []string
	for _, part := range parts {
		word, known := words[part]
		if !known {
			word = locationWords(part, say)
		}
		list = append(list, word)
	}
	text := strings.Join(list, say.of(", ", "、"))
	switch {
	case len(list) < 2:
	case s.Join == "":
		text += say.of(", one after the other", "，依次拼接")
	default:
		text += say.of(", joined by ", "，以 ") + jointWords(s.Join, say) + say.of("", " 连接")
	}
	return text
}

// fieldsWords say which pairs are signed, and how they become a text.
func fieldsWords(f *specs.SignFields, say speech) string {
	if f == nil {
		f = &specs.SignFields{}
	}
	places := map[string]string{
		"query": say.of("query", "查询参数"), "form": say.of("form", "表单"), "body": say.of("the body's members", "正文字段"), "header": say.of("headers", "请求头"),
	}
	from := f.From
	if len(from) == 0 {
		from = []string{"query", "form"}
	}
	var list []string
	for _, place := range from {
		list = append(list, places[place])
	}
	text := say.of("the pairs of ", "") + strings.Join(list, say.of(" and ", "与")) + say.of("", "的参数")
	if len(f.Only) > 0 {
		text += say.of(" ("+strings.Join(f.Only, ", ")+" alone)", "（仅 "+strings.Join(f.Only, "、")+"）")
	}
	if len(f.Except) > 0 {
		text += say.of(" (but "+strings.Join(f.Except, ", ")+")", "（不含 "+strings.Join(f.Except, "、")+"）")
	}
	if f.Order == "listed" {
		text += say.of(" in the order listed", "，按列出的顺序")
	} else {
		text += say.of(" sorted by name", "，按名称排序")
	}
	equals, between := f.Joints()
	form := "name" + equals + "value" + between + "…"
	if f.ValuesOnly {
		form = "value" + between + "…"
	}
	text += say.of(" as ", "，写作 ") + form
	if f.Values == "escaped" {
		text += say.of(", values percent-encoded", "，值做百分号编码")
	}
	if f.Empty == "keep" {
		return text + say.of(", those without a value too", "，含空值")
	}
	return text + say.of(", those without a value left out", "，不含空值")
}

// wrapWords say where the secret stands around the text.
func wrapWords(s *specs.Sign, say speech) string {
	switch s.Wrap {
	case "before":
		return say.of(", "+s.Secret+" before it", "，前面拼接 "+s.Secret)
	case "after":
		return say.of(", "+s.Secret+" behind it", "，后面拼接 "+s.Secret)
	case "both":
		return say.of(", "+s.Secret+" before and behind it", "，前后拼接 "+s.Secret)
	case "pair":
		name := s.Pair
		if name == "" {
			name = "key"
		}
		equals, between := s.Fields.Joints()
		pair := between + name + equals + s.Secret
		return say.of(", then "+pair, "，末尾加 "+pair)
	}
	return ""
}

func jointWords(joint string, say speech) string {
	if joint == "\n" {
		return say.of("a line break", "换行")
	}
	return joint
}

func timeWords(form string, say speech) string {
	switch form {
	case "seconds":
		return say.of("seconds since 1970", "自 1970 年起的秒数")
	case "millis":
		return say.of("milliseconds since 1970", "自 1970 年起的毫秒数")
	case "digits":
		return "yyyyMMddHHmmss, UTC+8"
	case "rfc3339":
		return "RFC 3339"
	}
	return "yyyy-MM-dd HH:mm:ss, UTC+8"
}
