package diagnosis

// explainTexts speak of what explain was given, and of what it found to be right.
func explainTexts() map[string]text {
	return map[string]text{
		"explain-valid":             {"nothing is wrong: the text is as the contract has it", "没有发现问题：与契约一致"},
		"explain-signature-right":   {"nothing is wrong: the signature reproduces, and the parameters are as the contract has them", "没有发现问题：签名可以重现，参数与契约一致"},
		"explain-not-sealed":        {"these fields are plain; the vendor takes them sealed, in one ciphertext", "这些字段是明文；厂商要求将其整体加密为一段密文后发送"},
		"explain-opens":             {"nothing is wrong: the sealed text opens under the key in force, and its fields are as the contract has them", "没有发现问题：密文可用当前密钥解开，字段与契约一致"},
		"explain-reply":             {"this is an answer of the vendor, and none of the errors in its catalogue", "这是厂商的应答，且不是其错误目录中的任何一条"},
		"explain-not-judged":        {"how old the timestamp is, and whether the token is still taken, was not judged", "时间戳是否过期、token 是否仍有效，未作判断"},
		"explain-vendor-error":      {"the vendor answered its error {id} (code {code}, {message}): {when}", "厂商返回错误 {id}（代码 {code}，{message}）：{when}"},
		"explain-reply-sealed":      {"the answer does not open: {id}", "应答无法解密：{id}"},
		"explain-nothing":           {"nothing in the input could be recognised; give a URL, an HTTP request, a curl line, a HAR file, a map, a form, a ciphertext, or an exception's text", "无法识别输入内容；请提供 URL、HTTP 请求、curl 命令、HAR 文件、Map、表单、密文或异常信息"},
		"explain-no-operation":      {"no operation of this vendor could be told from it; there are {known}", "无法判断调用的是该厂商的哪个接口；已有 {known}"},
		"explain-no-cipher":         {"this vendor seals nothing, so a bare text says nothing", "该厂商不使用加密，单独一段文本无从解释"},
		"explain-other-application": {"{name} is not the {slot} that is configured, so the signature was made with a secret that is not known here; configure {slot} and {secret} of that application", "{name} 与配置的 {slot} 不一致，签名使用的密钥未知；请配置该应用的 {slot} 与 {secret}"},
		"explain-data-in-file":      {"the data stands in a file that curl reads; paste it in its place", "数据在 curl 读取的文件中；请直接粘贴其内容"},
		"explain-more":              {"{count} further calls in the input were left out", "输入中还有 {count} 个调用未列出"},
	}
}

// exceptionTexts speak of what lies behind the messages of other people's programs.
func exceptionTexts() map[string]text {
	return map[string]text{
		"exception-padding":      {"the padding is wrong after opening: another key, mode or iv than the sender's, or a damaged text", "解密后填充不正确：密钥、模式或 IV 与发送方不一致，或密文已损坏"},
		"exception-block-length": {"the cipher bytes are no whole number of 16-byte blocks: cut off, decoded from the wrong encoding, or a + that became a space", "密文字节数不是 16 的整数倍：被截断、编码识别错误，或 + 变成了空格"},
		"exception-not-padded":   {"the text was to be sealed without padding, and its length is no multiple of 16", "以无填充方式加密，而明文长度不是 16 的整数倍"},
		"exception-base64":       {"the text is not Base64: quotes, blanks, line breaks or - and _ in it, or it is plain JSON or hexadecimal", "文本不是 Base64：含有引号、空白、换行或 - 与 _，或者是明文 JSON、十六进制"},
		"exception-base64-cut":   {"the Base64 text lost characters, or the = at its end", "Base64 文本缺少字符，或缺少末尾的 ="},
		"exception-hex":          {"the text is not hexadecimal, or lost a digit", "文本不是十六进制，或缺少一位"},
		"exception-key-length":   {"the key does not have 16, 24 or 32 bytes", "密钥不是 16、24 或 32 字节"},
		"exception-key-policy":   {"an old Java refuses AES keys of more than 16 bytes", "旧版 Java 不允许超过 16 字节的 AES 密钥"},
		"exception-empty-key":    {"the key is empty", "密钥为空"},
		"exception-iv":           {"the iv does not fit: it has another length than 16 bytes, or ECB got one, or CBC got none", "IV 不合适：不是 16 字节，或 ECB 传入了 IV，或 CBC 没有传入 IV"},
		"exception-no-algorithm": {"the platform does not know the padding by that name", "平台不认识该填充名称"},
		"exception-tag":          {"AES/GCM was used to open a text that was not sealed by it, or not under this key", "用 AES/GCM 解密了并非由它加密的文本，或密钥不同"},
		"exception-not-text":     {"what opened is no UTF-8 text: another key, or GBK", "解密结果不是 UTF-8 文本：密钥不同，或是 GBK 编码"},
		"exception-not-json":     {"what should be JSON is something else: still sealed, or a page of a gateway", "应为 JSON 的内容并非 JSON：仍是密文，或是网关页面"},
		"exception-url-escape":   {"a % stands without two digits: a text that was never encoded is decoded, or decoded twice", "% 之后缺少两位十六进制：对未编码的文本解码，或重复解码"},
		"exception-signature":    {"the vendor computes another signature: order, encoding of values, secret or digest", "厂商算出的签名不同：排序、值的编码、密钥或摘要算法不一致"},
		"exception-unknown-app":  {"the vendor does not know the app_key, or not in this environment", "厂商不认识该 app_key，或环境不对"},
		"exception-timestamp":    {"the timestamp is too far from the vendor's time, or not in UTC+8", "时间戳与厂商时间相差过大，或不是 UTC+8"},
	}
}
