package fault

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	experimental "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// keys are those of a written rule.
func keys() []string {
	return []string{"id", "vendor", "operation", "error", "status", "delay", "break", "calls", "share", "afterCommit"}
}

// plain is a rule without its own ways of being read.
type plain Rule

// noShare refuses a share of nothing, which a rule would take for all.
func noShare() *Problem {
	return &Problem{"share", "0 would strike no call; it is above 0 and at most 1, or left out for all"}
}

// UnmarshalJSON reads a rule strictly: unknown keys, keys in another case and keys given twice are errors.
func (r *Rule) UnmarshalJSON(data []byte) error {
	var read plain
	if err := experimental.Unmarshal(data, &read, experimental.RejectUnknownMembers(true)); err != nil {
		return jsonProblem(err)
	}
	var said struct {
		Share *float64 `json:"share"`
	}
	if err := experimental.Unmarshal(data, &said); err == nil && said.Share != nil && *said.Share == 0 {
		return noShare()
	}
	*r = Rule(read)
	return nil
}

// UnmarshalJSON reads a state as it is written; without this one, the rule's own would stand in for it.
func (s *State) UnmarshalJSON(data []byte) error {
	var read struct {
		plain
		Struck int64 `json:"struck"`
	}
	if err := experimental.Unmarshal(data, &read, experimental.RejectUnknownMembers(true)); err != nil {
		return jsonProblem(err)
	}
	*s = State{Rule(read.plain), read.Struck}
	return nil
}

// jsonProblem says what is wrong in terms of the rule's keys.
func jsonProblem(err error) error {
	if own, ok := errors.AsType[*Problem](err); ok {
		return own
	}
	var wrong *experimental.SemanticError
	if !errors.As(err, &wrong) {
		var syntax *jsontext.SyntacticError
		if errors.As(err, &syntax) && errors.Is(err, jsontext.ErrDuplicateName) {
			return &Problem{syntax.JSONPointer.LastToken(), "stands twice; keep one"}
		}
		return fmt.Errorf("a fault is a JSON object: %w", err)
	}
	key := strings.ReplaceAll(strings.TrimPrefix(string(wrong.JSONPointer), "/"), "/", ".")
	if errors.Is(err, experimental.ErrUnknownName) {
		return &Problem{"", "a fault has no key " + known(wrong.JSONPointer.LastToken(), keys())}
	}
	if key == "" {
		return &Problem{"", "a fault is an object with some of the keys " + strings.Join(keys(), ", ")}
	}
	return &Problem{key, "takes " + kindOf(key)}
}

// kindOf says what a key takes.
func kindOf(key string) string {
	switch key {
	case "status", "calls":
		return "a whole number"
	case "share":
		return "a number above 0 and up to 1"
	case "afterCommit":
		return "true or false"
	case "delay":
		return delayForm
	}
	return "a text"
}

// UnmarshalYAML reads a rule strictly; errors begin with the line.
func (r *Rule) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return at(node, &Problem{"", "a fault is a mapping with some of the keys " + strings.Join(keys(), ", ")})
	}
	var problems []error
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		switch name := key.Value; {
		case seen[name]:
			problems = append(problems, at(key, &Problem{name, "stands twice; keep one"}))
		case !slices.Contains(keys(), name):
			problems = append(problems, at(key, &Problem{"", "a fault has no key " + known(name, keys())}))
		default:
			if p := yamlProblem(node.Content[i:i+2], name); p != nil {
				problems = append(problems, at(node.Content[i+1], p))
			}
		}
		seen[key.Value] = true
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	var read plain
	if err := node.Decode(&read); err != nil {
		return err
	}
	*r = Rule(read)
	return nil
}

// yamlProblem says what is wrong with one key and its value.
func yamlProblem(pair []*yaml.Node, key string) *Problem {
	var one plain
	err := (&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: pair}).Decode(&one)
	switch {
	case err != nil, (key == "status" || key == "calls") && pair[1].ShortTag() == "!!float": // which would be cut to a whole number
		return &Problem{key, "takes " + kindOf(key)}
	case key == "share" && one.Share == 0 && pair[1].ShortTag() != "!!null":
		return noShare()
	}
	return nil
}

func at(node *yaml.Node, p *Problem) error { return fmt.Errorf("line %d: %w", node.Line, p) }

const delayForm = `a duration such as "2s" (at most 1m), or {p50: 200ms, p99: 2s}`

// spread is the written form of a delay that varies.
type spread struct {
	P50 string `json:"p50" yaml:"p50"`
	P99 string `json:"p99" yaml:"p99"`
}

func (s spread) delay() (d Delay, ok bool) {
	var err50, err99 error
	d.P50, err50 = time.ParseDuration(s.P50)
	d.P99, err99 = time.ParseDuration(s.P99)
	return d, err50 == nil && err99 == nil
}

func fixed(text string) (d Delay, ok bool) {
	var err error
	d.Fixed, err = time.ParseDuration(text)
	return d, err == nil
}

func notADelay() error { return &Problem{"delay", "takes " + delayForm} }

// UnmarshalJSON reads a duration, or an object of p50 and p99.
func (d *Delay) UnmarshalJSON(data []byte) error {
	var text string
	var both spread
	var read Delay
	ok := false
	if experimental.Unmarshal(data, &text) == nil {
		read, ok = fixed(text)
	} else if experimental.Unmarshal(data, &both, experimental.RejectUnknownMembers(true)) == nil {
		read, ok = both.delay()
	}
	if !ok {
		return notADelay()
	}
	*d = read
	return nil
}

// UnmarshalYAML reads a duration, or a mapping of p50 and p99.
func (d *Delay) UnmarshalYAML(node *yaml.Node) error {
	var read Delay
	ok := false
	switch node.Kind {
	case yaml.ScalarNode:
		read, ok = fixed(node.Value)
	case yaml.MappingNode:
		var both spread
		if len(node.Content) == 4 && node.Decode(&both) == nil {
			read, ok = both.delay()
		}
	}
	if !ok {
		return notADelay()
	}
	*d = read
	return nil
}

// form is what a delay is written as.
func (d Delay) form() any {
	if d.P50 != 0 || d.P99 != 0 {
		return spread{d.P50.String(), d.P99.String()}
	}
	return d.Fixed.String()
}

// MarshalJSON writes what UnmarshalJSON reads.
func (d Delay) MarshalJSON() ([]byte, error) { return json.Marshal(d.form()) }

// MarshalYAML writes what UnmarshalYAML reads.
func (d Delay) MarshalYAML() (any, error) { return d.form(), nil }
