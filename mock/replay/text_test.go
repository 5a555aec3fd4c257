package replay_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"understudy/mock/replay"
	"understudy/scenarios"
	"understudy/specs"
)

const visits = `openapi: 3.1.0
info: {title: Visits, version: "1"}
x-understudy: 1
paths:
  /visit:
    get:
      operationId: readVisit
      responses:
        "200":
          description: visit
          content:
            application/json:
              schema: {type: object, properties: {about: {type: string}, name: {type: string, x-sensitive: name}, note: {type: string}}}
`

// TestPersonsWithinTexts takes a sentence for the recorded one that has the server's person in the pseudonym's place.
func TestPersonsWithinTexts(t *testing.T) {
	t.Parallel()
	c, err := specs.Parse("visits", "visits.yaml", []byte(visits))
	if err != nil {
		t.Fatal(err)
	}
	body := func(about, name, note string) string {
		return fmt.Sprintf(`{"about":%q,"name":%q,"note":%q}`, about, name, note)
	}
	made := time.Now()
	cases := map[string]struct {
		got    string
		masked bool
		want   string
	}{
		"the person":      {body("张伟的记录", "张伟", "病人张伟来电"), true, ""},
		"the pseudonym":   {body("隗昌建的记录", "隗昌建", "病人隗昌建来电"), true, ""},
		"another person":  {body("张伟的记录", "张伟", "病人李四来电"), true, "/note"},
		"other words":     {body("张伟的病历", "张伟", "病人张伟来电"), true, "/about"},
		"nothing masked":  {body("张伟的记录", "张伟", "病人张伟来电"), false, "/about /name /note"},
		"nobody is named": {body("隗昌建的记录", "", "病人隗昌建来电"), true, "/name"},
	}
	for what, one := range cases {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(one.got))
		}))
		t.Cleanup(server.Close)
		r, err := replay.Run(t.Context(), replay.Config{Contract: c, Target: server.URL, Recording: &scenarios.Recording{
			Vendor: "visits", Masked: one.masked, Made: made, Exchanges: []*scenarios.Exchange{{
				Number: 1, At: made, Operation: "readVisit", Request: scenarios.Request{Method: "GET", Path: "/visit"},
				Response: scenarios.Response{Status: 200, MediaType: "application/json", Body: []byte(body("隗昌建的记录", "隗昌建", "病人隗昌建来电")), Outcome: scenarios.OutcomeOK},
			}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		var places []string
		for _, checked := range r.Operations[0].Flow.Checked {
			for _, f := range checked.Findings {
				places = append(places, f.Pointer)
			}
		}
		if strings.Join(places, " ") != one.want {
			t.Errorf("%s: it differs at %q, want %q", what, places, one.want)
		}
	}
}
