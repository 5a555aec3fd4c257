package mocktest

// Weixiao is how 微校's push hub is reached in one world.
type Weixiao struct {
	// BaseURL is what /wx/push/… and /wx/wxc/receive are appended to.
	BaseURL string
	// AppKey and AppSecret are the application's: its pushes are sealed with them.
	AppKey, AppSecret string
}

// Weixiao is how 微校's push hub is reached in this world.
func (m *Mock) Weixiao() Weixiao {
	m.tb.Helper()
	c := m.credentials("weixiao")
	return Weixiao{BaseURL: m.URL(), AppKey: c["appKey"].Text, AppSecret: c["appSecret"].Text}
}
