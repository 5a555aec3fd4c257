package diagnosis

import (
	"maps"
	"sync"
)

// texts has every diagnosis in English and Chinese, put together once. Places in braces are filled from the diagnosis's
// detail.
var texts = sync.OnceValue(func() map[string]text {
	all := map[string]text{}
	for _, part := range []map[string]text{callTexts(), tokenTexts(), sealTexts(), signatureTexts(), refusalTexts(), behaveTexts(), weixiaoTexts(), sessionTexts(), contractTexts(), explainTexts(), exceptionTexts(), composedTexts()} {
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
		"timestamp-malformed": {"{name} is not written as {form}", "{name} 的格式不是 {form}"},
		"timestamp-stale":     {"the timestamp {got} is more than {within} away from {now} (both UTC+8)", "时间戳 {got} 与当前时间 {now} 相差超过 {within}（均为 UTC+8）"},
	}
}

// refusalTexts are the simulator's own: the call was not played at all.
func refusalTexts() map[string]text {
	return map[string]text{
		"session-conflict":       {"two different sessions are named", "同时指定了两个不同的会话"},
		"session-name":           {"the session's name cannot be one", "会话名称不合法"},
		"session-limit":          {"no further session can be made", "会话数量已达上限"},
		"not-recorded":           {"{why}", "录制中没有这样的调用：{why}"},
		"played":                 {"the recording answers this call with an error (step {step})", "录制中对此调用的回答即为错误（第 {step} 步）"},
		"unknown-path":           {"no contract has this path", "没有任何契约包含该路径"},
		"no-answer":              {"nothing answers this operation yet", "该接口尚无应答"},
		"unsupported-media-type": {"bodies of this type are not supported yet", "尚不支持该类型的正文"},
		"reply-breaks-contract":  {"the reply would have broken the contract, and nothing was kept: {why}", "应答将违反契约，未提交任何更改：{why}"},
		"step-failed":            {"the simulator could not carry the call out: {why}", "模拟器无法完成该请求：{why}"},
		"session-full":           {"the session holds as much as it may; reset it", "会话容量已满，请重置会话"},
		"panic":                  {"the simulator failed; please report it", "模拟器内部出错，请报告"},
	}
}
