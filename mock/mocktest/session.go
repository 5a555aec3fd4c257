package mocktest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"

	"understudy/mock"
)

// newSession makes a session under the test's name, or under the first free one behind it: a test may want two worlds.
func (s *simulator) newSession(tb TB, config mock.SessionConfig) (*mock.Session, error) {
	if config.Name != "" {
		return s.server.NewSession(config)
	}
	name := sessionName(tb.Name())
	config.Name = name
	for n := 2; ; n++ {
		world, err := s.server.NewSession(config)
		if !errors.Is(err, mock.ErrSessionExists) {
			return world, err
		}
		config.Name = name + "-" + strconv.Itoa(n)
	}
}

// maxName leaves room for a number behind a session's name, which has at most 64 characters.
const maxName = 56

// sessionName writes a test's name in the letters of a session's. What had to be changed or left out is told apart by a
// digest, so that the name, and with it the session's data, does not hang on which of two tests came first.
func sessionName(test string) string {
	same := true
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			return r
		case r == '/':
			return '.'
		}
		same = false
		return '-'
	}, test)
	if same && name != "" && len(name) <= maxName && strings.Trim(name, ".") != "" {
		return name
	}
	sum := sha256.Sum256([]byte(test))
	return name[:min(len(name), maxName-9)] + "-" + hex.EncodeToString(sum[:4])
}
