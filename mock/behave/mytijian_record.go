package behave

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy/mock/internal/fake"
	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

const (
	kindsTasks = "tasks"

	kindTask = "task" // hospital-id → held: what was put and deleted
)

func mytijianKinds() []kind {
	agents := Kind{Name: "agents", Schema: "/components/schemas/Registration", Key: "RESULT"}
	return []kind{
		{
			Kind: Kind{Name: kindsTasks, Schema: "/components/schemas/Task", Key: "HOSPITALID-ID"},
			data: &dataRules{
				key: "id", mint: func(n int) any { return int64(n) },
				complete: func(w *World, _ int, given value.Record) value.Record {
					hospital, _ := value.Whole(given, "hospitalId")
					return inventTask(w, hospital, given)
				},
			},
			list:   listTasks,
			put:    putTask,
			delete: deleteTask,
		},
		appendedKind(agents, kindRegistration, registeredAgent),
	}
}

// registeredAgent is a registration as it came in, under the uuid it was given (T-20).
func registeredAgent(_ int64, record []byte) (Record, error) {
	var r registration
	if err := json.Unmarshal(record, &r); err != nil {
		return Record{}, fmt.Errorf("a registration: %w", err)
	}
	return Record{
		Key: r.Result, At: r.At, Owner: strconv.FormatInt(r.Institution, 10),
		Value: value.Record{"hospitalId": json.Number(strconv.FormatInt(r.HospitalID, 10)), "heartbeat": r.Heartbeat, "version": r.Version},
	}, nil
}

// tasksOf are the tasks that a hospital has: generated or of the user's data, in that order, and behind them those that were
// put.
func tasksOf(tx state.Tx, w *World, hospital int64) ([]Record, error) {
	held, err := changesOf(tx, kindTask)
	if err != nil {
		return nil, err
	}
	given, origin := dataTasks(w, hospital)
	if origin != FromData {
		given = generatedTasks(w, hospital)
	}
	list, placed := make([]Record, 0, len(given)), map[string]bool{}
	for _, r := range given {
		key := taskKey(hospital, keyText(r["id"]))
		h, changed := held.byKey[key]
		placed[key] = true
		switch {
		case !changed:
			list = append(list, Record{Key: key, Value: r, Origin: origin})
		case !h.Gone:
			list = append(list, Record{Key: key, Value: withInstants(h.Value), Origin: WasPut})
		}
	}
	for _, key := range held.keys {
		of, _, _ := splitTaskKey(key)
		if h := held.byKey[key]; of == hospital && !h.Gone && !placed[key] {
			list = append(list, Record{Key: key, Value: withInstants(h.Value), Origin: WasPut})
		}
	}
	return list, nil
}

// dataTasks are the tasks of the user's data that a hospital has: its own, and those without a hospital.
func dataTasks(w *World, hospital int64) ([]value.Record, Origin) {
	data, listed := w.Data[kindsTasks]
	if !listed {
		return nil, Generated
	}
	var list []value.Record
	for _, given := range data {
		if of, named := value.Whole(given, "hospitalId"); named && of != hospital {
			continue
		}
		list = append(list, inventTask(w, hospital, given))
	}
	return list, FromData
}

// inventTask completes a task; what is given stays.
func inventTask(w *World, hospital int64, given value.Record) value.Record {
	id, _ := value.Whole(given, "id")
	task := fake.New(w.Seed, "hospital tasks", strconv.FormatInt(hospital, 10), "task", strconv.FormatInt(id, 10)).Task(id, w.Start)
	r := taskRecord(task, hospital)
	if task.Params != nil {
		r["newTaskParams"] = taskParams(task)
	}
	r = merged(r, given)
	r["hospitalId"] = hospital
	return withInstants(r)
}

// withInstants reads a task's two times, in whatever form they came (T-8).
func withInstants(r value.Record) value.Record {
	out := merged(r, nil)
	for _, name := range []string{"gmtCreated", "gmtModified"} {
		if t, ok := instant(r, name); ok {
			out[name] = t
		}
	}
	return out
}

