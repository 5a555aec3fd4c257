package specs_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"understudy/specs"
)

func load(t testing.TB, vendor string) *specs.Contract {
	t.Helper()
	c, err := specs.Load(vendor)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func text(t testing.TB, vendor, name string) string {
	t.Helper()
	data, err := os.ReadFile(vendor + "/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// each runs a check once per vendor, and fails when there is none.
func each(t *testing.T, check func(*testing.T, *specs.Contract)) {
	t.Helper()
	vendors := specs.Vendors()
	if len(vendors) == 0 {
		t.Fatal("no vendor")
	}
	for _, v := range vendors {
		t.Run(v, func(t *testing.T) {
			t.Parallel()
			check(t, load(t, v))
		})
	}
}

func TestVendors(t *testing.T) {
	t.Parallel()
	want := []string{"alihealth", "eazytec", "mytijian", "weixiao", "zheliban"}
	if got := specs.Vendors(); !slices.Equal(got, want) {
		t.Errorf("vendors %v, want %v", got, want)
	}
	if _, err := specs.Load("nobody"); err == nil || !strings.Contains(err.Error(), "weixiao") {
		t.Errorf("an unknown vendor should be refused with the known ones, got %v", err)
	}
	if _, err := specs.Vectors("nobody"); err == nil {
		t.Error("vectors of an unknown vendor should be refused")
	}
}

// operations is what the five documents offer, with every path an operation is reached at.
func operations() map[string][]string {
	return map[string][]string{
		"mytijian": {
			"registerAgent POST /open-api/V2/ws/agentManager/register",
			"listHospitalTasks POST /open-api/V2/ws/agentManager/hospitalTaskList",
		},
		"weixiao": {
			"listPushProjects GET /wx/push/queryPushProject",
			"addPushProject POST /wx/push/addPushProject",
			"updatePushProject PUT /wx/push/updatePushProject",
			"deletePushProject DELETE /wx/push/deletePushProject",
			"receivePush POST /wx/wxc/receive",
		},
		"zheliban": {
			"issueToken POST /reservation/sync/token",
			"pullReservations POST /reservation/sync/order",
			"acknowledgeReservations POST /reservation/sync/callback",
			"reportArrival POST /reservation/sync/arrival",
		},
		"alihealth": {
			"queryAppointments GET /router/rest",
			"queryAppointments POST /router/rest",
		},
		"eazytec": {
			"sendMessage POST /v3_1/msgcenter/send",
			"sendMessage POST /AGCS_zqc/v3_1/msgcenter/send",
			"sendMessage POST /YX/AGCS_zqc/v3_1/msgcenter/send",
			"sendMessage POST /JS/AGCS_zqc/v3_1/msgcenter/send",
		},
	}
}

func TestOperations(t *testing.T) {
	t.Parallel()
	want := operations()
	each(t, func(t *testing.T, c *specs.Contract) {
		var got []string
		for _, op := range c.Operations {
			methods, path := []string{op.Method}, op.Path
			if r := op.Wire.Route; r != nil {
				methods, path = r.Methods, r.Path
			}
			for _, m := range methods {
				for _, prefix := range op.Prefixes {
					got = append(got, op.ID+" "+m+" "+prefix+path)
				}
			}
			if found, ok := c.Operation(op.ID); !ok || found != op {
				t.Errorf("%s is not found by its id", op.ID)
			}
			if op.Vendor != c.Vendor || op.Summary == "" || len(op.Responses) == 0 {
				t.Errorf("%s lacks vendor, summary or responses", op.ID)
			}
			if own, ok := c.Value(op.Pointer + "/x-source"); !ok || own != op.Source {
				t.Errorf("%s needs an x-source of its own", op.ID)
			}
		}
		if !slices.Equal(got, want[c.Vendor]) {
			t.Errorf("served:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want[c.Vendor], "\n"))
		}
		if _, ok := c.Operation("nothing"); ok {
			t.Error("an unknown id should not be found")
		}
	})
}

// TestGatewayPath guards the logical path: the engine takes the operation's name from its last part.
func TestGatewayPath(t *testing.T) {
	t.Parallel()
	op, ok := load(t, "alihealth").Operation("queryAppointments")
	if !ok || op.Path != "/alibaba.health.vaccin.appointment.query" {
		t.Fatalf("the logical path is wrong: %+v", op)
	}
	if op.Wire.Route.Parameter != "method" || !slices.Equal(op.Wire.Route.In, []string{"query", "form"}) {
		t.Errorf("route %+v", op.Wire.Route)
	}
	media, ok := accepts(op.Body, "application/x-www-form-urlencoded")
	if !ok || media.Encoding["param_query_pov_appointment_record_by_date_req"].ContentType != "application/json" {
		t.Errorf("the structure should travel as JSON text in a form field: %+v", media)
	}
	if _, ok := accepts(op.Body, "application/json"); ok {
		t.Error("the gateway takes no JSON body")
	}
	var required []string
	for _, p := range op.Parameters {
		if p.Required {
			required = append(required, p.Name)
		}
	}
	if want := []string{"method", "app_key", "timestamp", "v", "sign_method", "sign"}; !slices.Equal(required, want) {
		t.Errorf("required system parameters %v, want %v", required, want)
	}
}

// TestForeignDocument reads a document without ids and without the vocabulary.
func TestForeignDocument(t *testing.T) {
	t.Parallel()
	const document = `{"openapi":"3.0.3","info":{"title":"J","version":"1"},"paths":{
		"/users/{id}":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],"get":{"responses":{"200":{"description":"a"}}},"delete":{"responses":{"200":{"description":"a"}}}},
		"/体检/état":{"post":{"responses":{"200":{"description":"a"}}}}}}`
	c, err := specs.Parse("foreign", "foreign.json", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, op := range c.Operations {
		ids = append(ids, op.ID)
	}
	if want := []string{"getUsersId", "deleteUsersId", "post体检État"}; !slices.Equal(ids, want) {
		t.Errorf("derived ids %q, want %q", ids, want)
	}
	if len(c.Errors) != 0 || len(c.Slots()) != 0 || c.Operations[0].Source != "" {
		t.Error("a foreign document says nothing of errors, credentials or sources")
	}
	if got := c.Position("/paths/~1体检~1état/post").String(); got != "foreign.json:3" {
		t.Errorf("position %s", got)
	}
}

// accepts finds a declared form of a body by its media type, whatever its case and parameters.
func accepts(b *specs.Body, mediaType string) (*specs.MediaType, bool) {
	for i := range b.Content {
		base, _, _ := strings.Cut(b.Content[i].Type, ";")
		if strings.EqualFold(strings.TrimSpace(base), mediaType) {
			return &b.Content[i], true
		}
	}
	return nil, false
}
