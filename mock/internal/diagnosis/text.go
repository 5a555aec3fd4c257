package diagnosis

import (
	"maps"
	"sync"
)

// texts has every diagnosis in English and Chinese, put together once. Places in braces are filled from the diagnosis's
// detail.
var texts = sync.OnceValue(func() map[string]text {
	all := map[string]text{}
	for _, part := range []map[string]text{callTexts(), tokenTexts(), sealTexts(), signatureTexts(), refusalTexts(), behaveTexts(), weixiaoTexts()} {
		maps.Copy(all, part)
	}
	return all
})

// callTexts speak of what every call has: method, parameters, body.
func callTexts() map[string]text {
	return map[string]text{
		"vendor-error":                  {"the vendor answers this with its error {id}", "厂商对此返回错误 {id}"},
		"violates-contract":             {"the call breaks the contract", "请求不符合契约"},
		"wrong-method":                  {"method {method} is not offered here; use {allowed}", "此处不支持方法 {method}，请使用 {allowed}"},
		"missing-parameter":             {"parameter {name} is missing", "缺少参数 {name}"},
		"parameter-twice":               {"parameter {name} is given more than once, and nobody can say which one counts", "参数 {name} 出现多次，无法判断以哪一个为准"},
		"unknown-operation":             {"parameter {parameter} names no operation of this contract; known: {known}", "参数 {parameter} 指定的接口不存在，已知接口：{known}"},
		"query-malformed":               {"the query string cannot be read: {reason}", "查询串无法解析：{reason}"},
		"form-malformed":                {"the form body cannot be read: {reason}", "表单正文无法解析：{reason}"},
		"body-too-large":                {"the body is larger than {limit} bytes", "请求正文超过 {limit} 字节"},
		"content-encoding":              {"the body is labelled with Content-Encoding {got}; send it as it is", "正文标注了 Content-Encoding {got}，请直接发送未压缩的正文"},
		"body-cut-short":                {"the body ended before its announced length", "请求正文在声明的长度之前结束"},
		"body-empty":                    {"the body is empty and this operation needs one", "请求正文为空，而该接口需要正文"},
		"body-not-expected":             {"this operation takes no body; the one sent was not looked at", "该接口不需要正文，已忽略发送的正文"},
		"content-type-wrong":            {"the body is labelled {got}; this operation takes {known}", "正文标注为 {got}，该接口接受 {known}"},
		"content-type-absent":           {"the body has no Content-Type; it was taken for {taken}", "正文没有 Content-Type，按 {taken} 处理"},
		"charset-unsupported":           {"the body is labelled with charset {charset}; send UTF-8", "正文字符集为 {charset}，请发送 UTF-8"},
		"json-duplicate-name":           {"a name stands twice in one JSON object, at {pointer}", "同一 JSON 对象中有重复的名称，位置 {pointer}"},
		"json-syntax":                   {"the text is not JSON, at byte {offset}", "文本不是合法 JSON，位于第 {offset} 字节"},
		"json-depth":                    {"the JSON is nested too deeply, at byte {offset}", "JSON 嵌套过深，位于第 {offset} 字节"},
		"json-utf8":                     {"the JSON is not valid UTF-8, at byte {offset}; GBK text must be converted first", "JSON 不是合法的 UTF-8，位于第 {offset} 字节；GBK 文本需先转换"},
		"json-trailing":                 {"something follows the JSON value, at byte {offset}", "JSON 值之后还有内容，位于第 {offset} 字节"},
		"json-bom":                      {"the body begins with a byte order mark; leave it out", "正文以字节序标记（BOM）开头，请去掉"},
		"json-nul":                      {"a JSON string holds the character NUL, at byte {offset}", "JSON 字符串含有 NUL 字符，位于第 {offset} 字节"},
		"json-empty":                    {"the text is empty where JSON is expected", "应为 JSON 的文本为空"},
		"credential-differs":            {"the credential in the body is not the {slot} in force", "正文中的凭据与当前生效的 {slot} 不一致"},
		"unknown-batch":                 {"no pull of this session returned that requestId", "本会话没有任何一次拉取返回过该 requestId"},
		"unknown-reservation":           {"this session has no reservation with that serialNumber", "本会话没有该 serialNumber 的预约"},
		"neither-batch-nor-reservation": {"give requestId or serialNumber", "requestId 与 serialNumber 必须二选一"},
	}
}

