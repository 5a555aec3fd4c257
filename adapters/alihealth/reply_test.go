package alihealth

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

func TestReplyForms(t *testing.T) {
	t.Parallel()
	one, two := jsonRow("P1"), jsonRow("P2")
	onePage := jsonPage("", `[`+one+`]`)
	inner := `"model":{"data_list":[` + one + `]},"success":true`
	deep := strings.Repeat("<a>", 2000)
	for name, r := range map[string]struct {
		status int
		body   string
		rows   int
		reads  error // the condition, nil for success
	}{
		"wrapped":                   {body: jsonPage("", `{"pov_appointment_record_dto":[`+one+`,`+two+`]}`), rows: 2},
		"wrapped, one":              {body: jsonPage("", `{"pov_appointment_record_dto":`+one+`}`), rows: 1},
		"wrapped, none":             {body: jsonPage("", `{"pov_appointment_record_dto":[]}`)},
		"wrapped, null":             {body: jsonPage("", `{"pov_appointment_record_dto":null}`)},
		"plain":                     {body: jsonPage("", `[`+one+`,`+two+`]`), rows: 2},
		"absent":                    {body: jsonPage(`"total":0,`, "")},
		"null":                      {body: jsonPage("", "null")},
		"empty object":              {body: jsonPage("", "{}")},
		"empty array":               {body: jsonPage("", "[]")},
		"empty text":                {body: jsonPage("", `""`)},
		"no model":                  {body: inResult(`"success":true`)},
		"null model":                {body: inResult(`"model":null,"success":true`)},
		"success in quotes":         {body: inResult(`"model":{},"success":"true"`)},
		"numbers in quotes":         {body: jsonPage(`"page_num":"1","page_size":"200","total":"1",`, `[`+one+`]`), rows: 1},
		"without its root":          {body: `{"result":{` + inner + `},"request_id":"req-1"}`, rows: 1},
		"under 500":                 {status: 500, body: onePage, rows: 1},
		"xml":                       {body: xmlPage(`<page_num></page_num><page_size/><total>2</total><data_list>` + xmlRow("P1") + xmlRow("P2") + `</data_list>`), rows: 2},
		"xml, one":                  {body: xmlPage(`<data_list list="true">` + xmlRow("P1") + `</data_list>`), rows: 1},
		"xml, empty list":           {body: xmlPage(`<data_list></data_list>`)},
		"xml, no list":              {body: xmlPage(`<total>0</total>`)},
		"xml, empty model":          {body: xmlPage("")},
		"xml, laid out":             {body: "\n" + strings.ReplaceAll(xmlPage(`<data_list>`+xmlRow("P1")+`</data_list>`), "><", ">\n  <"), rows: 1},
		"xml, white space":          {body: strings.ReplaceAll(xmlPage(`<data_list>`+xmlRow("P1")+`</data_list>`), "true<", "\n true\t<"), rows: 1},
		"xml, comment at the end":   {body: xmlPage(`<data_list>`+xmlRow("P1")+`</data_list>`) + "\n<!--gateway-01.example-->\n", rows: 1},
		"xml, byte order mark":      {body: "\xef\xbb\xbf" + xmlPage(""), rows: 0},
		"xml, character data":       {body: xmlPage(`<data_list>` + xmlRow("<![CDATA[P1]]>") + `</data_list>`), rows: 1},
		"xml, character references": {body: xmlPage(`<data_list>` + xmlRow("&#80;1&amp;") + `</data_list>`), rows: 1},

		"empty":                      {body: "", reads: adapters.ErrDecode},
		"text":                       {body: "fine", reads: adapters.ErrDecode},
		"html":                       {body: "<html><body>gateway</body></html>", reads: adapters.ErrDecode},
		"html under 503":             {status: 503, body: "<!DOCTYPE html><html></html>", reads: adapters.ErrUnavailable},
		"json under 404":             {status: 404, body: `{"path":"/router/rest"}`, reads: adapters.ErrNotFound},
		"broken envelope under 502":  {status: 502, body: `{"error_response":{}}`, reads: adapters.ErrUnavailable},
		"array":                      {body: "[]", reads: adapters.ErrDecode},
		"json, byte order mark":      {body: "\xef\xbb\xbf" + onePage, reads: adapters.ErrDecode},
		"foreign root":               {body: `{"alibaba_health_response":{}}`, reads: adapters.ErrDecode},
		"null root":                  {body: `{"alibaba_health_vaccin_appointment_query_response":null}`, reads: adapters.ErrDecode},
		"no result":                  {body: `{"alibaba_health_vaccin_appointment_query_response":{}}`, reads: adapters.ErrDecode},
		"no success":                 {body: inResult(`"model":{}`), reads: adapters.ErrDecode},
		"odd success":                {body: inResult(`"success":1`), reads: adapters.ErrDecode},
		"odd total":                  {body: jsonPage(`"total":1.5,`, ""), reads: adapters.ErrDecode},
		"total beyond 64 bits":       {body: jsonPage(`"total":9223372036854775808,`, ""), reads: adapters.ErrDecode},
		"odd model":                  {body: inResult(`"model":[],"success":true`), reads: adapters.ErrDecode},
		"odd list":                   {body: jsonPage("", "7"), reads: adapters.ErrDecode},
		"list of another name":       {body: jsonPage("", `{"record":[]}`), reads: adapters.ErrDecode},
		"row is text":                {body: jsonPage("", `["P1"]`), reads: adapters.ErrDecode},
		"row without an id":          {body: jsonPage("", `[{"name":"x"}]`), reads: adapters.ErrDecode},
		"row with an empty id":       {body: jsonPage("", `[{"appointment_id":""}]`), reads: adapters.ErrDecode},
		"row with an odd day":        {body: jsonPage("", `[{"appointment_id":"P1","appointment_time":"2026-02-30"}]`), reads: adapters.ErrDecode},
		"row with an odd status":     {body: jsonPage("", `[{"appointment_id":"P1","pick_status":"yes"}]`), reads: adapters.ErrDecode},
		"duplicate names":            {body: inResult(`"success":true,"success":true`), reads: adapters.ErrDecode},
		"truncated":                  {body: onePage[:60], reads: adapters.ErrDecode},
		"xml, truncated":             {body: xmlPage("")[:80], reads: adapters.ErrDecode},
		"xml, doctype":               {body: `<!DOCTYPE r [<!ENTITY a "b">]>` + xmlPage(""), reads: adapters.ErrDecode},
		"xml, unknown entity":        {body: xmlPage("<total>&nbsp;</total>"), reads: adapters.ErrDecode},
		"xml, entity of its own":     {body: xmlPage("<total>&a;</total>"), reads: adapters.ErrDecode},
		"xml, instruction":           {body: xmlPage("<?php x?>"), reads: adapters.ErrDecode},
		"xml, second root":           {body: xmlPage("") + "<a/>", reads: adapters.ErrDecode},
		"xml, text behind the root":  {body: xmlPage("") + "a", reads: adapters.ErrDecode},
		"xml, text beside elements":  {body: xmlPage("a<total>1</total>"), reads: adapters.ErrDecode},
		"xml, two of one":            {body: xmlPage("<total>1</total><total>1</total>"), reads: adapters.ErrDecode},
		"xml, deep":                  {body: deep, reads: adapters.ErrDecode},
		"xml, many":                  {body: xmlPage(strings.Repeat("<a/>", maxXMLElements)), reads: adapters.ErrDecode},
		"xml, GBK":                   {body: strings.Replace(xmlPage(""), "utf-8", "GBK", 1), reads: adapters.ErrDecode},
		"xml, invalid UTF-8":         {body: xmlPage("<a>\xb2\xe2</a>"), reads: adapters.ErrDecode},
		"xml, comment and no root":   {body: "<!-- -->", reads: adapters.ErrDecode},
		"xml, number with a letter":  {body: xmlPage("<total>1x</total>"), reads: adapters.ErrDecode},
		"xml, object in a text":      {body: xmlPage("<data_list>" + xmlRow("<a/>") + "</data_list>"), reads: adapters.ErrDecode},
		"xml, list of another name ": {body: xmlPage("<data_list><a/></data_list>"), reads: adapters.ErrDecode},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status := max(r.status, 200)
			page, err := answering(t, status, r.body).QueryAppointments(t.Context(), Query{Day: testDay(), OutPovID: testPov})
			var e *adapters.Error
			switch {
			case r.reads == nil:
				if err != nil || len(page.Appointments) != r.rows || page.RequestID != "req-1" {
					t.Errorf("%d rows of request %q, %v", len(page.Appointments), page.RequestID, err)
				}
			case !errors.Is(err, r.reads) || !errors.As(err, &e) || e.Operation != operation || e.Retryable != (r.reads == adapters.ErrUnavailable):
				t.Errorf("got %v, want %v", err, r.reads)
			case errors.Is(err, ErrPlatform) || errors.Is(err, ErrService) || page.Appointments != nil:
				t.Errorf("a broken reply has a layer or rows: %v", err)
			}
		})
	}
}

