package arazzo

import (
	"fmt"
	"regexp"

	"understudy/specs"
)

// Criterion is one assertion.
type Criterion struct {
	// Condition is as it is written.
	Condition string
	// Context is what the pattern of a regex criterion is held against; nil for a simple one.
	Context *Expression
	At      specs.Position

	simple  *condition
	pattern *regexp.Regexp
}

// Verdict is what came of a criterion.
type Verdict struct {
	Holds bool
	// Sides are what the expressions in it stood for, in the order in which they are written.
	Sides []Side
	// Why says in words what kept it from being judged: a value that is no truth value. "" where it was judged.
	Why string
}

// Side is one expression of a criterion and what it stood for.
type Side struct {
	// Text is as it is written in the condition.
	Text       string
	Expression *Expression
	// Steps lead on from the expression's value: [0].name.
	Steps []string
	Value any
	// Missing says that there is no such thing.
	Missing bool
}

// String is the condition, with its context where it has one.
func (c *Criterion) String() string {
	if c.Context != nil {
		return fmt.Sprintf("%s matches %s", c.Context.Text, c.Condition)
	}
	return c.Condition
}

// Expressions lists the expressions in it.
func (c *Criterion) Expressions() []*Expression {
	var found []*Expression
	if c.Context != nil {
		found = append(found, c.Context)
	}
	c.simple.each(func(o *operand) {
		if o.expression != nil {
			found = append(found, o.expression)
		}
	})
	return found
}

// Judge holds the criterion against a scope.
//
// In a simple condition texts are compared without regard to case, as the specification wants. A text that is written as a
// number counts as that number beside a number, and true and false beside a truth value: headers and parameters are texts. What is
// not there counts as null, and is neither less nor greater than anything. Values of other kinds are never equal.
// What is not compared has to be true, false or null.
//
// A pattern is one of RE2, looked for anywhere in the text of its context: a text as it is, everything else as JSON.
func (c *Criterion) Judge(s *Scope) Verdict {
	if c.pattern != nil {
		v, ok := s.Resolve(c.Context)
		return Verdict{Holds: ok && c.pattern.MatchString(Text(v)), Sides: []Side{{Text: c.Context.Text, Expression: c.Context, Value: v, Missing: !ok}}}
	}
	var verdict Verdict
	seen := map[string]bool{}
	c.simple.each(func(o *operand) {
		if o.expression == nil || seen[o.text] {
			return
		}
		seen[o.text] = true
		v, ok := o.resolve(s)
		verdict.Sides = append(verdict.Sides, Side{Text: o.text, Expression: o.expression, Steps: o.steps, Value: v, Missing: !ok})
	})
	verdict.Holds, verdict.Why = c.simple.holds(s)
	return verdict
}

func (o *operand) resolve(s *Scope) (any, bool) {
	if o.expression == nil {
		return o.literal, true
	}
	v, ok := s.Resolve(o.expression)
	for _, step := range o.steps {
		if !ok {
			break
		}
		v, ok = memberOf(v, step)
	}
	if !ok {
		return nil, false
	}
	return v, true
}

// holds evaluates a condition; why is set where it has no truth value, which is then false.
func (c *condition) holds(s *Scope) (holds bool, why string) {
	switch c.op {
	case "":
		v, _ := c.operand.resolve(s)
		switch v := v.(type) {
		case nil:
			return false, ""
		case bool:
			return v, ""
		}
		return false, c.operand.text + " is " + kindInWords(v) + ", and alone only true, false and null are a condition"
	case "!":
		holds, why = c.left.holds(s)
		return !holds && why == "", why
	case "&&":
		if holds, why = c.left.holds(s); !holds {
			return false, why
		}
		return c.right.holds(s)
	case "||":
		holds, first := c.left.holds(s)
		if holds {
			return true, ""
		}
		if holds, why = c.right.holds(s); !holds && first != "" {
			why = first
		}
		return holds, why
	}
	left, why := c.left.value(s)
	if why != "" {
		return false, why
	}
	right, why := c.right.value(s)
	if why != "" {
		return false, why
	}
	return compare(c.op, left, right), ""
}

// value is an operand's value, or the truth value of what stands in parentheses.
func (c *condition) value(s *Scope) (any, string) {
	if c.op != "" {
		return c.holds(s)
	}
	v, _ := c.operand.resolve(s)
	return v, ""
}