// tokenTexts speak of tokens, keys and times.
func tokenTexts() map[string]text {
	return map[string]text{
		"missing-token":       {"there is no token; the contract puts it in the {in} as {name}", "缺少 token；契约规定放在 {in} 的 {name} 中"},
		"token-twice":         {"the token is given more than once in the {in} as {name}", "token 在 {in} 的 {name} 中出现多次"},
		"token-not-bearer":    {"the Authorization header does not begin with Bearer", "Authorization 头没有以 Bearer 开头"},
		"token-unknown":       {"the token is none of {slot} in the configuration", "token 不在配置的 {slot} 之中"},
		"token-expired":       {"the token ended at {expired}, and the session's clock says {now} (UTC+8); get a new one", "token 已于 {expired} 过期，会话时钟为 {now}（UTC+8），请重新获取"},
		"token-foreign":       {"the token was not issued under the credentials in force, or was changed", "token 不是用当前凭据签发的，或已被改动"},
		"token-malformed":     {"the text in the token's place is no token this vendor issues", "token 处的文本不是该厂商签发的 token"},
		"token-other-session": {"the token was issued in another session; get one in this session", "token 是在另一个会话中签发的，请在本会话中重新获取"},
		"key-unknown":         {"{name} is not the {slot} in force", "{name} 不是当前生效的 {slot}"},
		"digest-unknown":      {"{name} names no digest of this vendor; known: {known}", "{name} 不是该厂商支持的摘要算法，支持：{known}"},
		"timestamp-malformed": {"{name} is not yyyy-MM-dd HH:mm:ss", "{name} 不是 yyyy-MM-dd HH:mm:ss 格式"},
		"timestamp-stale":     {"the timestamp {got} is more than {within} away from {now} (both UTC+8)", "时间戳 {got} 与当前时间 {now} 相差超过 {within}（均为 UTC+8）"},
	}
}

