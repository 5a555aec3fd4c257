package behave

import (
	"encoding/json"
	"strconv"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/fake"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

// The simulated mytijian platform. The institution follows from the access token and from nothing else (T-17, T-23).
const (
	kindRegistration = "registration" // appended, one per call

	mostTasks = 6
)

func mytijian() map[string]Step {
	return map[string]Step{
		"registerAgent":     registerAgent,
		"listHospitalTasks": listHospitalTasks,
	}
}

// registration is what an agent said of itself.
type registration struct {
	Result string `json:"result"`
	// Institution is the token's, HospitalID the body's; the document's samples have two different ones (T-23).
	Institution int64     `json:"institution"`
	HospitalID  int64     `json:"hospitalId"`
	Heartbeat   string    `json:"heartbeat"`
	Version     string    `json:"version"`
	At          time.Time `json:"at"`
}

// registerAgent answers T1: a new uuid for every call, also for an agent that is registered already (T-20).
func registerAgent(tx state.Tx, c *Call) (Reply, error) {
	hospital, err := institution(c)
	if err != nil {
		return Reply{}, err
	}
	body := c.Record()
	named, _ := value.Whole(body, "hospitalId")
	r := registration{
		Result:      c.Minted().UUID(),
		Institution: hospital,
		HospitalID:  named,
		Heartbeat:   value.Text(body, "heartbeat"),
		Version:     value.Text(body, "version"),
		At:          c.Now,
	}
	record, err := json.Marshal(r)
	if err != nil {
		return Reply{}, err
	}
	tx.Append(kindRegistration, record)
	return Reply{Value: value.Record{"result": r.Result}}, nil
}

// listHospitalTasks answers T2: the two to six tasks that the token's institution has switched on, always the same in
// a session; orderdone and examitem are always among them.
func listHospitalTasks(_ state.Tx, c *Call) (Reply, error) {
	hospital, err := institution(c)
	if err != nil {
		return Reply{}, err
	}
	tasks := fake.New(c.Seed, "hospital tasks", strconv.FormatInt(hospital, 10)).Tasks(c.Start)
	tasks = tasks[:min(len(tasks), mostTasks)]
	list := make(value.List, len(tasks))
	for i, task := range tasks {
		r := value.Record{
			"id":             task.ID,
			"hospitalId":     hospital,
			"taskCmd":        task.Command,
			"taskBeanName":   task.Bean,
			"init":           task.Init,
			"cronExpression": task.Cron,
			"gmtCreated":     task.Created,
			"gmtModified":    task.Modified,
		}
		// The first task has parameters and the last has none, so that a caller meets both forms in every list (T-9).
		switch {
		case i == 0:
			r["newTaskParams"] = orderParams(task)
		case i < len(tasks)-1 && task.Params != nil:
			r["newTaskParams"] = taskParams(task)
		}
		list[i] = r
	}
	return Reply{Value: list}, nil
}

func taskParams(task fake.Task) value.Record {
	params := make(value.Record, len(task.Params)+2)
	for name, n := range task.Params {
		params[name] = n
	}
	return params
}

// orderParams adds what real servers send as well (T-9): a piece of dynamic SQL, here a condition without a statement,
// which a client passes on and never runs.
func orderParams(task fake.Task) value.Record {
	params := taskParams(task)
	if params["pageSize"] == nil {
		params["pageSize"] = 500
	}
	params["dynamicCondition"] = "and modified_at >= #{lastSyncTime}"
	return params
}

// institution is the check-up centre that the caller's token stands for. Ids are whole numbers (T-7), so an account
// that is none stands for no centre.
func institution(c *Call) (int64, error) {
	if c.Account == "" {
		return 0, &Error{ID: "institution-not-found", Diagnosis: diagnosis.New("token-without-institution")}
	}
	id, err := strconv.ParseInt(c.Account, 10, 64)
	if err != nil {
		return 0, &Error{ID: "institution-not-found", Diagnosis: diagnosis.New("institution-not-a-number")}
	}
	return id, nil
}
