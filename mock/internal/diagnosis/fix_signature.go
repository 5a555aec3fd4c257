package diagnosis

// signatureFixes say how to sign as the contract has it.
func signatureFixes() map[string]text {
	plain := text{"Build the text to sign from the decoded values, and encode them only for sending.", "请用未编码的原值拼接签名串，只在发送时编码。"}
	all := text{"Put every parameter of query and form into the text to sign, except sign.", "除 sign 外，查询串与表单中的全部参数都要参与签名。"}
	once := text{"Format the time once and use the same text for signing and sending: yyyy-MM-dd HH:mm:ss in UTC+8.", "时间只格式化一次，签名与发送使用同一文本：yyyy-MM-dd HH:mm:ss，UTC+8。"}
	computation := text{"md5 is MD5(secret + text + secret); hmac and hmac-sha256 take the secret as key and the text alone.", "md5 为 MD5(密钥 + 串 + 密钥)；hmac 与 hmac-sha256 以密钥为 key，只对串计算。"}
	order := text{"Sort the names by their bytes, upper case before lower: a TreeMap without a comparator, or StringComparer.Ordinal.", "名称按字节排序，大写在小写之前：不带比较器的 TreeMap，或 StringComparer.Ordinal。"}
	secret := text{"Copy the secret anew and trim it where it is read.", "请重新复制密钥，并在读取处去掉首尾空白。"}
	text0 := text{"Use the UTF-8 bytes of the secret's text as they are.", "请直接使用密钥文本的 UTF-8 字节。"}
	utf8 := text{"Turn the text into bytes as UTF-8: getBytes(StandardCharsets.UTF_8).", "请按 UTF-8 转换为字节：getBytes(StandardCharsets.UTF_8)。"}
	upper := text{"Write the digest as upper-case hexadecimal, two digits for each byte: String.format(\"%02X\", b).", "摘要请写成大写十六进制，每字节两位：String.format(\"%02X\", b)。"}
	joined := text{"Write name and value one after the other, sorted by name, without separators: app_key12345678formatjson…", "名称与值依次拼接，按名称排序，不加分隔符：app_key12345678formatjson…"}
	return map[string]text{
		"signature-missing":             {"Compute the signature and send it as the parameter sign.", "请计算签名并作为参数 sign 发送。"},
		"signature-unexplained":         {"Compare the text to sign with what your code signs, then check the secret.", "请把待签名串与代码中实际签名的串比对，再核对密钥。"},
		"signature-lower-case":          upper,
		"signature-mixed-case":          upper,
		"signature-base64":              upper,
		"signature-hex-dashes":          upper,
		"signature-zeros-dropped":       upper,
		"signature-blanks":              {"Send the signature alone.", "只发送签名本身。"},
		"signature-md5-16":              {"Send all 32 digits.", "请发送完整的 32 位。"},
		"signature-unsorted":            order,
		"signature-case-folded":         order,
		"signature-timestamp-encoded":   once,
		"signature-timestamp-twice":     once,
		"signature-timestamp-zone":      once,
		"signature-timestamp-form":      once,
		"signature-plus-as-space":       {"Encode every name and value when sending (URLEncoder.encode), and sign the plain ones.", "发送时对每个名称与值编码（URLEncoder.encode），签名使用原值。"},
		"signature-values-encoded":      plain,
		"signature-sent-encoded-twice":  {"Let the HTTP client encode, or do it yourself, but not both.", "编码由 HTTP 客户端或代码之一完成，不要重复。"},
		"signature-values-gbk":          utf8,
		"signature-values-ascii":        {"Turn the text into bytes as UTF-8: getBytes(StandardCharsets.UTF_8), and start Java with -Dfile.encoding=UTF-8.", "请按 UTF-8 转换为字节：getBytes(StandardCharsets.UTF_8)，并以 -Dfile.encoding=UTF-8 启动 Java。"},
		"signature-values-trimmed":      {"Sign and send the same text.", "签名与发送使用同一文本。"},
		"signature-json-rewritten":      {"Serialise once, keep the text, and use it for signing and sending.", "只序列化一次并保留该文本，签名与发送都用它。"},
		"signature-values-only":         joined,
		"signature-joined":              joined,
		"signature-key-appended":        joined,
		"signature-empty-pairs":         {"Leave parameters with empty values out, of the request as well as of the signature.", "值为空的参数既不要发送，也不要参与签名。"},
		"signature-sign-included":       {"Remove sign from the parameters before building the text to sign.", "拼接签名串之前先去掉 sign 参数。"},
		"signature-without-parameter":   all,
		"signature-without-sign-method": all,
		"signature-without-session":     all,
		"signature-without-query":       all,
		"signature-without-form":        all,
		"signature-without-at-values":   all,
		"signature-digest-swapped":      {"Let sign_method name the digest that is computed, or compute the one it names.", "请让 sign_method 与实际使用的摘要算法一致。"},
		"signature-digest-other":        computation,
		"signature-md5-one-side":        computation,
		"signature-md5-without-secret":  computation,
		"signature-md5-twice":           computation,
		"signature-sha256-plain":        computation,
		"signature-hmac-wrapped":        computation,
		"signature-hmac-swapped":        {"Give the secret to SecretKeySpec (or HMACMD5's constructor) and the text to doFinal (ComputeHash).", "密钥交给 SecretKeySpec（或 HMACMD5 的构造函数），串交给 doFinal（ComputeHash）。"},
		"signature-hmac-without-secret": computation,
		"signature-secret-newline":      secret,
		"signature-secret-spaces":       secret,
		"signature-secret-quoted":       secret,
		"signature-secret-bom":          {"Save the file without a byte order mark, or strip U+FEFF where the secret is read.", "请以不带 BOM 的格式保存文件，或在读取密钥处去掉 U+FEFF。"},
		"signature-secret-case":         {"Copy the secret exactly; its case counts.", "请原样复制密钥，大小写有区别。"},
		"signature-secret-ampersand":    {"Use the secret without the &.", "请去掉密钥末尾的 &。"},
		"signature-secret-decoded":      text0,
		"signature-secret-encoded":      text0,
	}
}
