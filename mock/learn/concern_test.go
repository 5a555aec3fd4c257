package learn

import (
	"strings"
	"testing"

	"understudy/specs"
)

// TestConcerns: a side of an operation is held to the readings that can change what is said about it, and to no others.
func TestConcerns(t *testing.T) {
	t.Parallel()
	tests := []struct{ vendor, operation, side, want string }{
		{"zheliban", "pullReservations", sideRequest, "Z-1 Z-3 Z-19"},
		{"zheliban", "pullReservations", sideReply, "Z-3 Z-6 Z-15 Z-19 Z-40"},
		{"zheliban", "issueToken", sideRequest, "Z-1 Z-3"},
		{"zheliban", "reportArrival", sideReply, "Z-3 Z-6 Z-19"},
		{"weixiao", "receivePush", sideRequest, "W-2 W-18 W-26"},
		{"weixiao", "addPushProject", sideRequest, "W-2 W-8 W-18"},
		{"weixiao", "listPushProjects", sideReply, "W-2 W-18"},
		{"mytijian", "listHospitalTasks", sideRequest, ""},
		{"mytijian", "listHospitalTasks", sideReply, "T-4 T-5 T-8"},
		{"eazytec", "sendMessage", sideRequest, "E-9 E-17"},
	}
	for _, test := range tests {
		c, err := specs.Load(test.vendor)
		if err != nil {
			t.Fatal(err)
		}
		list, _ := questionsOf(c)
		k, err := newConcerns(c, list)
		if err != nil {
			t.Fatal(err)
		}
		named := func(of []int) string {
			var ids []string
			for _, i := range of {
				ids = append(ids, list[i].clause.ID)
			}
			return strings.Join(ids, " ")
		}
		if got := named(k.of(&told{operation: test.operation}, test.side)); got != test.want {
			t.Errorf("%s %s %s: got %q, want %q", test.vendor, test.operation, test.side, got, test.want)
		}
		for _, one := range []*told{{operation: test.operation, homeless: true}, {operation: test.operation, callback: &callback{}}, {operation: "no such"}} {
			if got := k.of(one, test.side); len(got) != len(list) {
				t.Errorf("%s: %s alone are asked where all may matter", test.vendor, named(got))
			}
		}
	}
}
