package diagnosis

// composedFixes say how to seal and sign by the contract of any document.
func composedFixes() map[string]text {
	contract := text{"Compare with x-wire.seal of the contract: cipher, mode, iv and key, each as it says there.", "请与契约中的 x-wire.seal 逐项比对：算法、模式、IV 与密钥。"}
	gcm := text{"Send nonce, ciphertext and tag in this order, encoded together: Java's AES/GCM/NoPadding puts the tag behind by itself.", "请按随机数、密文、标签的顺序拼接后一起编码；Java 的 AES/GCM/NoPadding 会自动把标签放在密文之后。"}
	compare := text{"Compare the text to sign with what your code signs, from the first difference on.", "请从第一处差异起，把待签名串与代码中实际签名的串比对。"}
	order := text{"Put the pairs into the order of the contract before you join them.", "拼接之前请按契约规定的顺序排列参数。"}
	empty := text{"Treat pairs without a value as x-wire.sign.fields.empty of the contract says.", "空值参数请按契约中 x-wire.sign.fields.empty 的规定处理。"}
	plain := text{"Build the text to sign from the decoded values, and encode them only for sending.", "请用未编码的原值拼接签名串，只在发送时编码。"}
	utf8 := text{"Turn the text into bytes as UTF-8: getBytes(StandardCharsets.UTF_8).", "请按 UTF-8 转换为字节：getBytes(StandardCharsets.UTF_8)。"}
	which := text{"Sign exactly the fields that x-wire.sign.fields of the contract names.", "请只对契约中 x-wire.sign.fields 规定的字段签名。"}
	parts := text{"Build the text of the parts that x-wire.sign.parts lists, in that order, with join between them.", "请按契约中 x-wire.sign.parts 的顺序拼接各部分，中间使用 join 规定的连接符。"}
	request := text{"Sign method, path and query as they stand in the request line, and nothing else of the URL.", "请按请求行中的原样对方法、路径与查询串签名，不含 URL 的其他部分。"}
	once := text{"Serialise once, keep the text, and use it for signing and sending.", "只序列化一次并保留该文本，签名与发送都用它。"}
	time := text{"Take the time once and use the same text for signing and sending.", "时间只取一次，签名与发送使用同一文本。"}
	secret := text{"Put the secret where x-wire.sign.wrap or x-wire.sign.parts of the contract has it.", "请把密钥放在契约中 x-wire.sign.wrap 或 x-wire.sign.parts 规定的位置。"}
	digest := text{"Compute the digest that x-wire.sign.digests of the contract names, once.", "请使用契约中 x-wire.sign.digests 规定的摘要算法，只计算一次。"}
	writing := text{"Write the digest as x-wire.sign.encoding and x-wire.sign.case of the contract say.", "摘要请按契约中 x-wire.sign.encoding 与 x-wire.sign.case 的规定书写。"}
	return map[string]text{
		"sealed-other-cipher":     contract,
		"sealed-key-form":         {"Make the key as x-wire.seal.key.form of the contract says.", "请按契约中 x-wire.seal.key.form 的规定生成密钥。"},
		"sealed-padding-unwanted": {"Fill the last block with blanks, and name the padding NoPadding.", "请用空格补满最后一块，并使用 NoPadding。"},
		"sealed-not-gcm":          gcm,
		"sealed-nonce":            gcm,
		"sealed-tag-place":        gcm,
		"sealed-tag-missing":      {"Append the tag: Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]) in Node, ciphertext + tag in Python.", "请附上标签：Node 用 Buffer.concat([nonce, ciphertext, cipher.getAuthTag()])，Python 用 ciphertext + tag。"},
		"sealed-wrong-tag":        {"Check which environment the key belongs to, and that nothing changes the text after it was sealed.", "请核对密钥属于哪个环境，并确认加密之后文本没有被改动。"},
		"sealed-too-short":        gcm,

		"signed-missing":               {"Compute the signature and send it where x-wire.sign.parameter of the contract says.", "请计算签名，并放在契约中 x-wire.sign.parameter 规定的位置。"},
		"signed-unsorted":              order,
		"signed-case-folded":           {"Sort the names by their bytes, upper case before lower: a TreeMap without a comparator, or StringComparer.Ordinal.", "名称按字节排序，大写在小写之前：不带比较器的 TreeMap，或 StringComparer.Ordinal。"},
		"signed-sorted":                order,
		"signed-unlisted-order":        order,
		"signed-empty-left-out":        empty,
		"signed-empty-as-null":         empty,
		"signed-empty-kept":            empty,
		"signed-values-encoded":        plain,
		"signed-values-other-encoding": {"Encode by RFC 3986: a blank is %20, a star is %2A, a tilde stays, digits in upper case.", "请按 RFC 3986 编码：空格为 %20，星号为 %2A，波浪号不变，十六进制数字大写。"},
		"signed-values-plain":          {"Encode names and values by RFC 3986 before you join them.", "拼接之前请按 RFC 3986 对名称与值编码。"},
		"signed-values-trimmed":        {"Sign and send the same text.", "签名与发送使用同一文本。"},
		"signed-values-gbk":            utf8,
		"signed-values-ascii":          utf8,
		"signed-plus-as-space":         {"Encode every name and value when sending (URLEncoder.encode), and sign the plain ones.", "发送时对每个名称与值编码（URLEncoder.encode），签名使用原值。"},
		"signed-names":                 which,
		"signed-joints":                {"Join with the characters that x-wire.sign.fields has as equals and between.", "请使用契约中 x-wire.sign.fields 的 equals 与 between 规定的连接符。"},
		"signed-itself":                {"Remove the signature's field before you build the text to sign.", "拼接待签名串之前请去掉签名字段。"},
		"signed-place-left-out":        which,
		"signed-too-much":              which,
		"signed-left-out":              which,
		"signed-join":                  parts,
		"signed-part-left-out":         parts,
		"signed-parts-order":           parts,
		"signed-method-case":           request,
		"signed-path-other":            request,
		"signed-without-query":         request,
		"signed-query-sorted":          request,
		"signed-query-decoded":         request,
		"signed-empty-body":            {"Sign the bytes of the body that are sent, and nothing where none are.", "请对实际发送的正文字节签名；没有正文时为空。"},
		"signed-body-form":             parts,
		"signed-json-rewritten":        once,
		"signed-other-body":            {"Sign before sealing where x-wire.sign.opened of the contract is true, else after it.", "契约中 x-wire.sign.opened 为 true 时先签名后加密，否则先加密后签名。"},
		"signed-end":                   compare,
		"signed-time-other":            time,
		"signed-without-secret":        secret,
		"signed-secret-place":          secret,
		"signed-secret-empty":          {"Check that the secret is read from the configuration of this environment.", "请确认已从当前环境的配置中读取密钥。"},
		"signed-other-slot":            {"Use the credential that x-wire.sign.secret of the contract names.", "请使用契约中 x-wire.sign.secret 规定的凭据。"},
		"signed-digest-other":          digest,
		"signed-hmac-swapped":          {"The secret is the key of the HMAC, the text its data: mac.init(new SecretKeySpec(secret, …)), mac.doFinal(text).", "密钥作为 HMAC 的 key，文本作为数据：mac.init(new SecretKeySpec(secret, …))、mac.doFinal(text)。"},
		"signed-digest-twice":          digest,
		"signed-base64":                writing,
		"signed-base64-form":           {"Write Base64 in the standard alphabet with its padding, and percent-encode it where it travels in a query or form.", "请使用标准字母表并带填充的 Base64；放在查询串或表单中时须做百分号编码。"},
		"signed-hex":                   writing,
		"signed-lower-case":            writing,
		"signed-upper-case":            writing,
		"signed-mixed-case":            writing,
	}
}