// sealTexts speak of ciphered text.
func sealTexts() map[string]text {
	return map[string]text{
		"sealed-labelled-form":      {"the sealed body is labelled as a form; a form parser would turn its + into spaces: label it application/json", "密文正文被标注为表单；表单解析会把 + 变成空格，请标注为 application/json"},
		"sealed-plain-json":         {"the text is plain JSON where ciphertext is expected: encrypt the whole JSON text first", "应为密文处是明文 JSON，请先整体加密"},
		"sealed-quoted":             {"the ciphertext stands in quotes; send it bare", "密文带有引号，请去掉引号"},
		"sealed-plus-as-space":      {"the + of the Base64 text became spaces on the way: percent-encode it or do not send it as a form", "Base64 中的 + 在传输中变成了空格：请做百分号编码，或不要以表单发送"},
		"sealed-url-encoded":        {"the ciphertext is percent-encoded; send it bare", "密文被做了百分号编码，请直接发送"},
		"sealed-form-field":         {"the ciphertext is the value of a form field; send it bare", "密文被放进了表单字段，请直接发送"},
		"sealed-encoded-twice":      {"the ciphertext is Base64-encoded twice", "密文被做了两次 Base64 编码"},
		"sealed-hex":                {"the ciphertext is hexadecimal; this vendor takes Base64", "密文是十六进制，该厂商使用 Base64"},
		"sealed-base64":             {"the ciphertext is Base64; this vendor takes hexadecimal", "密文是 Base64，该厂商使用十六进制"},
		"sealed-not-encoded":        {"the text is not encoded as this vendor encodes ciphertext ({reason})", "文本不是该厂商密文的编码形式（{reason}）"},
		"sealed-length":             {"the ciphertext is {bytes} bytes long and no whole number of 16-byte blocks", "密文长 {bytes} 字节，不是 16 字节的整数倍"},
		"sealed-truncated":          {"the ciphertext was cut off on the way", "密文在传输中被截断"},
		"sealed-not-json":           {"the text opens under the key in force but holds no JSON object or array", "用当前密钥可以解密，但明文不是 JSON 对象或数组"},
		"sealed-gbk-text":           {"the text opens to GBK; encrypt UTF-8 bytes", "解密后是 GBK 编码，请加密 UTF-8 字节"},
		"sealed-wrong-key":          {"the text does not open under the key in force: another key was used", "用当前密钥无法解密：使用了其他密钥"},
		"sealed-wrong-iv":           {"everything but the first block opens: another iv was used", "除第一块外均可解密：使用了其他 IV"},
		"sealed-padding-zero":       {"the text was padded with zeros; this vendor uses PKCS#5", "使用了零填充，该厂商使用 PKCS#5 填充"},
		"sealed-padding-pkcs5":      {"the text was padded by PKCS#5; this vendor pads with zeros", "使用了 PKCS#5 填充，该厂商使用零填充"},
		"sealed-ecb":                {"the text was sealed in ECB; this vendor uses CBC", "使用了 ECB 模式，该厂商使用 CBC"},
		"sealed-cbc-zero-iv":        {"the text was sealed in CBC with an iv of zeros", "使用了 CBC 模式且 IV 全为零"},
		"sealed-cbc-key-iv":         {"the text was sealed in CBC with the key as iv", "使用了 CBC 模式且以密钥作为 IV"},
		"sealed-cbc-iv-first-block": {"the text was sealed in CBC with the iv in front", "使用了 CBC 模式且 IV 放在密文之前"},
		"sealed-key-hex-decoded":    {"the key was decoded from hexadecimal; its text is the key", "密钥被当作十六进制解码，应直接使用其文本"},
		"sealed-key-hex-encoded":    {"the key was written as hexadecimal first; its text is the key", "密钥被先转换为十六进制，应直接使用其文本"},
		"sealed-key-base64-decoded": {"the key was decoded from Base64; its text is the key", "密钥被当作 Base64 解码，应直接使用其文本"},
		"sealed-key-base64-encoded": {"the key was written as Base64 first; its text is the key", "密钥被先转换为 Base64，应直接使用其文本"},
		"sealed-key-truncated":      {"only the first bytes of the key were used", "只使用了密钥的前若干字节"},
		"sealed-key-zero-filled":    {"the key was filled up with zeros", "密钥被用零补足长度"},
		"sealed-key-md5":            {"the MD5 of the key was used as key", "使用了密钥的 MD5 作为密钥"},
		"sealed-key-sha1prng":       {"the key went through KeyGenerator with SHA1PRNG; use its bytes as they are", "密钥经过了 KeyGenerator 与 SHA1PRNG，应直接使用其字节"},
	}
}

