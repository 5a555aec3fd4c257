package check_test

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"understudy/mock"
	"understudy/mock/check"
	"understudy/mock/report"
	"understudy/specs"
)

// till is a server whose callers sign within the body; with a bug it looks at the signature less closely than it should.
type till struct{ bug string }

const tillKey = "key-of-the-till-7"

func (s till) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	answer := func(status int, v map[string]any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	if r.URL.Path != "/sales" || r.Method != http.MethodPost {
		answer(405, map[string]any{"code": "VALUE", "text": "no such call"})
		return
	}
	if label, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); label != "application/json" {
		answer(415, map[string]any{"code": "VALUE", "text": "JSON alone"})
		return
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var sale map[string]any
	if d.Decode(&sale) != nil || sale == nil {
		answer(200, map[string]any{"code": "VALUE", "text": "no JSON object"})
		return
	}
	if code := s.judge(sale); code != "" {
		answer(200, map[string]any{"code": code, "text": "no"})
		return
	}
	answer(200, map[string]any{"code": "OK", "result": map[string]any{"slip": sale["slip"]}})
}

// judge gives the code of what is wrong with a sale.
func (s till) judge(sale map[string]any) string {
	shop, ok := sale["shop"].(string)
	if !ok {
		return "VALUE"
	}
	if shop != "shop-11" {
		return "SHOP"
	}
	sign, ok := sale["sign"].(string)
	if _, there := sale["sign"]; there && !ok {
		return "VALUE"
	}
	want := tillSign(sale)
	switch s.bug {
	case "empty signature accepted":
		ok = sign == "" || sign == want
	case "half a signature accepted":
		ok = sign != "" && strings.HasPrefix(want, sign)
	case "end of the signature ignored":
		ok = len(sign) == len(want) && sign[:28] == want[:28]
	case "changed value accepted":
		ok = len(sign) == len(want) && strings.Trim(sign, "0123456789ABCDEF") == "" && (sign == want || s.signedOtherwise(sale, sign))
	default:
		ok = sign == want
	}
	if !ok {
		return "SIGN"
	}
	nonce, _ := sale["nonce"].(string)
	at, isText := sale["at"].(string)
	seconds, err := strconv.ParseInt(at, 10, 64)
	slip, isSlip := sale["slip"].(string)
	cents, isNumber := sale["cents"].(json.Number)
	whole, failed := cents.Float64()
	switch {
	case len(nonce) < 8 || !isText || err != nil || !isSlip || !isNumber || failed != nil:
		return "VALUE"
	case time.Since(time.Unix(seconds, 0)).Abs() > 5*time.Minute:
		return "TIME"
	case len([]rune(slip)) < 4 || len([]rune(slip)) > 16 || whole != float64(int(whole)) || whole < 1 || whole > 100000:
		return "VALUE"
	}
	return ""
}

// signedOtherwise says whether the signature is that of the sale with another price.
func (s till) signedOtherwise(sale map[string]any, sign string) bool {
	other := maps.Clone(sale)
	for cents := 1; cents <= 2000; cents++ {
		if other["cents"] = json.Number(strconv.Itoa(cents)); tillSign(other) == sign {
			return true
		}
	}
	return false
}

func tillSign(sale map[string]any) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(sale)) {
		text, isText := sale[name].(string)
		if !isText && sale[name] != nil {
			raw, _ := json.Marshal(sale[name])
			text = string(raw)
		}
		if name != "sign" && text != "" {
			b.WriteString(name + "=" + text + "&")
		}
	}
	sum := md5.Sum([]byte(b.String() + "key=" + tillKey))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

func checkTill(t *testing.T, bug string) *report.Report {
	t.Helper()
	c, err := specs.Read("till", "testdata/till.yaml", specs.ReadConfig{})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(till{bug})
	defer front.Close()
	got, err := check.Run(t.Context(), check.Config{
		Contract: c, Target: front.URL, Unsafe: true, HTTP: &http.Client{},
		Credentials: mock.Credentials{"shop": {Text: "shop-11"}, "tillKey": {Text: tillKey}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestSignatureInTheBody signs what the document describes as members of the body: none of them is made up.
func TestSignatureInTheBody(t *testing.T) {
	t.Parallel()
	got := checkTill(t, "")
	tell(t, got)
	if op := got.Operations[0]; len(op.Positive.Checked) < 8 || len(op.Negative.Checked) < 25 {
		t.Errorf("only %d positive and %d negative checks", len(op.Positive.Checked), len(op.Negative.Checked))
	}
	for bug, want := range map[string]string{
		"empty signature accepted": "empty signature", "half a signature accepted": "signature cut off",
		"end of the signature ignored": "signature with another ending", "changed value accepted": "changed after signing",
	} {
		found := false
		for _, one := range checkTill(t, bug).Operations[0].Negative.Checked {
			found = found || one.Failed && one.Name == "negative: "+want
		}
		if !found {
			t.Errorf("%s: not found", bug)
		}
	}
}
