package mocktest

// Mytijian is how mytijian is reached in one world.
type Mytijian struct {
	// BaseURL is what /open-api/V2/ws/agentManager/… is appended to.
	BaseURL string
	// AccessToken stands for the institution Hospital.
	AccessToken, Hospital string
}

// Mytijian is how mytijian is reached in this world.
func (m *Mock) Mytijian() Mytijian {
	m.tb.Helper()
	token := firstToken(m.credentials("mytijian"), "accessTokens")
	return Mytijian{BaseURL: m.URL(), AccessToken: token.Value, Hospital: token.Account}
}
