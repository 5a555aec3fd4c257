package cli

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// table lays rows out in columns, two spaces apart, each line indented. Chinese characters take two columns of a
// terminal, which text/tabwriter does not know.
func table(indent string, rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		line.WriteString(indent)
		for i, cell := range row {
			line.WriteString(cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-columns(cell)+2))
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
	}
	return b.String()
}

// columns counts the columns of a terminal that a text takes.
func columns(text string) int {
	n := 0
	for _, r := range text {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			if !unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
				n++
			}
		}
	}
	return n
}

// oneLine makes a text fit for one line of a terminal: control characters, which could draw or erase there, become
// question marks, and what is too long is cut.
func oneLine(text string, most int) string {
	cut := 0
	return strings.Map(func(r rune) rune {
		if cut++; cut > most {
			if cut == most+1 {
				return '…'
			}
			return -1
		}
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar {
			return '?'
		}
		return r
	}, text)
}
