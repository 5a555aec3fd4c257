// Package e2e holds only tests: the adapters against the simulator, over the vendors' real wire.
package e2e_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// TestEndToEnd runs the Ginkgo suite, as strictly under plain go test as under the ginkgo command: random order, and
// nothing pending or empty.
func TestEndToEnd(t *testing.T) {
	RegisterFailHandler(Fail)
	suite, reporter := GinkgoConfiguration()
	suite.RandomizeAllSpecs = true
	suite.FailOnPending = true
	suite.FailOnEmpty = true
	reporter.Succinct = true
	reporter.NoColor = true
	RunSpecs(t, "Understudy end to end", suite, reporter)
}
