package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// The elements of JUnit's XML, in the order and with the attributes that its strict readers ask for.
type (
	junitRoot struct {
		XMLName  xml.Name      `xml:"testsuites"`
		Name     string        `xml:"name,attr"`
		Tests    int           `xml:"tests,attr"`
		Failures int           `xml:"failures,attr"`
		Errors   int           `xml:"errors,attr"`
		Time     string        `xml:"time,attr"`
		Suites   []*junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Timestamp  string          `xml:"timestamp,attr"`
		Hostname   string          `xml:"hostname,attr"`
		Properties junitProperties `xml:"properties"`
		Cases      []junitCase     `xml:"testcase"`
		Out        string          `xml:"system-out"`
		Err        string          `xml:"system-err"`
	}
	junitProperties struct {
		List []junitProperty `xml:"property"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Time    string        `xml:"time,attr"`
		Skipped *junitSkipped `xml:"skipped"`
		Failure *junitFailure `xml:"failure"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes JUnit's XML: a suite for each contract, a test case for each check, its class CONTRACT.OPERATION.
// What the baseline knows is skipped with the reason given there. What was not checked, and why, is the suite's output.
func WriteJUnit(w io.Writer, r *Report) error {
	root := &junitRoot{Name: cmp.Or(clean(r.Tool), "understudy"), Time: seconds(r.Duration)}
	suites := map[string]*junitSuite{}
	suite := func(contract string) *junitSuite {
		s, ok := suites[contract]
		if !ok {
			s = r.junitSuite(contract)
			suites[contract] = s
			root.Suites = append(root.Suites, s)
		}
		return s
	}
	if r.Contract != "" || len(r.Operations) == 0 {
		suite(r.Contract)
	}
	for i := range r.Operations {
		suite(r.contract(&r.Operations[i]))
	}
	r.each(func(op *Operation, _ string, c *Check) {
		contract := r.contract(op)
		suite(contract).add(junitTest(clean(contract+"."+op.ID), c))
	})
	for i := range r.Strays {
		if s := &r.Strays[i]; s.Failed {
			c := Check{Name: s.name(), Failed: true, Known: s.Known, Findings: []Finding{*s.finding()}}
			suite(r.Contract).add(junitTest(clean(cmp.Or(r.Contract, "contracts")+".(no operation)"), &c))
		}
	}
	for i := range r.Operations {
		op := &r.Operations[i]
		s := suite(r.contract(op))
		for _, p := range op.Parts() {
			for _, reason := range p.NotChecked {
				s.Out += line(op.ID+": "+p.Name+" not checked: "+reason.Text, 500) + "\n"
			}
		}
	}
	for _, o := range r.Observed {
		suite(cmp.Or(o.Contract, r.Contract)).Out += line("observed: "+o.Operation+": "+o.Name+": "+o.Text, 500) + "\n"
	}
	for _, n := range r.Notes {
		suite(r.Contract).Out += line(n, 500) + "\n"
	}
	for _, s := range root.Suites {
		root.Tests += s.Tests
		root.Failures += s.Failures
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(root); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (r *Report) junitSuite(contract string) *junitSuite {
	s := &junitSuite{
		Name: cmp.Or(clean(contract), "contracts"), Time: seconds(r.Duration), Hostname: "localhost",
		Timestamp: r.Started.UTC().Format("2006-01-02T15:04:05"),
	}
	for _, p := range [][2]string{
		{"contract", contract}, {"title", r.Title}, {"target", r.Target}, {"seed", strconv.FormatInt(r.Seed, 10)},
		{"requests", strconv.Itoa(r.Requests)}, {"version", r.Version},
	} {
		if p[1] != "" {
			s.Properties.List = append(s.Properties.List, junitProperty{p[0], clean(p[1])})
		}
	}
	return s
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Skipped != nil:
		s.Skipped++
	}
}

func junitTest(class string, c *Check) junitCase {
	t := junitCase{Name: line(c.Name, 300), Class: class, Time: seconds(c.Duration)}
	switch {
	case !c.Failed:
	case c.Known:
		t.Skipped = &junitSkipped{line("known: "+cmp.Or(c.KnownWhy, "it stands in the baseline")+": "+c.findings()[0].Sentence(), 500)}
	default:
		first := &c.findings()[0]
		t.Failure = &junitFailure{Message: line(first.Sentence(), 500), Type: cmp.Or(clean(first.Rule), "failed"), Text: details(c.findings())}
	}
	return t
}

// details says findings in full, for a reader of plain text.
func details(list []Finding) string {
	var b strings.Builder
	for i := range list {
		f := &list[i]
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s\n", clean(f.Sentence()))
		for _, row := range [][2]string{
			{"rule", f.Rule}, {"where", strings.TrimSpace(f.In + " " + f.Pointer)}, {"keyword", f.Keyword}, {"expected", f.Expected}, {"got", f.Got},
			{"clause", f.Clause}, {"contract", at(f)}, {"reproduce", f.Reproduce}, {"request", f.Request}, {"reply", f.Reply},
		} {
			if row[1] != "" {
				fmt.Fprintf(&b, "  %s: %s\n", row[0], clean(row[1]))
			}
		}
	}
	return b.String()
}

func at(f *Finding) string {
	if f.At.File == "" {
		return ""
	}
	return f.At.String()
}

// seconds writes a time as JUnit has it.
func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }
