package specs_test

import (
	"maps"
	"testing"

	"understudy/specs"
)

// eachVariant runs a check for every contract as it is, under each of its readings alone, and under one reading of every
// clause at the same time, until each reading that is not the document's own has had its turn.
func eachVariant(t *testing.T, check func(*testing.T, *specs.Contract)) {
	t.Helper()
	each(t, func(t *testing.T, c *specs.Contract) {
		check(t, c)
		choices := alone(c)
		if len(choices) == 0 {
			t.Fatal("there is no reading")
		}
		for _, choice := range append(choices, together(c)...) {
			check(t, with(t, c, choice))
		}
	})
}

func alone(c *specs.Contract) (choices []map[string]string) {
	for _, u := range c.Unclear {
		for _, r := range u.Readings {
			choices = append(choices, map[string]string{u.ID: r.Name})
		}
	}
	return choices
}

// together gives the clauses' other readings in turns, so that each stands beside those of all other clauses.
func together(c *specs.Contract) (choices []map[string]string) {
	turns := 0
	others := map[string][]string{}
	for _, u := range c.Unclear {
		for _, r := range u.Readings {
			if r.Name != u.Default {
				others[u.ID] = append(others[u.ID], r.Name)
			}
		}
		turns = max(turns, len(others[u.ID]))
	}
	for turn := range turns {
		choice := map[string]string{}
		for id, names := range others {
			choice[id] = names[turn%len(names)]
		}
		choices = append(choices, choice)
	}
	return choices
}

func with(t testing.TB, c *specs.Contract, choice map[string]string) *specs.Contract {
	t.Helper()
	chosen, err := c.With(choice)
	if err != nil {
		t.Fatalf("%v: %v", choice, err)
	}
	if got := chosen.Readings(); !maps.Equal(got, choice) {
		t.Errorf("%v was chosen, the contract says %v", choice, got)
	}
	return chosen
}
