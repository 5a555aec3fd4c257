package e2e_test

import (
	"context"
	"maps"
	"net/http"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// causes gives, for each vendor, a call that brings each error that a call can bring. Rows without a condition are
// raised by nothing that a caller sends; a behaviour's own rows stand here as well.
func causes() map[string]map[string]func(ctx context.Context, w *world) {
	return map[string]map[string]func(ctx context.Context, w *world){
		"alihealth": alihealthCauses(),
		"eazytec":   eazytecCauses(),
		"mytijian":  mytijianCauses(),
		"weixiao":   weixiaoCauses(),
		"zheliban":  zhelibanCauses(),
	}
}

var _ = Describe("Every error that a call can bring", func() {
	for vendor, byID := range causes() {
		Describe(vendor, Label(vendor), func() {
			contract := loaded(vendor)

			It("has a call that brings it", func() {
				for _, row := range contract.Errors {
					if len(row.Conditions) > 0 {
						Expect(byID).To(HaveKey(row.ID))
					}
				}
				for id := range byID {
					_, ok := contract.Error(id)
					Expect(ok).To(BeTrue(), "%s is no error of %s", id, vendor)
				}
			})

			for _, id := range slices.Sorted(maps.Keys(byID)) {
				It("brings "+id, func(ctx SpecContext) {
					w := newWorld()
					byID[id](ctx, w)
					row, _ := contract.Error(id)
					status := row.Status
					if status == 0 {
						status = http.StatusOK
					}
					last := w.last()
					Expect(last.Outcome).To(Equal("vendor-error"), "%v", last.Diagnosis)
					Expect(last.Error).To(Equal(id), "%v", last.Diagnosis)
					Expect(last.Status).To(Equal(status))
					Expect(last.Diagnosis).NotTo(BeNil())
					Expect(last.Diagnosis.Text("en")).NotTo(Equal(last.Diagnosis.ID), "the diagnosis has no text")
				})
			}
		})
	}
})
