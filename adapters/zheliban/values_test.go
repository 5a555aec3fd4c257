package zheliban

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestDecimal(t *testing.T) {
	t.Parallel()
	for _, r := range []struct {
		literal string
		fen     int64
		exact   bool
	}{
		{"2881.00", 288100, true}, {"2881", 288100, true}, {"0", 0, true}, {"0.00", 0, true}, {"-0.5", -50, true}, {"0.01", 1, true},
		{"0.10000", 10, true}, {"1E+2", 10000, true}, {"1.5e1", 1500, true}, {"12300e-4", 123, true}, {"0.000E999", 0, true},
		{"92233720368547758.07", math.MaxInt64, true}, {"92233720368547758.08", 0, false}, {"-92233720368547758.08", math.MinInt64, true},
		{"0.001", 0, false}, {"0.015", 0, false}, {"1e999", 0, false}, {"1e-999", 0, false}, {"1.999", 0, false},
	} {
		d, err := ParseDecimal(r.literal)
		if err != nil || d.String() != r.literal {
			t.Errorf("%s: %q, %v", r.literal, d, err)
			continue
		}
		if fen, err := d.Fen(); fen != r.fen || (err == nil) != r.exact {
			t.Errorf("%s: %d fen, %v", r.literal, fen, err)
		}
	}
	for _, bad := range []string{"", "x", "1.", ".5", "01", "+1", "1e", "1e+-2", "1e1000", "1,5", " 1", "--1", "1e--2", "NaN"} {
		if d, err := ParseDecimal(bad); err == nil {
			t.Errorf("%q is taken as %q", bad, d)
		}
	}
	var both struct{ A, B, C Decimal }
	if err := json.Unmarshal([]byte(`{"A":2881.00,"B":"1.50","C":null}`), &both); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(both)
	if err != nil || string(text) != `{"A":2881.00,"B":1.50,"C":null}` || !both.C.IsZero() || both.A.IsZero() {
		t.Errorf("%s, %v", text, err)
	}
	if _, err := both.C.Fen(); err == nil {
		t.Error("an amount that is not given has fen")
	}
}

func TestReservationForms(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]struct {
		raw  string
		want func(Reservation) bool
	}{
		"numbers": {`"cardType":1,"sexCode":2,"married":1,"orderStatus":5,"payType":0`, func(r Reservation) bool {
			return r.CardType == CardResidentID && r.SexCode == SexFemale && r.Married == MarriedNo && r.OrderStatus == OrderCancelled && r.PayType == "0"
		}},
		"texts": {`"cardType":"99","sexCode":"1","orderStatus":"7"`, func(r Reservation) bool {
			return r.CardType == CardOther && r.SexCode == SexMale && r.OrderStatus == "7"
		}},
		"pregnant":       {`"isPregnant":true`, func(r Reservation) bool { return r.IsPregnant != nil && *r.IsPregnant }},
		"pregnant, text": {`"isPregnant":"false"`, func(r Reservation) bool { return r.IsPregnant != nil && !*r.IsPregnant }},
		"pregnant, null": {`"isPregnant":null`, func(r Reservation) bool { return r.IsPregnant == nil }},
		"fee":            {`"examinationFee":2881.00`, func(r Reservation) bool { return r.Fee.String() == "2881.00" }},
		"fee, text":      {`"examinationFee":"10.10"`, func(r Reservation) bool { return r.Fee.String() == "10.10" }},
		"fee, null":      {`"examinationFee":null`, func(r Reservation) bool { return r.Fee.IsZero() }},
		"day":            {`"checkDate":"2026-04-06"`, func(r Reservation) bool { return r.CheckDate == Day{Year: 2026, Month: time.April, Day: 6} }},
		"day, with time": {`"checkDate":"2026-04-06 23:59:59"`, func(r Reservation) bool { return r.CheckDate.String() == "2026-04-06" }},
		"day, T":         {`"checkDate":"2026-04-06T00:00:00"`, func(r Reservation) bool { return r.CheckDate.String() == "2026-04-06" }},
		"day, offset":    {`"checkDate":"2026-04-05T16:00:00Z"`, func(r Reservation) bool { return r.CheckDate.String() == "2026-04-06" }},
		"day, millis":    {`"checkDate":1775404800000`, func(r Reservation) bool { return r.CheckDate.String() == "2026-04-06" }},
		"day, empty":     {`"checkDate":""`, func(r Reservation) bool { return r.CheckDate.IsZero() && r.CheckDate.String() == "" }},
		"lists": {`"addCombinationId":"A1, B2,","addCombinationName":null`, func(r Reservation) bool {
			return slices.Equal(r.AddedItemIDs(), []string{"A1", "B2", ""}) && r.AddedItemNames() == nil && r.AddedIDs == "A1, B2,"
		}},
		"unknown members": {`"newField":{"a":[1]}`, func(r Reservation) bool {
			return string(r.Unknown["newField"]) == `{"a":[1]}` && len(r.Unknown) == 1 && strings.Contains(string(r.Raw), "newField")
		}},
		"all names": {`"requestId":"a","erhcNo":"b","name":"c","idcard":"d","mobile":"e","hospitalCode":"f","hospitalName":"g","hospitalPackageId":"h","hospitalPackageName":"i","dataSources":"j","birthdate":"1990-01-02"`,
			func(r Reservation) bool {
				return r.RequestID+r.ErhcNo+r.Name+r.IDCard+r.Mobile+r.HospitalCode+r.HospitalName+r.PackageID+r.PackageName+r.DataSources == "abcdefghij" &&
					r.BirthDate.In(time.UTC).Equal(time.Date(1990, 1, 2, 0, 0, 0, 0, time.UTC)) && r.Unknown == nil
			}},
	} {
		got, err := decodeReservation([]byte(`{"serialNumber":"S1",`+r.raw+`}`), "")
		if err != nil || got.SerialNumber != "S1" || !r.want(got) {
			t.Errorf("%s: %v %s", name, err, got.Raw)
		}
	}
	r := Reservation{SerialNumber: "S1", OrderStatus: "2", Name: "HIDDEN", IDCard: "HIDDEN", Raw: json.RawMessage("HIDDEN")}
	if text := fmt.Sprintf("%v %+v %#v %v", r, r, r, Batch{Reservations: []Reservation{r}}); strings.Contains(text, "HIDDEN") || !strings.Contains(text, "S1") {
		t.Error(text)
	}
}
