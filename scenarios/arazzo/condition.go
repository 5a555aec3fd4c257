package arazzo

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// condition is a simple condition: a tree of operators over literals and expressions.
type condition struct {
	op          string // || && ! a comparison, "" for an operand
	left, right *condition
	operand     *operand
}

// operand is a literal, an expression, or a condition in parentheses.
type operand struct {
	text       string
	literal    any
	expression *Expression
	steps      []string // [0] and .name behind an expression
}

// mostNested bounds how deep parentheses and ! stand in each other.
const mostNested = 50

// parseCondition reads a simple condition.
func parseCondition(text string) (*condition, error) {
	p := &conditionParser{text: text}
	c, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.skip(); p.i < len(p.text) {
		return nil, fmt.Errorf("an operator is due before %s", shortened(p.text[p.i:]))
	}
	return c, nil
}

type conditionParser struct {
	text string
	i    int
}

func (p *conditionParser) skip() {
	for p.i < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.i]) >= 0 {
		p.i++
	}
}

// take goes past one of some operators; longer ones stand before those that they begin with.
func (p *conditionParser) take(operators ...string) string {
	p.skip()
	for _, op := range operators {
		if strings.HasPrefix(p.text[p.i:], op) {
			p.i += len(op)
			return op
		}
	}
	return ""
}

func (p *conditionParser) or(level int) (*condition, error) { return p.chain(level, "||", p.and) }
func (p *conditionParser) and(level int) (*condition, error) {
	return p.chain(level, "&&", p.not)
}

func (p *conditionParser) chain(level int, op string, below func(int) (*condition, error)) (*condition, error) {
	left, err := below(level)
	for err == nil && p.take(op) != "" {
		var right *condition
		right, err = below(level)
		left = &condition{op: op, left: left, right: right}
	}
	return left, err
}

func (p *conditionParser) not(level int) (*condition, error) {
	if level > mostNested {
		return nil, fmt.Errorf("parentheses and ! stand in each other more than %d levels deep", mostNested)
	}
	p.skip()
	if strings.HasPrefix(p.text[p.i:], "!") && !strings.HasPrefix(p.text[p.i:], "!=") {
		p.i++
		inner, err := p.not(level + 1)
		return &condition{op: "!", left: inner}, err
	}
	return p.comparison(level)
}

func (p *conditionParser) comparison(level int) (*condition, error) {
	left, err := p.operand(level)
	if err != nil {
		return nil, err
	}
	op := p.take("<=", ">=", "==", "!=", "<", ">")
	if op == "" {
		if p.take("=") != "" {
			return nil, errors.New("= is no operator; equality is ==")
		}
		return left, nil
	}
	right, err := p.operand(level)
	return &condition{op: op, left: left, right: right}, err
}

func (p *conditionParser) operand(level int) (*condition, error) {
	p.skip()
	if p.i == len(p.text) {
		return nil, errors.New("it ends where a literal or a runtime expression is due")
	}
	switch c := p.text[p.i]; {
	case c == '(' || c == '{':
		return p.group(level, c)
	case c == '\'':
		return p.quoted()
	case c == '"':
		return nil, errors.New(`a text stands in single quotes: 'text'`)
	case c == '$':
		return p.expression()
	}
	return p.word()
}

// group reads what stands in parentheses. Braces around an expression, as the specification writes them in an example, are
// the same.
func (p *conditionParser) group(level int, open byte) (*condition, error) {
	if level >= mostNested {
		return nil, fmt.Errorf("parentheses and ! stand in each other more than %d levels deep", mostNested)
	}
	p.i++
	inner, err := p.or(level + 1)
	if err != nil {
		return nil, err
	}
	end := map[byte]string{'(': ")", '{': "}"}[open]
	if p.take(end) == "" {
		return nil, fmt.Errorf("%s is missing", end)
	}
	return inner, nil
}

func (p *conditionParser) quoted() (*condition, error) {
	begin := p.i
	var b strings.Builder
	for p.i++; p.i < len(p.text); p.i++ {
		if p.text[p.i] != '\'' {
			b.WriteByte(p.text[p.i])
			continue
		}
		if strings.HasPrefix(p.text[p.i:], "''") {
			b.WriteByte('\'')
			p.i++
			continue
		}
		p.i++
		return &condition{operand: &operand{text: p.text[begin:p.i], literal: b.String()}}, nil
	}
	return nil, errors.New("the single quote that ends a text is missing")
}

// delimiters end an expression or a word.
const delimiters = " \t\r\n()[]{}<>=!&|',"

func (p *conditionParser) until() string {
	begin := p.i
	for p.i < len(p.text) && strings.IndexByte(delimiters, p.text[p.i]) < 0 {
		_, size := utf8.DecodeRuneInString(p.text[p.i:])
		p.i += size
	}
	return p.text[begin:p.i]
}

func (p *conditionParser) expression() (*condition, error) {
	begin := p.i
	e, err := parseExpression(p.until(), true)
	if err != nil {
		return nil, err
	}
	o := &operand{expression: e}
	for p.i < len(p.text) && p.text[p.i] == '[' {
		p.i++
		index := p.until()
		if index == "" || strings.Trim(index, "0123456789") != "" || len(index) > 9 {
			return nil, errors.New("in brackets the number of an element is due, such as [0]")
		}
		if p.take("]") == "" {
			return nil, errors.New("] is missing")
		}
		o.steps = append(o.steps, index)
		if p.i < len(p.text) && p.text[p.i] == '.' {
			p.i++
			below := p.until()
			for _, name := range strings.Split(below, ".") {
				if name == "" {
					return nil, errors.New("behind a dot the name of a member is due")
				}
				o.steps = append(o.steps, name)
			}
		}
	}
	o.text = p.text[begin:p.i]
	return &condition{operand: o}, nil
}

// word reads true, false, null and numbers.
func (p *conditionParser) word() (*condition, error) {
	text := p.until()
	o := &operand{text: text}
	switch {
	case text == "true", text == "false":
		o.literal = text == "true"
	case text == "null":
	case jsonNumber.MatchString(text):
		o.literal = json.Number(text)
	case text == "":
		return nil, fmt.Errorf("a literal or a runtime expression is due before %s", shortened(p.text[p.i:]))
	default:
		return nil, fmt.Errorf("%s is neither a literal nor a runtime expression; a text stands in single quotes: '%[1]s'", shortened(text))
	}
	return &condition{operand: o}, nil
}

// each visits the operands from left to right.
func (c *condition) each(visit func(*operand)) {
	if c == nil {
		return
	}
	if c.operand != nil {
		visit(c.operand)
	}
	c.left.each(visit)
	c.right.each(visit)
}
