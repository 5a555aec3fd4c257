package check_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"understudy/mock"
	"understudy/mock/check"
	"understudy/mock/report"
)

// checkShelf checks a shelf of books with one bug, or without any.
func checkShelf(t *testing.T, bug string, change func(*check.Config)) *report.Report {
	t.Helper()
	c := books(t)
	front := httptest.NewServer(newShelf(c, bug))
	defer front.Close()
	config := check.Config{
		Contract: c, Target: front.URL, Unsafe: true, Seed: 1, HTTP: &http.Client{},
		Credentials: mock.Credentials{"keys": {Tokens: []mock.Token{{Value: shelfKey}}}},
	}
	if change != nil {
		change(&config)
	}
	got, err := check.Run(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestRightShelf asks nothing of a server that is right, whatever the seed.
func TestRightShelf(t *testing.T) {
	t.Parallel()
	for seed := range int64(3) {
		got := checkShelf(t, "", func(c *check.Config) { c.Seed = seed })
		tell(t, got)
		if got.Checked() < 100 {
			t.Errorf("only %d checks", got.Checked())
		}
		if seed == 0 {
			show(t, got)
		}
	}
}

// TestSmallPages takes a small page not for the last one.
func TestSmallPages(t *testing.T) {
	t.Parallel()
	got := checkShelf(t, variantPages, nil)
	tell(t, got)
	if !slices.ContainsFunc(got.Observed, func(o report.Observation) bool { return o.Name == "page size" }) {
		t.Errorf("it is not observed: %v", got.Observed)
	}
}

// planted are bugs of a shelf of books, and the rule (with its keyword or place, where that says more) of a finding that
// tells of each.
func planted() map[string]string {
	return map[string]string{
		"type": "violates-contract type /pages", "missing field": "violates-contract required /title", "enum": "violates-contract enum /binding",
		"format": "violates-contract format /printed", "pattern": "violates-contract pattern /isbn", "null": "violates-contract type /binding",
		"extra field": "violates-contract additionalProperties", "maximum": "violates-contract maximum /pages", "key as text": "violates-contract type /id",
		"multipleOf": "violates-contract multipleOf /price", "wrong status": "undeclared-status", "wrong media type": "undeclared-media-type",
		"header missing": "violates-contract required Location", "list header missing": "violates-contract required X-Shelf",
		"list header wrong": "violates-contract type X-Shelf", "truncated": "unreadable-reply", "page with 200": "html-page",
		"HTML error page": "html-page", "server error on bad input": "server-error", "stack trace": "stack-trace", "charset": "charset", "no UTF-8": "charset",
		"secret echoed": "secret-echoed", "success in place of an error": "", "wrong error form": "violates-contract", "error as text": "undeclared-media-type",
		"no authentication": "accepted", "any token accepted": "accepted", "required parameter not enforced": "accepted required title",
		"limit not bounded": "accepted maximum limit", "parameters not enforced": "accepted", "path not enforced": "accepted", "header not enforced": "accepted pattern X-Trace",
		"minimum not enforced": "accepted minimum", "maximum not enforced": "accepted maximum", "enum not enforced": "accepted enum",
		"minLength not enforced": "accepted minLength", "maxLength not enforced": "accepted maxLength", "required member not enforced": "accepted required",
		"extra member accepted": "accepted additionalProperties", "type not enforced": "accepted type", "pattern not enforced": "accepted pattern",
		"uniqueItems not enforced": "accepted uniqueItems", "any media type": "accepted content Content-Type", "cut off body accepted": "accepted",
		"method not enforced": "accepted method", "readOnly accepted": "read-only-taken", "writeOnly returned": "violates-contract",
		"state not kept": "not-found", "wrong key in the reply": "not-found", "created not listed": "not-found", "one key for all": "",
		"replacement not kept": "differs", "patch not kept": "differs", "patch clears the rest": "differs", "deletion does not delete": "still-there",
		"deleted still listed": "still-there", "paging off by one": "page-duplicate", "paging loses one": "page-lost", "limit ignored": "page-size",
		"duplicated rows": "page-duplicate", "total of the page": "total", "filter ignored": "filter", "unknown key found": "unknown-found",
		"not found as success": "violates-contract", "link broken": "link-broken", "precision": "differs  /copies", "price rounded": "differs  /price",
		"text cut off": "differs  /title", "field lost": "differs  /note", "duplicated titles": "violates-contract uniqueItems",
		"deletion without a key": "accepted security", "beginning of the key accepted": "accepted security", "stack within a text": "stack-trace",
		"coded": "unreadable-reply  Content-Encoding", "another location": "location", "default not applied": "page-size", "list with other titles": "differs  /title",
		"last page again": "page-duplicate", "replacement merges": "differs", "enum in any case": "accepted enum /binding", "number as text": "accepted type /pages",
		"pattern found anywhere": "accepted pattern /isbn",
		"one title for a list":   "violates-contract type", "envelope": "violates-contract type", "duplicate trailer": "unreadable-reply",
	}
}

// TestPlantedBugs finds what is wrong with servers that do one thing wrong.
func TestPlantedBugs(t *testing.T) {
	t.Parallel()
	bugs := planted()
	if len(bugs) < 30 {
		t.Fatalf("only %d bugs are planted", len(bugs))
	}
	for bug, want := range bugs {
		t.Run(bug, func(t *testing.T) {
			t.Parallel()
			got := checkShelf(t, bug, nil)
			all := rulesOf(got)
			if len(all) == 0 || want != "" && !slices.ContainsFunc(all, func(one string) bool { return finds(one, want) }) {
				t.Errorf("not found: want %q in %q", want, all)
			}
		})
	}
}

// rulesOf lists what was found, each once: rule, keyword, place.
func rulesOf(got *report.Report) []string {
	var all []string
	for _, op := range got.Operations {
		for _, part := range op.Parts() {
			for _, one := range part.Checked {
				for _, f := range one.Findings {
					all = append(all, f.Rule+" "+f.Keyword+" "+f.Pointer)
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// finds says whether a finding is the one that is looked for: the rule, and its keyword and the end of its place if given.
func finds(got, want string) bool {
	have, ask := strings.SplitN(got, " ", 3), strings.SplitN(want, " ", 3)
	for i, one := range ask {
		if one != "" && (i == 2 && !strings.HasSuffix(have[2], one) || i < 2 && have[i] != one) {
			return false
		}
	}
	return true
}
