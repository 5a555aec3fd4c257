package behave

import (
	"encoding/json"
	"strconv"
	"time"

	"understudy/mock/internal/diagnosis"
	"understudy/mock/internal/fake"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
	"understudy/specs"
)

// The simulated mytijian platform. The institution follows from the access token and from nothing else (T-17, T-23).
const (
	kindRegistration = "registration" // appended, one per call

	mostTasks = 6
)

func mytijian(c *specs.Contract) map[string]Step {
	lists := remembered[tasksMoment, value.List](c.Derived, mostHospitals)
	return map[string]Step{
		"registerAgent":     registerAgent,
		"listHospitalTasks": func(tx state.Tx, c *Call) (Reply, error) { return listHospitalTasks(tx, c, lists) },
	}
}

// mostHospitals bounds for how many the tasks are remembered, some three kilobytes each.
const mostHospitals = 512

// tasksMoment is all that the generated tasks of a hospital are a function of.
type tasksMoment struct {
	moment
	hospital int64
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
	state.Append(tx, kindRegistration, record)
	return Reply{Value: value.Record{"result": r.Result}}, nil
}

// listHospitalTasks answers T2: the two to six tasks that the token's institution has switched on, always the same in
// a session unless somebody puts others; orderdone and examitem are among the generated ones. Where data is one TaskModelDto
// (T-4) it is the first of them, and nothing when there is none.
func listHospitalTasks(tx state.Tx, c *Call, lists *memory[tasksMoment, value.List]) (Reply, error) {
	hospital, err := institution(c)
	if err != nil {
		return Reply{}, err
	}
	list, err := answeredTasks(tx, c.World, hospital, lists)
	if err != nil {
		return Reply{}, err
	}
	if c.Reading("T-4") == "object" {
		if len(list) == 0 {
			return Reply{}, nil
		}
		return Reply{Value: list[0]}, nil
	}
	return Reply{Value: list}, nil
}

// answeredTasks are the tasks of a hospital; those that nobody can have changed are remembered.
func answeredTasks(tx state.Tx, w *World, hospital int64, lists *memory[tasksMoment, value.List]) (value.List, error) {
	changed := false
	tx.Each(kindTask, func(string, []byte) bool {
		changed = true
		return false
	})
	if _, listed := w.Data[kindsTasks]; !changed && !listed {
		at := tasksMoment{momentOf(w, nil), hospital}
		list, ok := lists.find(at)
		if !ok {
			list = fixedTasks(w, hospital)
			list = lists.remember(at, list, 1)
		}
		return list, nil
	}
	tasks, err := tasksOf(tx, w, hospital)
	list := make(value.List, len(tasks))
	for i := range tasks {
		list[i] = tasks[i].Value
	}
	return list, err
}

func fixedTasks(w *World, hospital int64) value.List {
	world := &World{Seed: w.Seed, Start: w.Start}
	list := make(value.List, len(generatedTasks(world, hospital)))
	for i := range list {
		list[i] = value.Fix(func() any { return generatedTasks(world, hospital)[i] })
	}
	return list
}

// generatedTasks are the tasks of a hospital that nobody has changed.
func generatedTasks(w *World, hospital int64) []value.Record {
	tasks := fake.New(w.Seed, "hospital tasks", strconv.FormatInt(hospital, 10)).Tasks(w.Start)
	tasks = tasks[:min(len(tasks), mostTasks)]
	list := make([]value.Record, len(tasks))
	for i, task := range tasks {
		r := taskRecord(task, hospital)
		// The first task has parameters and the last has none, so that a caller meets both forms in every list (T-9).
		switch {
		case i == 0:
			r["newTaskParams"] = orderParams(task)
		case i < len(tasks)-1 && task.Params != nil:
			r["newTaskParams"] = taskParams(task)
		}
		list[i] = r
	}
	return list
}

// taskRecord is a task without parameters.
func taskRecord(task fake.Task, hospital int64) value.Record {
	return value.Record{
		"id":             task.ID,
		"hospitalId":     hospital,
		"taskCmd":        task.Command,
		"taskBeanName":   task.Bean,
		"init":           task.Init,
		"cronExpression": task.Cron,
		"gmtCreated":     task.Created,
		"gmtModified":    task.Modified,
	}
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
