package control

import "net/http"

// readVerdict tells how clients kept the contracts.
func (h *handlers) readVerdict(c *call) error {
	return c.answer(http.StatusOK, h.Server.Verdict())
}

func (h *handlers) clearVerdict(c *call) error {
	h.Server.ResetVerdict()
	return c.done()
}
