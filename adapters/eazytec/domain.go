package eazytec

import "strings"

// Domain is everything of an address before /v3_1/msgcenter/send: the base of the vendor's domain table (domain说明) and the path prefix
// /AGCS_zqc, which only 安可 goes without (E-1, E-3). Use one of the constants, or On for a base that is not in the table.
type Domain string

// The domains of the table. The three that begin with http:// need Config.HTTP.AllowPlainHTTP, because the token travels in clear (E-33).
const (
	// ZhuoyiTest is row 1: 卓易政企通, test (测试); park, industry, township and association editions.
	ZhuoyiTest = Domain("https://test-gateway.eazytec-cloud.com/AGCS_zqc")
	// ZhuoyiLive is row 2: 卓易政企通, live (线上); the same editions.
	ZhuoyiLive = Domain("https://gateway.eazytec-cloud.com/AGCS_zqc")
	// YixingTest is row 3: 宜兴政企通, test (测试).
	YixingTest = Domain("https://test-gateway.eazytec-cloud.com/YX/AGCS_zqc")
	// YixingLive is row 4: 宜兴政企通, live (线上).
	YixingLive = Domain("https://gateway.eazytec-cloud.com/YX/AGCS_zqc")
	// YixingExtranetVPN is row 5: 宜兴政企通, live on the government extranet (线上-政务外网), reached by VPN (E-2). Plain HTTP.
	YixingExtranetVPN = Domain("http://10.36.12.1:8000/YX/AGCS_zqc")
	// YixingExtranet is row 5: 宜兴政企通, live on the government extranet, from inside it (E-2). Plain HTTP.
	YixingExtranet = Domain("http://2.18.243.11:8000/YX/AGCS_zqc")
	// JiangsuTest is row 6: 江苏政企通, test (测试).
	JiangsuTest = Domain("https://test-gateway.eazytec-cloud.com/JS/AGCS_zqc")
	// JiangsuLive is row 7: 江苏政企通, live (线上).
	JiangsuLive = Domain("https://gateway.eazytec-cloud.com/JS/AGCS_zqc")
	// AnkeTest is row 8: 安可, test (测试), without the path prefix (E-3). Plain HTTP.
	AnkeTest = Domain("http://192.168.16.163:8091")
)

// On gives the domain of a base that is not in the table, a mock server's for instance: /AGCS_zqc is appended with exactly one slash
// (E-1). For a base that goes without the prefix convert it: Domain("https://host").
func On(base string) Domain {
	if base == "" {
		return ""
	}
	return Domain(strings.TrimRight(base, "/") + "/AGCS_zqc")
}
