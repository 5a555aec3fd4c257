package e2e_test

import (
	"context"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"understudy/adapters/eazytec"
)

func eazytecClauses() map[string]clause {
	asks := map[string]string{"sendMessage": "parameter-missing"}
	return map[string]clause{"E-9": {asks: asks}, "E-17": {asks: asks}}
}

func eazytecReadings() map[string]reading {
	quotes := func(style eazytec.QuoteStyle) clients {
		return clients{eazytec: func(c *eazytec.Config) { c.Quotes = style }}
	}
	unset := func(form eazytec.UnsetForm) clients {
		return clients{eazytec: func(c *eazytec.Config) { c.UnsetDeptID = form }}
	}
	return map[string]reading{
		"E-9=json": {
			clients: quotes(eazytec.DoubleQuotes), refuses: map[string]string{"quotes": "violates-contract"},
			sends: messages(
				`"e"`, `"e","recipient":"{\"orgId\":\"o\",\"esNameList\":[\"c-1\"]}"`,
				`"e"`, `"e","hasatt":"1","attfiles":"[{\"name\":\"it's\",\"path\":\"f/1\"}]"`),
		},
		"E-9=quotes": {
			clients: quotes(eazytec.SingleQuotes), refuses: map[string]string{"json": "violates-contract"},
			sends: messages(
				`"e"`, `"e","recipient":"{'orgId':'o','esNameList':['c-1']}"`,
				`"e"`, `"e","hasatt":"1","attfiles":"[{'name':'a \"b\"','path':'f/1'}]"`),
		},
		"E-17=absent": {
			clients: unset(eazytec.Absent), refuses: map[string]string{"null": "violates-contract", "empty": "violates-contract"},
			sends: messages(`"deptid":"d-1",`, ``, `"deptid":"d-2",`, ``),
		},
		"E-17=null": {
			clients: unset(eazytec.Null), refuses: map[string]string{"absent": "violates-contract", "empty": "violates-contract"},
			sends: messages(`"d-1"`, `null`, `"d-2"`, `null`),
		},
		"E-17=empty": {
			clients: unset(eazytec.EmptyText), refuses: map[string]string{"absent": "violates-contract", "null": "violates-contract"},
			sends: messages(`"d-1"`, `""`, `"d-2"`, `""`),
		},
	}
}

// wholeMessage has nothing in it that any reading is about.
const wholeMessage = `{"sendData":{"appid":"a","appname":"b","title":"c","body":"<p>d</p>","msgtype":0,
"params":{"sender":"e","msgcategory":"公共公示","msglevel":"普通"}},
"from":{"deptid":"d-1","orgid":"o","userid":"u","usertype":1},"to":[{"deptid":"d-2","orgid":"p","userid":"v","usertype":2}]}`

// messages are calls in which one text of [wholeMessage] each is replaced by another.
func messages(pairs ...string) func(context.Context, *world, string) []sent {
	return func(context.Context, *world, string) []sent {
		GinkgoHelper()
		var list []sent
		for i := 0; i+1 < len(pairs); i += 2 {
			Expect(strings.Count(wholeMessage, pairs[i])).To(Equal(1))
			list = append(list, sent{http.MethodPost, sendPath, strings.Replace(wholeMessage, pairs[i], pairs[i+1], 1),
				header("Content-Type", "application/json", "Authorization", "Bearer "+secret("eazytec", "tokens"))})
		}
		return list
	}
}
