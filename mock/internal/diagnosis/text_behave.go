package diagnosis

// behaveTexts has the diagnoses that single vendors' behaviours raise.
func behaveTexts() map[string]text {
	return map[string]text{
		"resource-taken": {
			"there is a {kind} with this key already",
			"已存在使用该键的 {kind}",
		},
		"resource-unfit": {
			"what the call makes of the {kind} does not keep the contract",
			"该调用得到的 {kind} 不符合契约",
		},
		"cursor-unknown": {
			"the text in {name} is none that a list of this simulator has given out",
			"{name} 中的文本不是本模拟器的列表给出的",
		},
		"incomplete-query": {
			"the query structure needs day and out_pov_id; send it as JSON text in the field param_query_pov_appointment_record_by_date_req",
			"查询结构必须有 day 和 out_pov_id，请以 JSON 文本放在字段 param_query_pov_appointment_record_by_date_req 中",
		},
		"unusable-query": {
			"a value of the query structure cannot be used",
			"查询结构中有无法使用的值",
		},
		"token-without-institution": {
			"the access token is good but stands for no institution; map it to a hospital id under accessTokens in the configuration",
			"accessToken 有效，但没有对应的机构；请在配置的 accessTokens 中把它映射到机构 ID",
		},
		"institution-not-a-number": {
			"the configuration maps the access token to a hospital id that is no whole number; give digits only",
			"配置中 accessToken 对应的机构 ID 不是整数，请只写数字",
		},
		"unreadable-json-text": {
			"the text in this field is neither JSON nor JSON with single quotes; double and single quotes do not mix, and an apostrophe within single quotes is written \\'",
			"该字段中的文本既不是 JSON，也不是单引号形式的 JSON；单双引号不能混用，单引号文本中的撇号须写成 \\'",
		},
		"json-text-in-other-quotes": {
			"the text in this field has quotes that the reading chosen for E-9 does not take: json means double ones, quotes means single ones",
			"该字段文本的引号与所选的 E-9 读法不符：json 表示双引号，quotes 表示单引号",
		},
		"json-text-of-another-kind": {
			"the text in this field can be read but holds another kind of value than the document shows",
			"该字段中的文本可以读取，但其中的值与文档所示的类型不同",
		},
		"undocumented-category": {
			"msgcategory is none of the documented four; it is taken, because the document's own example is none either",
			"msgcategory 不在文档列出的四个值之中；由于文档示例本身也不在其中，仍予接受",
		},
		"undocumented-level": {
			"msglevel is none of the documented three; it is taken, because the document's own example is none either",
			"msglevel 不在文档列出的三个值之中；由于文档示例本身也不在其中，仍予接受",
		},
	}
}
