package mocktest

// Zheliban is how 浙里办 is reached in one world.
type Zheliban struct {
	// BaseURL is what /reservation/sync/… is appended to.
	BaseURL string
	// APIKey and Secret are exchanged for a token, AESKey seals.
	APIKey, Secret, AESKey string
}

// Zheliban is how 浙里办 is reached in this world.
func (m *Mock) Zheliban() Zheliban {
	m.tb.Helper()
	c := m.credentials("zheliban")
	return Zheliban{BaseURL: m.URL(), APIKey: c["apiKey"].Text, Secret: c["secret"].Text, AESKey: c["aesKey"].Text}
}
