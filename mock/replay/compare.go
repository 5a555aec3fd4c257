package replay

import (
	"fmt"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy/mock/drive"
	"understudy/mock/report"
	"understudy/scenarios"
	"understudy/specs"
)

// The rules of findings.
const (
	ruleStatus  = "other-status"
	ruleOutcome = "other-outcome"
	ruleMedia   = "other-media-type"
	ruleSeal    = "other-seal"
	ruleHeader  = "other-header"
	ruleValue   = "other-value"
	ruleRefusal = "simulator-refusal"
)

// mostFindings bounds the differences that are told of one step.
const mostFindings = 50

// comparison is a recorded reply and the one that came this time.
type comparison struct {
	*run
	exchange *scenarios.Exchange
	// was is the recorded one, judged as the new one is.
	was, got *drive.Exchange
	now      time.Time
	findings []report.Finding
	more     int
	// told are the vendor's clocks as the envelopes tell them, zero where they do not; paced is how much faster or slower the
	// steps follow each other than they did.
	told  clocks
	paced time.Duration
	// texts are differences that come to nothing where a person's real name stands for the pseudonym; who stands for whom is
	// known at the end.
	texts []difference
}

// difference is a text that is another one than was recorded.
type difference struct{ pointer, was, got string }

// compare lists the differences: whose word the reply is first, and what it says only where that is the same.
func (c *comparison) compare() []report.Finding {
	recorded := &c.exchange.Response
	var err error
	if c.was, err = c.client.JudgeOpened(c.exchange.Operation, recorded); err != nil {
		return nil // the operation is known
	}
	if c.got.Reply.Refusal != "" {
		c.add(report.Finding{
			Rule: ruleRefusal, In: "reply", Expected: outcomeText(c.was), Got: c.got.Reply.Refusal,
			Message: "the simulator refuses the call on its own account: " + c.got.Reply.Refusal,
		})
		return c.findings
	}
	switch {
	case c.refusedAlike():
		return nil
	case !c.sameOutcome():
		c.add(report.Finding{Rule: ruleOutcome, In: "status", Pointer: "outcome", Expected: outcomeText(c.was), Got: outcomeText(c.got)})
	case c.got.Reply.Status != recorded.Status:
		c.add(report.Finding{Rule: ruleStatus, In: "status", Expected: statusText(recorded.Status), Got: statusText(c.got.Reply.Status)})
	default:
		c.compareForm()
		c.compareHeaders()
		c.compareBodies()
	}
	if c.more > 0 {
		last := &c.findings[len(c.findings)-1]
		last.Message = fmt.Sprintf("%s; and %d further differences", last.Sentence(), c.more)
	}
	return c.findings
}

func (c *comparison) add(f report.Finding) {
	if len(c.findings) >= mostFindings {
		c.more++
		return
	}
	op := c.got.Request.Operation
	if f.Clause == "" {
		f.Clause = op.Source
	}
	if f.At.Line == 0 {
		f.At = c.contract.Position(op.Pointer)
	}
	if f.Message == "" && f.In == "reply" {
		f.Message = fmt.Sprintf("at %s: recorded %s, got %s", orText(f.Pointer, "the body"), f.Expected, f.Got)
	} else if f.Message == "" {
		f.Message = fmt.Sprintf("%s: recorded %s, got %s", strings.TrimSpace(f.In+" "+f.Pointer), f.Expected, f.Got)
	}
	f.Message, f.Got, f.Expected = c.caller.Veil(f.Message), c.caller.Veil(f.Got), c.caller.Veil(f.Expected)
	c.findings = append(c.findings, f)
}