func TestDeepXMLIsRefusedAsSuch(t *testing.T) {
	t.Parallel()
	for depth, want := range map[int]bool{maxXMLDepth: true, maxXMLDepth + 1: false} {
		_, err := xmlToJSON([]byte(strings.Repeat("<a>", depth) + strings.Repeat("</a>", depth)))
		if (err == nil) != want || err != nil && !strings.Contains(err.Error(), "deep") {
			t.Errorf("%d levels: %v", depth, err)
		}
	}
	// Repeated elements double the levels of the JSON, which has a bound of its own.
	text := "<a/>"
	for range maxXMLDepth - 1 {
		text = "<a>" + text + "<a/></a>"
	}
	if out, err := xmlToJSON([]byte(text)); err != nil || rest.CheckJSON(out) != nil {
		t.Errorf("%v, %v", err, rest.CheckJSON(out))
	}
}

func TestValues(t *testing.T) {
	t.Parallel()

	both := map[string]string{
		"json": jsonPage(`"page_num":1,"page_size":"200","total":null,`, `[`+jsonRow("P1")+`,{"appointment_id":"P2","pick_status":"7","out_pov_id":7,"appointment_time":"2026-03-02 00:00:00","appointment_period":"上午"},{"appointment_id":3,"pick_status":null,"name":null,"appointment_time":""}]`),
		"xml": xmlPage(`<page_num>1</page_num><page_size> 200 </page_size><total></total><data_list>` + xmlRow("P1") +
			`<pov_appointment_record_dto><appointment_id>P2</appointment_id><pick_status>7</pick_status><out_pov_id>7</out_pov_id><appointment_time>2026-03-02 00:00:00</appointment_time><appointment_period>上午</appointment_period></pov_appointment_record_dto>` +
			`<pov_appointment_record_dto><appointment_id>3</appointment_id><pick_status/><name></name><appointment_time> </appointment_time></pov_appointment_record_dto></data_list>`),
	}
	want := []Appointment{
		wantRow("P1"),
		{AppointmentID: "P2", OutPovID: "7", PickStatus: "7", Day: testDay(), Period: "上午"},
		{AppointmentID: "3"},
	}
	for format, body := range both {
		page, err := answering(t, 200, body).QueryAppointments(t.Context(), Query{Day: testDay(), OutPovID: testPov})
		if err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		if !slices.Equal(page.Appointments, want) {
			t.Errorf("%s: %d rows differ from what is meant", format, len(page.Appointments))
		}
		if page.Total != nil || page.Number == nil || *page.Number != 1 || page.Size == nil || *page.Size != 200 {
			t.Errorf("%s: paging %v %v %v", format, page.Number, page.Size, page.Total)
		}
	}
}

