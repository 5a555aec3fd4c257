package specs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestPosition(t *testing.T) {
	t.Parallel()
	tests := []struct{ vendor, pointer, line string }{
		{"zheliban", "/components/schemas/Reservation/properties/idcard", "        idcard: {type:"},
		{"weixiao", "/paths/~1wx~1wxc~1receive/post", "  /wx/wxc/receive:\n    post:"},
		{"weixiao", "/x-errors/13/code", "  - id: data-exists\n    code:"},
		{"eazytec", "/servers/8", "  - url: http://192.168.16.163:8091"},
		{"alihealth", "/x-wire/sign/within", "    within: 10m"},
		{"mytijian", "/components/schemas/Task/properties/newTaskParams", "        newTaskParams:"},
	}
	for _, tt := range tests {
		file := text(t, tt.vendor, "openapi.yaml")
		before, _, found := strings.Cut(file, tt.line)
		if !found || strings.Count(file, tt.line) != 1 {
			t.Fatalf("%s has no single %q", tt.vendor, tt.line)
		}
		line := strings.Count(before+tt.line, "\n") + 1
		got := load(t, tt.vendor).Position(tt.pointer)
		if want := fmt.Sprintf("%s/openapi.yaml:%d", tt.vendor, line); got.String() != want {
			t.Errorf("%s stands at %s, want %s", tt.pointer, got, want)
		}
		if got.Column < 1 {
			t.Errorf("%s has no column", tt.pointer)
		}
	}
	if got := load(t, "weixiao").Position("/nowhere"); got.Line != 0 {
		t.Errorf("nothing stands at /nowhere, got line %d", got.Line)
	}
}

func TestSource(t *testing.T) {
	t.Parallel()
	tests := []struct{ vendor, pointer, want string }{
		{"zheliban", "/components/schemas/Reservation/properties/erhcNo", "Z-53"},
		{"weixiao", "/components/schemas/Push/properties/raw_data/minLength", "W-26, W-27"},
		{"mytijian", "/components/schemas/Task/properties/init", "T2; T-5, T-6, T-8, T-9, T-28, T-30"},
		{"eazytec", "/components/schemas/Recipient/properties/orgId", "E-9, E-34"},
		{"alihealth", "/components/schemas/AppointmentQuery/properties/page_size/maximum", "A-7, A-9, A-32"},
		{"alihealth", "/components/parameters/v", "A-2"},
		{"alihealth", "/info", "阿里健康-疫苗API, alibaba.health.vaccin.appointment.query (no date)"},
		{"alihealth", "", "阿里健康-疫苗API, alibaba.health.vaccin.appointment.query (no date)"},
	}
	for _, tt := range tests {
		if got := load(t, tt.vendor).Source(tt.pointer); got != tt.want {
			t.Errorf("%s %s comes from %q, want %q", tt.vendor, tt.pointer, got, tt.want)
		}
	}
}

func TestValueAndNames(t *testing.T) {
	t.Parallel()
	c := load(t, "weixiao")
	if got := c.Names("/components/schemas/Push/properties"); !slices.Equal(got, []string{"app_key", "school_code", "event", "raw_data"}) {
		t.Errorf("names %v", got)
	}
	if c.Names("/info/title") != nil || c.Names("/nowhere") != nil {
		t.Error("only an object has names")
	}
	first, _ := c.Value("/components/schemas/Project/properties/statu")
	first.(map[string]any)["enum"] = "spoilt"
	second, ok := c.Value("/components/schemas/Project/properties/statu")
	if !ok || fmt.Sprint(second.(map[string]any)["enum"]) != "[0 1]" {
		t.Errorf("a value should be fresh on each call, got %v", second)
	}
	if _, ok := c.Value("/nowhere"); ok {
		t.Error("nothing stands at /nowhere")
	}
}
