package diagnosis

// Violation says whether the caller broke the contract, as far as the id tells. A business error is no violation, nor is
// what the caller could not know before (a token that ended), what was done to the call on purpose, and what the simulator
// itself refuses.
func (d *Diagnosis) Violation() bool { return !blameless(d.ID) }

// blameless lists the diagnoses of calls that kept the contract. Whatever is not here counts: a diagnosis that nobody
// thought of is rather looked at once too often.
func blameless(id string) bool {
	switch id {
	case "vendor-error", "unknown-batch", "unknown-reservation", "unknown-project", "project-name-taken", "not-found", "resource-taken",
		"token-expired", "token-revoked", "token-other-session", "token-without-institution", "institution-not-a-number":
		return true // how things stand at the vendor
	case "fault", "preferred", "played", "not-recorded", "unknown-preference", "unknown-error":
		return true // asked for
	case "session-conflict", "session-name", "session-limit", "session-full", "no-answer", "unsupported-media-type", "unsound-contract",
		"reply-breaks-contract", "step-failed", "panic", "body-too-large", "body-cut-short":
		return true // the simulator's own, its bounds included
	}
	return false
}
