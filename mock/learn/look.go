package learn

import (
	"context"
	"fmt"
	"slices"

	"understudy/specs"
)

// mostCombined bounds in how many combinations of readings one side of an exchange is looked at.
const mostCombined = 512

// lenient stands for the contract as it is, of a clause of which it takes more than one reading.
const lenient = ""

// question is an unclear clause and what may be chosen for it.
type question struct {
	clause *specs.Unclear
	// options are the names of its readings, and lenient where none of them is the contract as it stands.
	options []string
	base    string // the reading that the contract is as it stands, "" for none
}

func questionsOf(c *specs.Contract) (list []question, notes []string) {
	for i := range c.Unclear {
		u := &c.Unclear[i]
		q := question{clause: u}
		var failed error
		for _, r := range u.Readings {
			if _, err := c.With(map[string]string{u.ID: r.Name}); err != nil {
				failed = err
				break
			}
			q.options = append(q.options, r.Name)
			if r.Base {
				q.base = r.Name
			}
		}
		if failed != nil {
			notes = append(notes, fmt.Sprintf("%s is not looked at: %v", u.ID, failed))
			continue
		}
		if q.base == "" {
			q.options = append(q.options, lenient)
		}
		list = append(list, q)
	}
	return list, notes
}

// choose enters an option into a choice.
func (q question) choose(c choice, option string) choice {
	if option == q.base {
		option = lenient
	}
	return c.with(q.clause.ID, option)
}

// side is what the contract says about one side of an exchange under each combination of the readings that matter to it.
type side[T interface{ key() string }] struct {
	matters []int // questions
	said    map[string]T
}

// look finds out which of the questions that may matter to one side do, and what the contract says under each combination of
// their options. A question matters if some option of it changes what is said under some combination of those that matter
// already.
func look[T interface{ key() string }](list []question, may []int, judge func(choice) (T, error)) (*side[T], error) {
	s := &side[T]{said: map[string]T{}}
	say := func(c choice) (T, error) {
		key := c.key()
		v, known := s.said[key]
		if known {
			return v, nil
		}
		v, err := judge(c)
		s.said[key] = v
		return v, err
	}
	for grown := true; grown; {
		grown = false
		for _, i := range may {
			if slices.Contains(s.matters, i) || combinations(list, append(slices.Clone(s.matters), i)) > mostCombined {
				continue
			}
			found := false
			err := each(list, s.matters, choice{}, func(c choice) error {
				if found {
					return nil
				}
				before, err := say(c)
				if err != nil {
					return err
				}
				for _, option := range list[i].options {
					after, err := say(list[i].choose(c, option))
					if err != nil {
						return err
					}
					found = found || after.key() != before.key()
				}
				return nil
			})
			if err != nil {
				return nil, err
			}
			if found {
				s.matters, grown = append(s.matters, i), true
			}
		}
	}
	slices.Sort(s.matters)
	err := each(list, s.matters, choice{}, func(c choice) error {
		_, err := say(c)
		return err
	})
	return s, err
}

func combinations(list []question, of []int) int {
	n := 1
	for _, i := range of {
		n *= len(list[i].options)
	}
	return n
}

// each visits every combination of the options of some questions.
func each(list []question, of []int, c choice, visit func(choice) error) error {
	if len(of) == 0 {
		return visit(c)
	}
	q := list[of[0]]
	for _, option := range q.options {
		if err := each(list, of[1:], q.choose(c, option), visit); err != nil {
			return err
		}
	}
	return nil
}

// exchange is one exchange with what the contract says about it under its readings.
type exchange struct {
	*told
	matters []int
	asked   *side[asked]
	replied *side[answered]
}

// sides are what was said of the sides of the exchanges so far: the same is said of their equals.
type sides struct {
	asked   map[string]*side[asked]
	replied map[string]*side[answered]
}

// look holds an exchange to the readings.
func (l *learner) look(ctx context.Context, t *told) (*exchange, error) {
	x := &exchange{told: t, asked: l.known.asked[t.askedKey], replied: l.known.replied[t.repliedKey]}
	var err error
	if x.asked == nil {
		x.asked, err = look(l.questions, l.concerns.of(t, sideRequest), func(c choice) (asked, error) {
			s, err := l.stands.under(c)
			if err != nil {
				return asked{}, err
			}
			return s.ask(ctx, t), ctx.Err()
		})
		if err != nil {
			return nil, err
		}
		l.known.asked[t.askedKey] = x.asked
	}
	if x.replied == nil {
		x.replied, err = look(l.questions, l.concerns.of(t, sideReply), func(c choice) (answered, error) {
			s, err := l.stands.under(c)
			if err != nil {
				return answered{}, err
			}
			return s.answer(t), ctx.Err()
		})
		if err != nil {
			return nil, err
		}
		l.known.replied[t.repliedKey] = x.replied
	}
	x.matters = append(slices.Clone(x.asked.matters), x.replied.matters...)
	slices.Sort(x.matters)
	x.matters = slices.Compact(x.matters)
	return x, nil
}