// signatureTexts speak of signed calls. The detail "canonical" is the text that was to be signed, which is too long for a
// sentence.
func signatureTexts() map[string]text {
	return map[string]text{
		"signature-missing":             {"the signature is empty", "签名为空"},
		"signature-unexplained":         {"no known mistake reproduces the signature, most often because of another secret; the diagnosis has the text to sign", "没有已知错误能重现该签名，通常是密钥不同；待签名串见诊断详情"},
		"signature-lower-case":          {"the signature is right but in lower case; write upper-case hexadecimal", "签名正确但为小写，请使用大写十六进制"},
		"signature-mixed-case":          {"the signature is right but in mixed case; write upper-case hexadecimal", "签名正确但大小写混用，请使用大写十六进制"},
		"signature-base64":              {"the digest is written as Base64; write upper-case hexadecimal", "摘要写成了 Base64，请使用大写十六进制"},
		"signature-without-parameter":   {"parameter {name} was left out of the signature", "参数 {name} 没有参与签名"},
		"signature-unsorted":            {"the parameters were not sorted by name", "参数没有按名称排序"},
		"signature-case-folded":         {"the parameters were sorted without regard to case; sort by bytes", "参数排序忽略了大小写，应按字节排序"},
		"signature-timestamp-encoded":   {"the timestamp was signed in its encoded form; sign yyyy-MM-dd HH:mm:ss with a space", "签名时使用了编码后的时间戳，应使用带空格的原文"},
		"signature-plus-as-space":       {"a + in a value arrived as a space: percent-encode the request", "值中的 + 到达时变成了空格，请对请求做百分号编码"},
		"signature-values-encoded":      {"the values were percent-encoded before signing; sign the plain values", "签名前对值做了百分号编码，应对原值签名"},
		"signature-values-gbk":          {"the values were signed as GBK; sign UTF-8", "签名时值使用了 GBK 编码，应使用 UTF-8"},
		"signature-empty-pairs":         {"parameters with empty values were signed; leave them out", "空值参数参与了签名，应去掉"},
		"signature-joined":              {"names and values were joined with = or &; put them together without separators", "名称与值之间使用了 = 或 & 连接，应直接拼接"},
		"signature-without-sign-method": {"sign_method was left out of the signature", "sign_method 没有参与签名"},
		"signature-without-session":     {"session was left out of the signature", "session 没有参与签名"},
		"signature-without-query":       {"the parameters of the query were left out of the signature", "查询串中的参数没有参与签名"},
		"signature-without-form":        {"the parameters of the form were left out of the signature", "表单中的参数没有参与签名"},
		"signature-without-at-values":   {"values that begin with @ were left out of the signature", "以 @ 开头的值没有参与签名"},
		"signature-digest-swapped":      {"the digest is {digest}, not the one that sign_method names", "实际使用的摘要算法是 {digest}，与 sign_method 不符"},
		"signature-md5-one-side":        {"the secret stands on one side only; md5 wants it on both", "密钥只拼接在一侧，md5 要求两侧都有"},
		"signature-md5-without-secret":  {"the digest was made without the secret", "计算摘要时没有使用密钥"},
		"signature-sha256-plain":        {"the digest is a plain SHA-256, not an HMAC", "使用了普通 SHA-256，而不是 HMAC"},
		"signature-hmac-wrapped":        {"the text was wrapped in the secret before hmac; the key alone is enough", "hmac 之前把密钥拼在了串的两侧，只需作为 hmac 的密钥"},
		"signature-hmac-swapped":        {"key and text of hmac were swapped", "hmac 的密钥与文本颠倒了"},
		"signature-secret-newline":      {"the secret ends in a line break", "密钥末尾带有换行符"},
		"signature-secret-case":         {"the secret was written in another case", "密钥的大小写不同"},
		"signature-secret-spaces":       {"the secret has white space around it", "密钥首尾带有空白"},
	}
}

// refusalTexts are the simulator's own: the call was not played at all.
func refusalTexts() map[string]text {
	return map[string]text{
		"session-conflict":       {"two different sessions are named", "同时指定了两个不同的会话"},
		"session-name":           {"the session's name cannot be one", "会话名称不合法"},
		"session-limit":          {"no further session can be made", "会话数量已达上限"},
		"unknown-path":           {"no contract has this path", "没有任何契约包含该路径"},
		"no-answer":              {"nothing answers this operation yet", "该接口尚无应答"},
		"unsupported-media-type": {"bodies of this type are not supported yet", "尚不支持该类型的正文"},
		"reply-breaks-contract":  {"the reply would have broken the contract, and nothing was kept: {why}", "应答将违反契约，未提交任何更改：{why}"},
		"step-failed":            {"the simulator could not carry the call out: {why}", "模拟器无法完成该请求：{why}"},
		"session-full":           {"the session holds as much as it may; reset it", "会话容量已满，请重置会话"},
		"panic":                  {"the simulator failed; please report it", "模拟器内部出错，请报告"},
	}
}
