package mytijian

import (
	"encoding/json"
	"strconv"
	"time"

	"understudy/adapters"
	"understudy/adapters/internal/rest"
)

// ErrNeverRuns is the condition of NextRun when no run is left.
const ErrNeverRuns = adapters.Condition("the task does not run again")

// Task is one task (TaskModelDto) that an agent should run.
type Task struct {
	// ID is the primary key, a number or a quoted number on the wire (T-5).
	ID int64
	// HospitalID is the centre, 0 when the vendor sent none (T-6, T-7).
	HospitalID int64
	// Command is the unique mark of the task, such as orderdone or examitem; the set is open (T-29).
	Command string
	// Initialised is the document's init.
	Initialised bool
	// CronExpression is in Quartz's form, seconds first, although the document calls it crontab (T-10). See NextRun.
	CronExpression string
	// BeanName is of no use outside Java and may be missing (T-28).
	BeanName string
	// Params is newTaskParams as it came, nil when absent. It may hold SQL written by the vendor (T-9): this package never executes or
	// interprets it, and whoever does runs a stranger's code.
	Params json.RawMessage
	// Created and Modified are instants, zero when missing. Times without a zone are read as UTC+8 (T-8).
	Created, Modified time.Time

	// Unknown holds the members that the document does not know (T-30), Raw the whole task as it came.
	Unknown map[string]json.RawMessage
	Raw     json.RawMessage
}

// NextRun gives the first run after an instant by the task's Quartz expression in UTC+8.
//
// Errors: adapters.ErrDecode for an expression that Quartz would refuse, telling which field; ErrNeverRuns when no run is left.
func (t Task) NextRun(after time.Time) (time.Time, error) {
	s, err := parseSchedule(t.CronExpression)
	if err != nil {
		return time.Time{}, &adapters.Error{
			Vendor: vendor, Operation: "listHospitalTasks", Condition: adapters.ErrDecode, Fault: adapters.FaultVendor, Err: err,
		}
	}
	next, ok := s.next(after.In(rest.Beijing()))
	if !ok {
		return time.Time{}, &adapters.Error{
			Vendor: vendor, Operation: "listHospitalTasks", Condition: ErrNeverRuns, Fault: adapters.FaultVendor,
		}
	}
	return next, nil
}

// decodeTasks reads a list, a single task, or nothing: absent, null or an object without members (T-4).
func decodeTasks(data []byte) ([]Task, error) {
	switch rest.Kind(data) {
	case "absent", "null":
		return nil, nil
	case "object":
		if f, err := rest.Object(data, "/data"); err == nil && len(f.Names()) == 0 {
			return nil, nil
		}
		task, err := decodeTask(data, "/data")
		if err != nil {
			return nil, err
		}
		return []Task{task}, nil
	}
	list, err := rest.Elements(data, "/data")
	if err != nil {
		return nil, err
	}
	tasks := make([]Task, 0, len(list))
	for i, raw := range list {
		task, err := decodeTask(raw, "/data/"+strconv.Itoa(i))
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, task)
	}
	return tasks, nil
}

func decodeTask(raw json.RawMessage, path string) (Task, error) {
	f, err := rest.Object(raw, path)
	if err != nil {
		return Task{}, err
	}
	hospital := f.Fold("hospitalId")
	if f.Null(hospital) && f.Has("hospitalid") {
		hospital = "hospitalid"
	}
	t := Task{
		ID: f.Int("id"), HospitalID: f.Int(hospital), Command: f.Text("taskCmd"), CronExpression: f.Text("cronExpression"),
		BeanName: f.Text("taskBeanName"), Raw: raw,
	}
	if b := f.BoolPointer("init"); b != nil {
		t.Initialised = *b
	}
	if !f.Null("newTaskParams") {
		t.Params = f.Raw("newTaskParams")
	}
	if t.Created, err = readInstant(f, "gmtCreated"); err != nil {
		return Task{}, err
	}
	if t.Modified, err = readInstant(f, "gmtModified"); err != nil {
		return Task{}, err
	}
	for _, name := range f.Names() {
		switch name {
		case "id", "hospitalId", "hospitalid", hospital, "taskCmd", "init", "cronExpression", "taskBeanName", "newTaskParams", "gmtCreated", "gmtModified":
		default:
			if t.Unknown == nil {
				t.Unknown = map[string]json.RawMessage{}
			}
			t.Unknown[name] = f.Raw(name)
		}
	}
	return t, f.Err()
}

// readInstant takes epoch milliseconds, quoted or not, and yyyy-MM-dd HH:mm:ss in UTC+8 (T-8).
func readInstant(f *rest.Fields, name string) (time.Time, error) {
	text := f.Text(name)
	if text == "" {
		return time.Time{}, nil
	}
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.UnixMilli(ms).In(rest.Beijing()), nil
	}
	at, err := time.ParseInLocation(time.DateTime, text, rest.Beijing())
	if err != nil {
		return time.Time{}, rest.Undecodable("%s: expected milliseconds since 1970 or yyyy-MM-dd HH:mm:ss", f.Path(name))
	}
	return at, nil
}
