package diagnosis

// contractTexts speak of what OpenAPI itself says of a call, whoever the vendor is.
func contractTexts() map[string]text {
	return map[string]text{
		"not-acceptable":      {"the caller accepts {got}, and this operation answers with {known}", "调用方只接受 {got}，而该接口返回 {known}"},
		"unauthorized":        {"the call carries none of the credentials that the contract asks for: {wanted}", "请求未携带契约要求的凭据：{wanted}"},
		"credential-shape":    {"the credential in the {in} {name} does not have the form of {scheme}", "{in} {name} 中的凭据不符合 {scheme} 的格式"},
		"credential-unknown":  {"the credential in the {in} {name} is not the {slot} in the configuration", "{in} {name} 中的凭据与配置的 {slot} 不一致"},
		"parameter-malformed": {"{in} parameter {name} cannot be read: {reason}", "{in} 参数 {name} 无法解析：{reason}"},
		"parameter-unknown":   {"the contract has no {in} parameter {name}; it was not looked at", "契约中没有 {in} 参数 {name}，已忽略"},
		"body-malformed":      {"the body cannot be read as {type}: {reason}", "正文无法按 {type} 解析：{reason}"},
		"preferred":           {"the caller asked for this answer by {wish}", "调用方通过 {wish} 指定了该应答"},
		"unknown-preference":  {"the contract has nothing that fits the preference", "契约中没有符合该偏好的应答"},
		"unsound-contract":    {"a schema of this operation cannot be compiled: {why}", "该接口的 schema 无法编译：{why}"},
		"not-found":           {"there is no such {kind}", "不存在这样的 {kind}"},
	}
}
