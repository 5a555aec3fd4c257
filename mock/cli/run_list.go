package cli

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"understudy/mock/story"
	"understudy/scenarios/arazzo"
)

// listStories tells what there is to run.
func (p *program) listStories(documents []*arazzo.Document) error {
	for _, d := range documents {
		if _, err := fmt.Fprintf(p.stdout, "%s: %s\n", oneLine(d.File, 200), oneLine(d.Title, 200)); err != nil {
			return err
		}
		rows := [][]string{}
		for _, w := range d.Workflows {
			rows = append(rows, []string{w.ID, fmt.Sprintf("%d steps", len(w.Steps)), inputsInWords(w), oneLine(w.Summary, 120)})
		}
		if err := writeRows(p.stdout, rows); err != nil {
			return err
		}
	}
	return nil
}

func writeRows(w io.Writer, rows [][]string) error {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(cell))
		}
	}
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString("  " + cell + strings.Repeat(" ", widths[i]-columns(cell)))
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(b.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

// inputsInWords lists a workflow's inputs, those with a star that must be given.
func inputsInWords(w *arazzo.Workflow) string {
	if w.Inputs == nil || len(w.Inputs.Names) == 0 {
		return "-"
	}
	var list []string
	for _, name := range w.Inputs.Names {
		if slices.Contains(w.Inputs.Required, name) {
			name += "*"
		}
		list = append(list, name)
	}
	return strings.Join(list, ",")
}

// printOutputs writes what the workflows gave, one JSON object a line, the outputs in the order of the story. Configured
// credentials are not shown.
func printOutputs(w io.Writer, c *story.Config, list []story.Outputs) error {
	for _, one := range list {
		var b strings.Builder
		for i, name := range one.Names {
			v, there := one.Values[name]
			if !there {
				v = nil
			}
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "%s: %s", arazzo.JSON(name), arazzo.JSON(v))
		}
		line := fmt.Sprintf(`{"story": %s, "workflow": %s, "outputs": {%s}}`, arazzo.JSON(c.Document.File), arazzo.JSON(one.Workflow), b.String())
		if _, err := fmt.Fprintln(w, withoutCredentials(c, line)); err != nil {
			return err
		}
	}
	return nil
}

// withoutCredentials puts stars in the place of configured credentials.
func withoutCredentials(c *story.Config, line string) string {
	var secrets []string
	for _, source := range c.Sources {
		for _, one := range source.Credentials {
			secrets = append(secrets, one.Text)
			for _, t := range one.Tokens {
				secrets = append(secrets, t.Value)
			}
		}
	}
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	for _, secret := range secrets {
		if len(secret) >= 6 {
			for _, form := range []string{inJSON(secret), url.QueryEscape(secret), url.PathEscape(secret)} {
				line = strings.ReplaceAll(line, form, "***")
			}
		}
	}
	return line
}
