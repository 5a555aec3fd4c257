package cli

import (
	"fmt"
	"slices"
	"strings"

	"understudy/mock/check"
	"understudy/mock/report"
	"understudy/specs"
)

// checkNowhere is the check that shows a server a credential which nobody issued, as it ends in reports.
const checkNowhere = "token from nowhere"

// standsIn names a security scheme of an operation for which a text of ours stands in. Whoever takes that text takes any:
// a server that does, as the simulator of a document of the user's own, does what it is asked for, and whether it would
// refuse a wrong credential cannot be known without a right one.
func (d *driver) standsIn(operation string) string {
	op, ok := d.contract.Operation(operation)
	if !ok {
		return ""
	}
	for _, way := range op.Requirements {
		if i := slices.IndexFunc(way, func(scheme specs.SecurityScheme) bool { return slices.Contains(d.standIns, scheme.Name) }); i >= 0 {
			return way[i].Name
		}
	}
	return ""
}

// openly tells of no failure that [driver.forgiveStandIns] takes away.
func (d *driver) openly(tell func(check.Progress)) func(check.Progress) {
	return func(one check.Progress) {
		if strings.HasSuffix(one.Check, checkNowhere) && d.standsIn(one.Operation) != "" {
			one.Failed = false
		}
		tell(one)
	}
}

// forgiveStandIns takes back what a report says of credentials from nowhere where no credential was configured.
func (d *driver) forgiveStandIns(r *report.Report) {
	if r == nil || len(d.standIns) == 0 {
		return
	}
	for i := range r.Operations {
		op := &r.Operations[i]
		scheme := d.standsIn(op.ID)
		if scheme == "" {
			continue
		}
		taken := func(c report.Check) bool { return c.Failed && strings.HasSuffix(c.Name, checkNowhere) }
		if !slices.ContainsFunc(op.Negative.Checked, taken) {
			continue
		}
		op.Negative.Checked = slices.DeleteFunc(op.Negative.Checked, taken)
		op.Negative.NotChecked = append(op.Negative.NotChecked, report.Reason{
			Text: fmt.Sprintf("%s: the server takes any credential, and none is configured to compare with; set %s", checkNowhere, variableName(d.contract.Vendor, scheme)),
		})
	}
}
