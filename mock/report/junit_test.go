package report_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"understudy/mock/report"
)

type junitCase struct {
	Name    string `xml:"name,attr"`
	Class   string `xml:"classname,attr"`
	Time    string `xml:"time,attr"`
	Skipped []struct {
		Message string `xml:"message,attr"`
	} `xml:"skipped"`
	Failure []struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	} `xml:"failure"`
}

type junitSuite struct {
	Name       string `xml:"name,attr"`
	Tests      string `xml:"tests,attr"`
	Failures   string `xml:"failures,attr"`
	Errors     string `xml:"errors,attr"`
	Skipped    string `xml:"skipped,attr"`
	Time       string `xml:"time,attr"`
	Timestamp  string `xml:"timestamp,attr"`
	Hostname   string `xml:"hostname,attr"`
	Properties []struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	} `xml:"properties>property"`
	Cases []junitCase `xml:"testcase"`
	Out   string      `xml:"system-out"`
}

type junitFile struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    string       `xml:"tests,attr"`
	Failures string       `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

func TestJUnitIsReadByItsRules(t *testing.T) {
	t.Parallel()
	text := write(t, report.WriteJUnit, withBaseline(t))
	strictXML(t, text)
	var f junitFile
	if err := xml.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Suites) != 1 {
		t.Fatalf("%d suites, want 1", len(f.Suites))
	}
	s := f.Suites[0]
	if s.Tests != "4" || s.Failures != "2" || s.Skipped != "1" || s.Errors != "0" || f.Tests != "4" || f.Failures != "2" {
		t.Errorf("counts are %s/%s/%s/%s of %s/%s", s.Tests, s.Failures, s.Skipped, s.Errors, f.Tests, f.Failures)
	}
	if _, err := time.Parse("2006-01-02T15:04:05", s.Timestamp); err != nil || s.Timestamp != "2026-03-01T00:00:00" {
		t.Errorf("timestamp %q", s.Timestamp)
	}
	if got, err := strconv.ParseFloat(s.Time, 64); err != nil || got != 1.5 {
		t.Errorf("time %q", s.Time)
	}
	properties := map[string]string{}
	for _, p := range s.Properties {
		properties[p.Name] = p.Value
	}
	if properties["seed"] != "7" || properties["target"] != "http://localhost:8080" {
		t.Errorf("properties %v", properties)
	}
	names := map[string]bool{}
	for _, c := range s.Cases {
		if c.Name == "" || c.Class == "" || len(c.Skipped)+len(c.Failure) > 1 || names[c.Class+" "+c.Name] {
			t.Errorf("test case %+v is nameless, twice there, or has two outcomes", c)
		}
		names[c.Class+" "+c.Name] = true
	}
	broken := s.Cases[1]
	if broken.Class != "pets.listPets" || broken.Name != "positive: minimum /age" || len(broken.Failure) != 1 || broken.Failure[0].Type != "violates-contract" {
		t.Fatalf("second test case is %+v", broken)
	}
	for _, want := range []string{"/items/3/age", "at least 0", `\u001b[31m\xff\u0000`, "]]> <b>@someone</b>", "curl  -H", "§2.2"} {
		if !strings.Contains(broken.Failure[0].Text, want) {
			t.Errorf("the failure does not say %q:\n%s", want, broken.Failure[0].Text)
		}
	}
	if known := s.Cases[2]; len(known.Skipped) != 1 || !strings.Contains(known.Skipped[0].Message, "TICKET-9") {
		t.Errorf("a known failure is %+v", known)
	}
	if stray := s.Cases[3]; stray.Name != "GET /pet" || len(stray.Failure) != 1 {
		t.Errorf("a stray is %+v", stray)
	}
	for _, want := range []string{"dropPet: flow not checked: it changes something: --unsafe", "observed: listPets", "cut short"} {
		if !strings.Contains(s.Out, want) {
			t.Errorf("the output does not say %q:\n%s", want, s.Out)
		}
	}
}

func TestJUnitHasASuiteForEachContract(t *testing.T) {
	t.Parallel()
	r := sample()
	r.Contract = ""
	r.Operations[0].Contract, r.Operations[1].Contract = "pets", "owners"
	r.Strays = nil
	r.Notes, r.Observed = nil, nil
	var f junitFile
	if err := xml.Unmarshal(write(t, report.WriteJUnit, r), &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Suites) != 2 || f.Suites[0].Name != "pets" || f.Suites[1].Name != "owners" || f.Suites[1].Cases[0].Class != "owners.dropPet" {
		t.Errorf("suites are %+v", f.Suites)
	}
}

// strictXML reads every token, and asks for characters that XML 1.0 has and for the elements in the order that the
// strict schemas of JUnit have.
func strictXML(tb testing.TB, text []byte) {
	tb.Helper()
	if !utf8.Valid(text) || bytes.ContainsFunc(text, func(r rune) bool { return r < 0x20 && r != '\n' && r != '\t' || r == 0xFFFD }) {
		tb.Error("the text has characters that XML forbids")
	}
	order := map[string]int{"properties": 1, "testcase": 2, "system-out": 3, "system-err": 4}
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = true
	depth, last, seen := 0, 0, 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			tb.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			depth++
			if depth == 2 {
				last = 0
			}
			if depth == 3 {
				at := order[e.Name.Local]
				if at == 0 || at < last {
					tb.Errorf("element %s does not stand here", e.Name.Local)
				}
				last = at
				seen++
			}
		case xml.EndElement:
			depth--
		}
	}
	if seen == 0 {
		tb.Error("there is no element in a suite")
	}
}

func write(tb testing.TB, to func(io.Writer, *report.Report) error, r *report.Report) []byte {
	tb.Helper()
	var first, second bytes.Buffer
	if err := to(&first, r); err != nil {
		tb.Fatal(err)
	}
	if err := to(&second, r); err != nil {
		tb.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		tb.Error("equal reports give different bytes")
	}
	if first.Len() == 0 {
		tb.Fatal("nothing was written")
	}
	return first.Bytes()
}
