package diagnosis

// exceptionFixes say what to look at behind an exception; mostly the text that raised it tells more.
func exceptionFixes() map[string]text {
	cipher := text{"Give explain the ciphertext itself: it tries which key, mode, padding and encoding open it.", "请把密文本身交给 explain：它会尝试哪种密钥、模式、填充与编码可以解开。"}
	return map[string]text{
		"exception-padding":      cipher,
		"exception-block-length": cipher,
		"exception-base64":       {"Give explain the text as it was received; send ciphertext bare, in the standard alphabet, in one line.", "请把收到的原文交给 explain；密文应直接发送，使用标准字符集，且不换行。"},
		"exception-base64-cut":   {"Compare the length with what was sent: it is a multiple of 4, and a column, a log or a form parser may have cut it.", "请与发送时的长度比对：应为 4 的倍数，可能被数据库列、日志或表单解析截断。"},
		"exception-hex":          {"Give explain the text as it was received: it tells Base64 from hexadecimal.", "请把收到的原文交给 explain：它能区分 Base64 与十六进制。"},
		"exception-not-padded":   {"Use the padding that understudy vendors prints; for zero padding fill the text up with NULs before NoPadding.", "请使用 understudy vendors 列出的填充；零填充需先用 NUL 补足，再以 NoPadding 加密。"},
		"exception-key-length":   {"Take the UTF-8 bytes of the key text as they are, and look for a blank, a line break or a missing character.", "请直接取密钥文本的 UTF-8 字节，并检查是否多了空格、换行或少了字符。"},
		"exception-key-policy":   {"Use Java 8u161 or later.", "请使用 Java 8u161 或更高版本。"},
		"exception-empty-key":    {"Look at where the key is read: the configuration is not loaded, or its name is wrong.", "请检查读取密钥处：配置未加载，或名称有误。"},
		"exception-iv":           {"Use the mode and iv that understudy vendors prints for the vendor.", "请使用 understudy vendors 为该厂商列出的模式与 IV。"},
		"exception-no-algorithm": {"Java calls PKCS#7 padding PKCS5Padding, and has no ZeroPadding: fill up with NULs and use NoPadding.", "Java 中 PKCS#7 填充写作 PKCS5Padding，且没有 ZeroPadding：请用 NUL 补足后使用 NoPadding。"},
		"exception-tag":          {"Use the mode that understudy vendors prints for the vendor; none of them uses GCM.", "请使用 understudy vendors 为该厂商列出的模式；均不使用 GCM。"},
		"exception-not-text":     cipher,
		"exception-not-json":     {"Give explain the text that the parser saw.", "请把解析器读到的文本交给 explain。"},
		"exception-url-escape":   {"Decode exactly once, and only what travelled as a form or in a query; a ciphertext in a raw body is not encoded.", "只解码一次，且只针对表单或查询串；原始正文中的密文没有编码。"},
		"exception-signature":    {"Give explain the request (URL and form, or a curl line): it recomputes the signature and names the mistake.", "请把请求（URL 与表单，或 curl 命令）交给 explain：它会重新计算签名并指出错误。"},
		"exception-unknown-app":  {"Compare app_key with the one that the vendor issued for this environment.", "请核对 app_key 是否为该环境所发放。"},
		"exception-timestamp":    {"Set the machine's clock, and format the time in UTC+8 as yyyy-MM-dd HH:mm:ss.", "请校准机器时钟，并以 UTC+8 按 yyyy-MM-dd HH:mm:ss 格式化时间。"},
	}
}
