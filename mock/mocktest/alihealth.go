package mocktest

// Alihealth is how 阿里健康 behind the TOP gateway is reached in one world.
type Alihealth struct {
	// BaseURL is what /router/rest is appended to.
	BaseURL string
	// AppKey names the application, AppSecret signs.
	AppKey, AppSecret string
}

// Alihealth is how 阿里健康 is reached in this world.
func (m *Mock) Alihealth() Alihealth {
	m.tb.Helper()
	c := m.credentials("alihealth")
	return Alihealth{BaseURL: m.URL(), AppKey: c["appKey"].Text, AppSecret: c["appSecret"].Text}
}
