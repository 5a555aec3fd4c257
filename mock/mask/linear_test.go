package mask

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"understudy/scenarios"
)

// TestLongTexts gives texts that are hard to mask. Time that grows with the square of the text would be minutes for some of them.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	const size, most = 1 << 17, 10 * time.Second
	for _, piece := range []string{"张三", "1", "138 ", "13800001111 ", "a@b.cn ", "%31", "QUFB", "12345678-", `\u0031`, `{"a":`, "<a>", "&#x31;"} {
		long := strings.Repeat(piece, size/len(piece))
		x := &scenarios.Exchange{Operation: "visit", Response: scenarios.Response{
			Status: 200, Outcome: scenarios.OutcomeOK, MediaType: "application/json", Body: fmt.Appendf(nil, `{"note":%q,"x":%q}`, long, long),
		}}
		from := time.Now()
		if err := masker(t, Config{}).Mask(x); err != nil {
			t.Fatal(err)
		}
		if spent := time.Since(from); spent > most {
			t.Errorf("%q, over and over, took %v", piece, spent)
		}
	}
}
