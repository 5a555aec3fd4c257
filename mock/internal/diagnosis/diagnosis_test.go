package diagnosis_test

import (
	"regexp"
	"testing"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/wire"
)

func TestEveryFindingOfTheWireHasATextInBothLanguages(t *testing.T) {
	t.Parallel()
	ids := wire.FindingIDs()
	if len(ids) == 0 {
		t.Fatal("the wire names no finding: nothing was checked")
	}
	for _, id := range ids {
		d := diagnosis.New(id)
		for _, lang := range []string{"en", "zh"} {
			if got := d.Text(lang); got == id || got == "" {
				t.Errorf("%s has no text in %s", id, lang)
			}
		}
	}
}

func TestTextsFillTheirPlaces(t *testing.T) {
	t.Parallel()
	d := diagnosis.New("wrong-method", "method", "GET", "allowed", "POST")
	if got, want := d.Text("en"), "method GET is not offered here; use POST"; got != want {
		t.Errorf("text = %q, want %q", got, want)
	}
	if got, want := diagnosis.New("wrong-method").Text("zh"), "此处不支持方法 ?，请使用 ?"; got != want {
		t.Errorf("unfilled text = %q, want %q", got, want)
	}
}

func TestTextsOfBothLanguagesHaveTheSamePlaces(t *testing.T) {
	t.Parallel()
	place := regexp.MustCompile(`\?`)
	ids := diagnosis.IDs()
	if len(ids) < 50 {
		t.Fatalf("only %d diagnoses found", len(ids))
	}
	for _, id := range ids {
		d := diagnosis.New(id)
		en, zh := d.Text("en"), d.Text("zh")
		if en == zh {
			t.Errorf("%s says the same in both languages: %s", id, en)
		}
		if a, b := len(place.FindAllString(en, -1)), len(place.FindAllString(zh, -1)); a != b {
			t.Errorf("%s has %d places in English and %d in Chinese", id, a, b)
		}
	}
}

func TestEveryFindingOfTheWireHasAFixInBothLanguages(t *testing.T) {
	t.Parallel()
	ids := wire.FindingIDs()
	if len(ids) == 0 {
		t.Fatal("the wire names no finding: nothing was checked")
	}
	sentence := regexp.MustCompile(`[.…。]$`)
	for _, id := range ids {
		d := diagnosis.New(id)
		en, zh := d.Fix("en"), d.Fix("zh")
		if !sentence.MatchString(en) || !sentence.MatchString(zh) || en == zh {
			t.Errorf("%s: fix in English %q, in Chinese %q: want a sentence in each", id, en, zh)
		}
	}
	if got := diagnosis.New("wrong-method").Fix("en"); got != "" {
		t.Errorf("a diagnosis of another kind has the fix %q", got)
	}
}
