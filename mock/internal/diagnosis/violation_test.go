package diagnosis_test

import (
	"slices"
	"testing"

	"understudy/mock/internal/diagnosis"
)

func TestViolationsAreTheCallersOnly(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]bool{
		"violates-contract": true, "signature-unsorted": true, "sealed-plain-json": true, "missing-token": true, "wrong-method": true,
		"unknown-path": true, "not-acceptable": true, "unauthorized": true, "neither-batch-nor-reservation": true, "incomplete-query": true,
		"vendor-error": false, "unknown-batch": false, "token-expired": false, "fault": false, "preferred": false, "panic": false,
		"reply-breaks-contract": false, "session-limit": false,
	} {
		if !slices.Contains(diagnosis.IDs(), id) && id != "preferred" {
			t.Errorf("there is no diagnosis %s", id)
		}
		if got := diagnosis.New(id).Violation(); got != want {
			t.Errorf("%s: violation %t, want %t", id, got, want)
		}
	}
}

func TestABlamelessDiagnosisIsOneThereIs(t *testing.T) {
	t.Parallel()
	blameless := 0
	for _, id := range diagnosis.IDs() {
		if !diagnosis.New(id).Violation() {
			blameless++
		}
	}
	if blameless < 20 {
		t.Errorf("%d of the blameless diagnoses exist: an id was renamed", blameless)
	}
}
