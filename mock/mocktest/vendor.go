package mocktest

import "understudy/mock"

// credentials are those that a vendor takes in this world; a vendor that is not played ends the test.
func (m *Mock) credentials(vendor string) mock.Credentials {
	m.tb.Helper()
	c := m.world.Credentials(vendor)
	if c == nil {
		m.tb.Fatalf("mocktest: %s is not played here; Config.Mock.Contracts says who is", vendor)
	}
	return c
}

// firstToken is the first of the tokens in a slot.
func firstToken(c mock.Credentials, slot string) mock.Token {
	if list := c[slot].Tokens; len(list) > 0 {
		return list[0]
	}
	return mock.Token{}
}
