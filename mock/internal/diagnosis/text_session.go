package diagnosis

// sessionTexts speak of what a session was told to do.
func sessionTexts() map[string]text {
	return map[string]text{
		"fault":               {"the fault {id} ({kind}) struck this call on purpose", "该请求被预设故障 {id}（{kind}）有意中断"},
		"parameter-elsewhere": {"{name} stands in the {found}, and the chosen reading has it in the {wanted}", "参数 {name} 出现在 {found} 中，而所选解读要求它在 {wanted} 中"},
		"sealed-carrier":      {"the ciphertext does not stand where the chosen reading has it: {known}", "密文不在所选解读规定的位置：{known}"},
		"token-revoked":       {"the token was revoked in this session", "该 token 在本会话中已被撤销"},
		"unknown-error":       {"the contract has no such row in its catalogue", "契约的错误目录中没有该条目"},
	}
}
