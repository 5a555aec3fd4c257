package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// speech is the language in which a run speaks to its user, as diagnoses know it: "zh" or "en". Flags, keys, ids and the
// words that scripts wait for, such as "ready at", are the same in both.
type speech string

const (
	english speech = "en"
	chinese speech = "zh"
)

// of picks one of two texts.
func (s speech) of(en, zh string) string {
	if s == chinese {
		return zh
	}
	return en
}

const variableLanguage = environmentPrefix + "LANG"

// parseSpeech reads what a flag or a variable says.
func parseSpeech(text string) (speech, error) {
	switch s := speech(text); s {
	case english, chinese:
		return s, nil
	}
	return "", fmt.Errorf("%q is no language of this program; write zh or en", oneLine(text, 40))
}

// language settles in which language a run speaks: the flag's, the variable's, that of the locale (POSIX, section 8.2),
// that of the system's user interface, or English.
func (p *program) language(cmd *cobra.Command) error {
	if f := cmd.Flags().Lookup("lang"); f != nil && f.Changed {
		s, err := parseSpeech(f.Value.String())
		if err != nil {
			return usage(cmd, "--lang: %s", err)
		}
		p.speech = s
		return nil
	}
	if text, set := lookup(p.environ, variableLanguage); set {
		s, err := parseSpeech(text)
		if err != nil {
			return fmt.Errorf("%s: %w", variableLanguage, err)
		}
		p.speech = s
		return nil
	}
	p.speech = localeOf(p.environ, interfaceLanguage)
	return nil
}

// localeOf is the language of the environment's locale; without one it is that of the user interface.
func localeOf(environ []string, userInterface func() speech) speech {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v, _ := lookup(environ, name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), "zh") {
				return chinese
			}
			return english
		}
	}
	return userInterface()
}

// lookup finds a variable; of several of one name the last counts, as in [os.Getenv].
func lookup(environ []string, name string) (text string, set bool) {
	for _, pair := range environ {
		if v, ok := strings.CutPrefix(pair, name+"="); ok {
			text, set = v, true
		}
	}
	return text, set
}
