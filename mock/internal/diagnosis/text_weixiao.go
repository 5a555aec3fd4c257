package diagnosis

// weixiaoTexts has the diagnoses of push projects and of what is sent on to them.
func weixiaoTexts() map[string]text {
	return map[string]text{
		"unknown-project": {
			"this session has no push project with that id",
			"本会话没有该 id 的推送项目",
		},
		"project-name-taken": {
			"project {id} of this session has that name already",
			"本会话的推送项目 {id} 已使用该名称",
		},
		"forward-loop": {
			"a simulator sent this push on: it is stored, but not sent on again",
			"该推送由模拟器转发而来：已保存，但不再转发",
		},
		"forward-target-without-scheme": {
			"the target has no scheme, so nothing can be sent to it; write {fix}",
			"目标地址缺少协议，无法转发；请写成 {fix}",
		},
		"forward-target-scheme": {
			"the target's scheme is neither http nor https, so nothing can be sent to it",
			"目标地址的协议既不是 http 也不是 https，无法转发",
		},
		"forward-target-malformed": {
			"the target cannot be read as a URL with an ASCII host name and a port from 1 to 65535, so nothing can be sent to it",
			"目标地址无法解析：主机名须为 ASCII，端口须为 1 到 65535，无法转发",
		},
		"forward-target-userinfo": {
			"the target {host} has a user name in front of the host, which is not sent; leave it out",
			"目标 {host} 的主机名前带有用户信息，不予转发；请去掉",
		},
		"forward-target-blocked": {
			"the target {host} is not allowed; start with {allow} to allow it",
			"目标 {host} 不在允许范围内；启动时加上 {allow} 即可放行",
		},
		"forward-target-by-name": {
			"the target {host} is a name: it is taken only if it resolves to an allowed address; start with {allow} to allow it by name",
			"目标 {host} 是域名：仅当解析到允许的地址时才会转发；启动时加上 {allow} 可按名称放行",
		},
		"forward-unresolved": {
			"the host name of {host} does not resolve",
			"{host} 的主机名无法解析",
		},
		"forward-refused": {
			"{host} takes no connection",
			"{host} 无法建立连接",
		},
		"forward-timeout": {
			"{host} did not answer in time",
			"{host} 未在时限内应答",
		},
		"forward-tls": {
			"no TLS connection to {host}: it speaks no TLS, or its certificate is not trusted",
			"与 {host} 的 TLS 连接失败：对方不支持 TLS，或证书不受信任",
		},
		"forward-broken": {
			"{host} broke the connection off or sent no readable HTTP reply",
			"{host} 中断了连接，或应答不是可读的 HTTP",
		},
		"forward-status": {
			"{host} answered HTTP {status}, not 2xx",
			"{host} 返回 HTTP {status}，不是 2xx",
		},
		"forward-redirect": {
			"{host} answered HTTP {status}; redirects are not followed, so register the final address",
			"{host} 返回 HTTP {status}；不跟随重定向，请直接登记最终地址",
		},
		"forward-unavailable": {
			"this simulator has no way out: nothing is sent on",
			"该模拟器没有转发出口：不会转发任何内容",
		},
		"forward-closed": {
			"the simulator stopped during the attempt; the push stays in the queue",
			"转发期间模拟器停止；该推送仍在队列中",
		},
		"forward-project-disabled": {
			"the project was switched off before the push could be sent on",
			"推送发出之前项目已停用",
		},
		"forward-project-deleted": {
			"the project was deleted before the push could be sent on",
			"推送发出之前项目已删除",
		},
		"forward-queue-full": {
			"the project has {limit} pushes waiting already; this one is not sent on to it",
			"该项目已有 {limit} 条待转发的推送；本条不再转发给它",
		},
	}
}
