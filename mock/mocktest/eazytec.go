package mocktest

// Eazytec is how 卓易政企通 is reached in one world.
type Eazytec struct {
	// BaseURL is what /AGCS_zqc/v3_1/msgcenter/… is appended to: the client takes it as eazytec.On(BaseURL). What the
	// control listener tells as a session's base URL has the prefix already.
	BaseURL string
	// Token is the bearer token.
	Token string
}

// Eazytec is how 卓易政企通 is reached in this world.
func (m *Mock) Eazytec() Eazytec {
	m.tb.Helper()
	return Eazytec{BaseURL: m.URL(), Token: firstToken(m.credentials("eazytec"), "tokens").Value}
}
