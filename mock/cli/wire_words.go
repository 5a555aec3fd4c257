package cli

import (
	"slices"
	"strings"

	"understudy/specs"
)

// wireRows say in words how the bodies of a contract are sealed and how its calls are signed, each way once, with the
// operations that have it where not all do.
func wireRows(c *specs.Contract, say speech) [][]string {
	var rows [][]string
	for _, kind := range []struct {
		label string
		of    func(specs.Wire) string
	}{
		{"seal", func(w specs.Wire) string { return sealWords(w.Seal, say) }},
		{"signature", func(w specs.Wire) string { return signWords(w.Sign, say) }},
	} {
		var order []string
		by := map[string][]string{}
		for _, op := range c.Operations {
			text := kind.of(op.Wire)
			if text == "" {
				continue
			}
			if by[text] == nil {
				order = append(order, text)
			}
			by[text] = append(by[text], op.ID)
		}
		for _, text := range order {
			if n := len(by[text]); n < len(c.Operations) {
				ids := by[text][:min(n, 12)]
				if n > len(ids) {
					ids = append(slices.Clone(ids), "…")
				}
				text = strings.Join(ids, ", ") + ": " + text
			}
			rows = append(rows, []string{kind.label, text})
		}
	}
	return rows
}

// sealWords describe a seal: what is sealed, by which cipher, under which key and iv, and how it is written.
func sealWords(s *specs.Seal, say speech) string {
	if s == nil {
		return ""
	}
	request, reply := s.RequestPart(), s.ResponsePart()
	var what string
	switch {
	case request == reply:
		what = say.of(partWords(request, say)+" of request and reply", "请求与应答的"+partWords(request, say))
	case reply == "":
		what = say.of(partWords(request, say)+" of the request", "请求的"+partWords(request, say))
	case request == "":
		what = say.of(partWords(reply, say)+" of the reply", "应答的"+partWords(reply, say))
	default:
		what = say.of(partWords(request, say)+" of the request, "+partWords(reply, say)+" of the reply", "请求的"+partWords(request, say)+"，应答的"+partWords(reply, say))
	}
	parts := []string{what, strings.ToUpper(s.Cipher + "/" + s.Mode)}
	switch s.Padding {
	case "pkcs5", "pkcs7":
		parts = append(parts, say.of("padded by "+strings.ToUpper(s.Padding[:4])+"#"+s.Padding[4:], strings.ToUpper(s.Padding[:4])+"#"+s.Padding[4:]+" 填充"))
	case "zero":
		parts = append(parts, say.of("padded with zeros", "零填充"))
	case "none":
		parts = append(parts, say.of("not padded", "无填充"))
	}
	parts = append(parts, encodingWords(s.Encoding, s.Case, say))
	parts = append(parts, say.of("key: ", "密钥：")+keyWords(s.Key, say))
	if v := s.IV; v != nil {
		name := say.of("iv: ", "IV：")
		if s.Mode == "gcm" {
			name = say.of("nonce: ", "随机数：")
		}
		switch {
		case v.Prepend:
			parts = append(parts, name+say.of("random, in front of the ciphertext", "随机生成，置于密文之前"))
		case v.Slot != "":
			parts = append(parts, name+keyWords(v.Key(), say))
		default:
			parts = append(parts, name+say.of("a constant of the contract", "契约中的固定值"))
		}
	}
	if carriers := s.Carriers; len(carriers) > 0 && request == "body" {
		words := map[string]string{
			"text": say.of("bare", "直接作为正文"), "quoted": say.of("as a JSON string", "作为 JSON 字符串"), "form": say.of("as the field of a form", "作为表单字段"),
		}
		var list []string
		for _, carrier := range carriers {
			list = append(list, words[carrier])
		}
		parts = append(parts, say.of("sent ", "发送形式：")+strings.Join(list, say.of(" or ", "或")))
	}
	if s.SealsReplies() && !s.SealsFailures() {
		parts = append(parts, say.of("failures are plain", "失败应答不加密"))
	}
	return strings.Join(parts, say.of(", ", "，"))
}

// partWords name the sealed part of a body.
func partWords(part string, say speech) string {
	if part == "body" {
		return say.of("the whole body", "整个正文")
	}
	return say.of("the part ", "字段 ") + part
}

func encodingWords(encoding, letters string, say speech) string {
	switch encoding {
	case "hex":
		if letters == "upper" {
			return say.of("written in upper-case hexadecimal", "编码为大写十六进制")
		}
		return say.of("written in hexadecimal", "编码为十六进制")
	case "base64url":
		return say.of("written as URL-safe Base64", "编码为 URL 安全的 Base64")
	}
	return say.of("written as Base64", "编码为 Base64")
}

// keyWords say which bytes a credential slot gives.
func keyWords(k specs.Key, say speech) string {
	en, zh := "", ""
	switch k.Form {
	case "", "text":
		en, zh = "the text of "+k.Slot, k.Slot+" 的文本"
	case "hex":
		en, zh = k.Slot+", which is hexadecimal", k.Slot+"（十六进制）"
	case "base64":
		en, zh = k.Slot+", which is Base64", k.Slot+"（Base64）"
	case "md5", "sha1", "sha256":
		name := strings.ToUpper(k.Form)
		en, zh = "the "+name+" of "+k.Slot, k.Slot+" 的 "+name
	case "md5-hex", "sha256-hex":
		name := strings.ToUpper(strings.TrimSuffix(k.Form, "-hex"))
		en, zh = "the "+name+" of "+k.Slot+" as lower-case hexadecimal text", k.Slot+" 的 "+name+"（小写十六进制文本）"
	case "md5-hex-upper":
		en, zh = "the MD5 of "+k.Slot+" as upper-case hexadecimal text", k.Slot+" 的 MD5（大写十六进制文本）"
	case "md5-16":
		en, zh = "digits 9 to 24 of the MD5 of "+k.Slot, k.Slot+" 的 16 位 MD5"
	case "sha1prng":
		en, zh = "what SHA1PRNG makes of "+k.Slot, "以 "+k.Slot+" 为种子的 SHA1PRNG"
	default:
		en, zh = k.Form+" of "+k.Slot, k.Slot+"（"+k.Form+"）"
	}
	if k.First > 0 {
		en, zh = "the first "+count(k.First)+" of "+en, zh+"的前 "+count(k.First)+" 位"
	}
	if k.Last > 0 {
		en, zh = "the last "+count(k.Last)+" of "+en, zh+"的后 "+count(k.Last)+" 位"
	}
	return say.of(en, zh)
}