func TestPeriodsAndDays(t *testing.T) {
	t.Parallel()
	for text, want := range map[Period][2]time.Duration{
		"08:00-08:30": {8 * time.Hour, 8*time.Hour + 30*time.Minute},
		"00:00-24:00": {0, 24 * time.Hour},
		"23:59-23:59": {24*time.Hour - time.Minute, 24*time.Hour - time.Minute},
	} {
		if start, end, err := text.Parse(); err != nil || start != want[0] || end != want[1] {
			t.Errorf("%s: %s to %s, %v", text, start, end, err)
		}
	}
	for _, text := range []Period{"", "上午", "8:00-08:30", "08:00~08:30", "08:00-08:60", "25:00-26:00", "24:00-24:00", "09:00-08:30", "08:00-08:30 ", "8:000-09:00", "+8:00-09:00"} {
		if _, _, err := text.Parse(); err == nil {
			t.Errorf("%q is taken for a period", text)
		}
	}
	start, end, err := wantRow("P1").Slot()
	if err != nil || start.Format(time.RFC3339) != "2026-03-02T08:00:00+08:00" || end.Sub(start) != 30*time.Minute {
		t.Errorf("%s to %s, %v", start, end, err)
	}
	for _, a := range []Appointment{{Period: "08:00-08:30"}, {Day: testDay(), Period: "上午"}} {
		if _, _, err := a.Slot(); err == nil {
			t.Errorf("%q on %q is taken for a slot", a.Period, a.Day)
		}
	}
	if got := DayOf(time.Date(2026, 3, 1, 16, 0, 0, 0, time.UTC)); got != testDay() {
		t.Errorf("the day of China is %s", got)
	}
	var day Day
	if err := day.UnmarshalText([]byte("2026-03-02")); err != nil || day != testDay() {
		t.Errorf("%s, %v", day, err)
	}
	if err := day.UnmarshalText([]byte("2026-3-2")); err == nil || day != testDay() {
		t.Errorf("%s, %v", day, err)
	}
	if err := day.UnmarshalText(nil); err != nil || !day.IsZero() || day.String() != "" {
		t.Errorf("%s, %v", day, err)
	}
}

