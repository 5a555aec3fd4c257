package e2e_test

import (
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/mock"
	"understudy/mock/mocktest"
)

var _ = Describe("a committed recording in a Go test", func() {
	for vendor, v := range visits() {
		It("plays a committed recording to the client of a Go test: "+vendor, Label(vendor), func(ctx SpecContext) {
			fresh := newStage(vendor, mock.Config{SignatureWindow: "off"}, nil)
			want := fresh.lines(ctx, v)
			m := mocktest.Play(GinkgoTB(), filepath.Join(root, "scenarios", vendor, v.story+".har"))
			base, c := playedAt(m, vendor)
			Expect(v.lines(ctx, base, c)).To(Equal(want))
		})
	}
})

// playedAt is where a vendor answers in a Go test, and its credentials.
func playedAt(m *mocktest.Mock, vendor string) (string, mock.Credentials) {
	text := func(s string) mock.Credential { return mock.Credential{Text: s} }
	tokens := func(s string) mock.Credential { return mock.Credential{Tokens: []mock.Token{{Value: s}}} }
	switch vendor {
	case "mytijian":
		return m.Mytijian().BaseURL, mock.Credentials{"accessTokens": tokens(m.Mytijian().AccessToken)}
	case "weixiao":
		return m.Weixiao().BaseURL, mock.Credentials{"appKey": text(m.Weixiao().AppKey), "appSecret": text(m.Weixiao().AppSecret)}
	case "zheliban":
		return m.Zheliban().BaseURL, mock.Credentials{"apiKey": text(m.Zheliban().APIKey), "secret": text(m.Zheliban().Secret), "aesKey": text(m.Zheliban().AESKey)}
	case "alihealth":
		return m.Alihealth().BaseURL, mock.Credentials{"appKey": text(m.Alihealth().AppKey), "appSecret": text(m.Alihealth().AppSecret)}
	}
	return m.Eazytec().BaseURL, mock.Credentials{"tokens": tokens(m.Eazytec().Token)}
}
