package explain

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// shellWords splits a command line into words, up to the end of the command: a line's end, a pipe, a redirection. It knows
// the quotes of POSIX shells, $'…' of bash, continuations by \, and of cmd.exe ^ and of PowerShell `, told apart by
// what stands at line ends. It returns what follows the command.
func shellWords(text string) (words []string, rest string) {
	if strings.Contains(text, "^\n") || strings.Contains(text, `^"`) {
		text = strings.ReplaceAll(text, "^\n", " ")
		text = uncaret(text)
	}
	text = strings.ReplaceAll(text, "`\n", " ")
	var word strings.Builder
	open := false // a word is under way, be it empty
	end := func() {
		if open {
			words = append(words, word.String())
		}
		word.Reset()
		open = false
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n' || c == '|' || c == '>' || c == '<' || c == ';' && !open:
			end()
			return words, text[min(len(text), i+1):]
		case c == ' ' || c == '\t':
			end()
		case c == '\\' && i+1 < len(text):
			if i++; text[i] != '\n' {
				word.WriteByte(text[i])
				open = true
			}
		case c == '$' && i+1 < len(text) && text[i+1] == '\'':
			n := ansiQuoted(text[i+2:], &word)
			open = true
			i += 1 + n
		case c == '\'':
			n := strings.IndexByte(text[i+1:], '\'')
			if n < 0 {
				n = len(text) - i - 1
			}
			word.WriteString(text[i+1 : i+1+n])
			open = true
			i += 1 + n
		case c == '"':
			i += doubleQuoted(text[i+1:], &word)
			open = true
		default:
			word.WriteByte(c)
			open = true
		}
	}
	end()
	return words, ""
}

// uncaret takes off the carets of cmd.exe, each of which keeps the character behind it.
func uncaret(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '^' && i+1 < len(text) {
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// doubleQuoted reads up to the closing quote and returns how many bytes that took, the quote included.
func doubleQuoted(text string, word *strings.Builder) int {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return i + 1
		case c == '\\' && i+1 < len(text) && strings.IndexByte("\"\\$`\n", text[i+1]) >= 0:
			if i++; text[i] != '\n' {
				word.WriteByte(text[i])
			}
		default:
			word.WriteByte(c)
		}
	}
	return len(text)
}

// ansiQuoted reads the inside of $'…' and returns how many bytes that took, the closing quote included.
func ansiQuoted(text string, word *strings.Builder) int {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '\'' {
			return i + 1
		}
		if c != '\\' || i+1 == len(text) {
			word.WriteByte(c)
			continue
		}
		i++
		switch c = text[i]; c {
		case 'n':
			word.WriteByte('\n')
		case 'r':
			word.WriteByte('\r')
		case 't':
			word.WriteByte('\t')
		case 'x', 'u', 'U':
			most := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
			n := 0
			for n < most && i+1+n < len(text) && strings.IndexByte("0123456789abcdefABCDEF", text[i+1+n]) >= 0 {
				n++
			}
			code, err := strconv.ParseUint(text[i+1:i+1+n], 16, 32)
			if err != nil {
				word.WriteByte(c)
				continue
			}
			if c == 'x' {
				word.WriteByte(byte(code))
			} else {
				word.WriteString(string(utf8.AppendRune(nil, rune(code))))
			}
			i += n
		default:
			word.WriteByte(c)
		}
	}
	return len(text)
}