func FuzzXMLReply(f *testing.F) {
	for _, seed := range []string{
		xmlPage(`<data_list list="true">` + xmlRow("P1") + xmlRow("P2") + `</data_list><total/>`),
		`<error_response><code>50</code><msg>Remote service error</msg><sub_code>isv.invalid-parameter</sub_code><sub_msg>非法参数</sub_msg></error_response><!--host-->`,
		`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, "<a><![CDATA[x]]>&#x41;</a>", "<a xmlns:b='c'><b:d/><b:d/></a>", strings.Repeat("<a>", 30), "\xef\xbb\xbf<a/>",
	} {
		f.Add([]byte(seed))
	}
	client := newOn(f, nil)
	f.Fuzz(func(t *testing.T, body []byte) {
		out, err := xmlToJSON(body)
		var broken *rest.DecodeError
		switch {
		case err != nil && (!errors.As(err, &broken) || out != nil):
			t.Fatalf("%s, %v", out, err)
		case err == nil:
			root, err := rest.ParseObject(out, "")
			if err != nil || len(root.Names()) != 1 {
				t.Fatalf("%s from XML, %v", out, err)
			}
		}
		checkRead(t, client, body)
	})
}

func FuzzJSONReply(f *testing.F) {
	for _, seed := range []string{
		jsonPage(`"total":"1",`, `{"pov_appointment_record_dto":[`+jsonRow("P1")+`]}`), jsonPage("", `[`+jsonRow("P1")+`]`), jsonPage("", "{}"),
		inResult(`"success":"false","msg_code":"FAIL_BIZ_500","msg_info":"x"`), failure("7", `,"sub_code":"accesscontrol.limited-by-app-access-count"`),
		failure("15", `,"sub_msg":"This ban will last for 99999999999 more seconds"`), `{"result":{"success":true}}`, `{"code":1,"msg":null}`,
	} {
		f.Add([]byte(seed))
	}
	client := newOn(f, nil)
	f.Fuzz(func(t *testing.T, body []byte) { checkRead(t, client, body) })
}

// checkRead holds for every reply: an error of a known kind with a condition and no page, or rows that have an id.
func checkRead(t *testing.T, client *Client, body []byte) {
	t.Helper()
	for _, status := range []int{200, 500} {
		page, err := client.read(rest.Reply{Status: status, Body: body})
		var e *adapters.Error
		var broken *rest.DecodeError
		switch {
		case errors.As(err, &e):
			known := errors.Is(err, ErrPlatform) != errors.Is(err, ErrService)
			if e.Condition == "" || !known || e.RetryAfter < 0 || e.RetryAfter > longestPause || errors.Is(err, ErrPlatform) && e.Code == "" {
				t.Errorf("%+v", e)
			}
		case errors.As(err, &broken):
			if status != 200 {
				t.Errorf("HTTP %d: %v", status, err)
			}
		case err != nil && !(errors.Is(err, rest.NoEnvelope) && status == 500):
			t.Errorf("HTTP %d: %v", status, err)
		}
		if err != nil && page.Appointments != nil {
			t.Error("rows beside an error")
		}
		for _, a := range page.Appointments {
			if a.AppointmentID == "" || !a.Day.IsZero() && !a.Day.IsValid() {
				t.Error("a row without an id, or with a day that the calendar does not have")
			}
		}
	}
}

func FuzzFormatsAgree(f *testing.F) {
	f.Add("P1", "测试<乙>", "08:00-08:30", int64(1))
	f.Add("a&b", "]]>", "\"'", int64(-1))
	f.Fuzz(func(t *testing.T, id, name, period string, status int64) {
		for _, text := range []string{id, name, period} {
			// XML cannot say these, and the white space around a text is not read.
			if text != strings.TrimSpace(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > 0xd7ff || r == 0x7f }) {
				t.Skip("XML and JSON need not agree on a text that XML cannot say")
			}
		}
		raw, err := rest.Marshal(map[string]any{"appointment_id": id, "name": name, "appointment_period": period, "pick_status": status})
		if err != nil {
			t.Fatal(err)
		}
		var escaped [3]bytes.Buffer
		for i, text := range []string{id, name, period} {
			if err := xml.EscapeText(&escaped[i], []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		asXML := xmlPage(fmt.Sprintf("<data_list><pov_appointment_record_dto><appointment_id>%s</appointment_id><name>%s</name><appointment_period>%s</appointment_period><pick_status>%d</pick_status></pov_appointment_record_dto></data_list>",
			&escaped[0], &escaped[1], &escaped[2], status))
		client := newOn(t, nil)
		fromJSON, jsonErr := client.read(rest.Reply{Status: 200, Body: []byte(jsonPage("", "["+string(raw)+"]"))})
		fromXML, xmlErr := client.read(rest.Reply{Status: 200, Body: []byte(asXML)})
		if (jsonErr == nil) != (xmlErr == nil) || !slices.Equal(fromJSON.Appointments, fromXML.Appointments) {
			t.Errorf("JSON %d rows, %v; XML %d rows, %v", len(fromJSON.Appointments), jsonErr, len(fromXML.Appointments), xmlErr)
		}
	})
}