func orText(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// refusedAlike says whether both replies refuse the credential or the signature that was made wrong on purpose. An ended token
// cannot be made, only one that nobody issued, so that the vendor may say it in other words.
func (c *comparison) refusedAlike() bool {
	w := c.exchange.Request.Wire
	credential := []specs.Condition{specs.InvalidToken, specs.ExpiredToken, specs.WrongCredentials, specs.MissingToken}
	signature := []specs.Condition{specs.InvalidSignature, specs.UnknownKey, specs.StaleTimestamp, specs.MissingSignature}
	both := func(conditions []specs.Condition) bool {
		return c.was.Error != c.got.Error && about(c.was.Error, conditions...) && about(c.got.Error, conditions...)
	}
	return (w.Credential == scenarios.Invalid || w.Credential == scenarios.Stale) && both(credential) ||
		(w.Signed == scenarios.Invalid || w.Signed == scenarios.Stale || w.Signed == scenarios.Missing) && both(signature)
}

func (c *comparison) sameOutcome() bool {
	return c.was.Outcome == c.got.Outcome && c.was.Error == c.got.Error
}

// outcomeText says whose word a reply is, without a value of it.
func outcomeText(x *drive.Exchange) string {
	switch {
	case x.Error != nil:
		return fmt.Sprintf("the vendor's error %s (%s)", x.Error.ID, x.Error.Code)
	case x.Outcome == drive.OK:
		return "a success"
	case x.Outcome == drive.VendorError:
		return "a vendor's error, none of the catalogue, with " + statusText(x.Reply.Status)
	}
	return "a reply that the contract does not have, with " + statusText(x.Reply.Status)
}

func statusText(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}

// compareForm holds the media types and the seals against each other.
func (c *comparison) compareForm() {
	if was, got := c.was.Reply.Sealed, c.got.Reply.Sealed; was != got {
		words := map[bool]string{true: "a sealed text", false: "a plain text"}
		c.add(report.Finding{Rule: ruleSeal, In: "reply", Keyword: "seal", Expected: words[was], Got: words[got], Message: fmt.Sprintf("the reply: recorded %s, got %s", words[was], words[got])})
		return
	}
	was, got := c.exchange.Response.MediaType, mediaBase(c.got.Reply.Header.Get("Content-Type"))
	if c.got.Reply.Sealed || was == "" || mediaBase(was) == got {
		return // what a sealed reply is labelled with is the sealed text
	}
	c.add(report.Finding{Rule: ruleMedia, In: "header", Pointer: "Content-Type", Expected: mediaBase(was), Got: orText(got, "none")})
}

func mediaBase(label string) string {
	base, _, err := mime.ParseMediaType(label)
	if err != nil {
		base, _, _ = strings.Cut(strings.ToLower(label), ";")
	}
	return strings.TrimSpace(base)
}

// compareHeaders looks at the headers that the contract declares, and at Location.
func (c *comparison) compareHeaders() {
	for _, h := range c.exchange.Response.Header {
		name := http.CanonicalHeaderKey(h.Name)
		if name == "Content-Type" || name == "Retry-After" || name == "Date" || c.ignored("/"+name) {
			continue
		}
		got := c.got.Reply.Header.Values(name)
		switch {
		case len(got) == 0:
			c.add(report.Finding{Rule: ruleHeader, In: "header", Pointer: name, Expected: "a value", Got: "none"})
		case slices.Contains(got, h.Value):
		case name == "Location":
			// Its host is the server's own; the last step is what was made.
			if was, now := path.Base(h.Value), path.Base(got[0]); was != now && !c.flows.fits(c.pairs, "id", was, now) {
				c.add(report.Finding{Rule: ruleHeader, In: "header", Pointer: name, Expected: "the same address", Got: "another one"})
			}
		case name == "Set-Cookie" || c.flows.fits(c.pairs, h.Name, h.Value, got[0]):
		case strings.Trim(h.Value, "0123456789") != "" && c.instants(h.Value, got[0], false):
		default:
			c.add(report.Finding{Rule: ruleHeader, In: "header", Pointer: name, Expected: c.shown(h.Value, ""), Got: c.shown(got[0], "")})
		}
	}
}
