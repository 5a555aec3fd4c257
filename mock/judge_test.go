package mock

import (
	"net/http/httptest"
	"slices"
	"testing"
)

// TestTheStagesThatAJudgementNamesAreThere: a stage that was renamed would be judged otherwise without a word.
func TestTheStagesThatAJudgementNamesAreThere(t *testing.T) {
	t.Parallel()
	for _, name := range []string{stageAuthenticate, stageCredentials, stagePrefer} {
		if !slices.ContainsFunc(stages(), func(s stage) bool { return s.name == name }) {
			t.Errorf("there is no stage %q", name)
		}
	}
}

func TestJudgeGoesOnBehindAWrongToken(t *testing.T) {
	t.Parallel()
	p := newPlayer(t)
	var ids []string
	j := p.server.Judge(post("/open-api/V2/ws/nothing", jsonType, `{}`))
	if j.Refusal != "unknown-path" || j.Operation != "" || len(j.Found) != 0 {
		t.Errorf("an unknown path is %+v", j)
	}
	j = p.server.Judge(post(arrivalPath, jsonType, `{"serialNumber":`, "ACCESS-TOKEN", "none of ours"))
	for _, d := range j.Found {
		ids = append(ids, d.ID)
	}
	if j.Vendor != "zheliban" || j.Operation == "" || len(ids) != 2 || ids[0] != "token-malformed" {
		t.Errorf("found %v of %+v", ids, j)
	}
	if j = p.server.Judge(httptest.NewRequest("GET", registerPath, nil)); j.Operation != "" || j.Vendor != "mytijian" || len(j.Found) != 1 || j.Found[0].ID != "wrong-method" {
		t.Errorf("a wrong method is %+v", j)
	}
	if v := p.server.Verdict(); v.Calls != 0 {
		t.Errorf("the verdict has %d calls", v.Calls)
	}
	if list, _ := p.server.Exchanges(); len(list) != 0 {
		t.Errorf("the journal has %d exchanges", len(list))
	}
}