func instant(r value.Record, name string) (time.Time, bool) {
	if millis, ok := value.Whole(r, name); ok {
		return time.UnixMilli(millis).In(value.China()), true
	}
	text := value.Text(r, name)
	if t, err := time.ParseInLocation(time.DateTime, text, value.China()); err == nil {
		return t, true
	}
	t, err := time.Parse(time.RFC3339, text)
	return t, err == nil
}

// taskKey is unique over the hospitals, as a task's id alone need not be.
func taskKey(hospital int64, id string) string { return strconv.FormatInt(hospital, 10) + "-" + id }

// splitTaskKey is the reverse; false for a key that is not hospital and id, each a number without a needless digit.
func splitTaskKey(key string) (hospital, id int64, ok bool) {
	at := strings.LastIndexByte(key, '-')
	if at < 0 {
		return 0, 0, false
	}
	hospital, err := strconv.ParseInt(key[:at], 10, 64)
	id, wrong := strconv.ParseInt(key[at+1:], 10, 64)
	return hospital, id, err == nil && wrong == nil && taskKey(hospital, strconv.FormatInt(id, 10)) == key
}

// listTasks lists the tasks of every hospital that somebody knows: by a credential, by the user's data, or by a put task.
func listTasks(tx state.Tx, w *World, _ time.Time) ([]Record, error) {
	var hospitals []int64
	add := func(hospital int64, ok bool) {
		if ok && !slices.Contains(hospitals, hospital) {
			hospitals = append(hospitals, hospital)
		}
	}
	for _, account := range w.Accounts {
		hospital, err := strconv.ParseInt(account, 10, 64)
		add(hospital, err == nil)
	}
	for _, given := range w.Data[kindsTasks] {
		add(value.Whole(given, "hospitalId"))
	}
	tx.Each(kindTask, func(key string, _ []byte) bool {
		hospital, _, ok := splitTaskKey(key)
		add(hospital, ok)
		return true
	})
	list := []Record{}
	for _, hospital := range hospitals {
		tasks, err := tasksOf(tx, w, hospital)
		if err != nil {
			return nil, err
		}
		list = append(list, tasks...)
	}
	return list, nil
}

func findTask(tx state.Tx, w *World, hospital int64, key string) (*Record, error) {
	tasks, err := tasksOf(tx, w, hospital)
	for i := range tasks {
		if tasks[i].Key == key {
			return &tasks[i], err
		}
	}
	return nil, err
}

// putTask changes or makes a task of a hospital.
func putTask(tx state.Tx, w *World, _ time.Time, key string, patch value.Record) (Record, error) {
	hospital, id, ok := splitTaskKey(key)
	if !ok {
		return Record{}, fmt.Errorf("%w: the key of a task is its hospitalId and its id, as in 197-242", ErrInvalid)
	}
	if err := agrees(patch, "hospitalId", strconv.FormatInt(hospital, 10)); err != nil {
		return Record{}, err
	}
	if err := agrees(patch, "id", strconv.FormatInt(id, 10)); err != nil {
		return Record{}, err
	}
	before, err := findTask(tx, w, hospital, key)
	if err != nil {
		return Record{}, err
	}
	var after value.Record
	if before != nil {
		after = merged(before.Value, patch)
	} else {
		after = inventTask(w, hospital, merged(patch, value.Record{"id": id}))
	}
	after["id"], after["hospitalId"] = id, hospital
	after = withInstants(after)
	return Record{Key: key, Value: after, Origin: WasPut}, held{Value: after}.write(tx, kindTask, key)
}

func deleteTask(tx state.Tx, w *World, _ time.Time, key string) (bool, error) {
	hospital, _, ok := splitTaskKey(key)
	if !ok {
		return false, nil
	}
	task, err := findTask(tx, w, hospital, key)
	if err != nil || task == nil {
		return false, err
	}
	return true, held{Gone: true}.write(tx, kindTask, key)
}
