package behave

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"understudy/mock/internal/state"
	"understudy/mock/internal/value"
)

func weixiaoKinds() []kind {
	pushes := Kind{Name: "pushes", Schema: "/components/schemas/Push", Key: "NUMBER"}
	return []kind{
		{
			Kind: Kind{Name: kindsProjects, Schema: "/components/schemas/Project", Key: "id"},
			data: &dataRules{
				key: "id", mint: func(n int) any { return int64(n) }, unique: "project", most: mostProjects,
				complete: func(_ *World, _ int, given value.Record) value.Record {
					id, _ := value.Whole(given, "id")
					return merged(inventProject(id).record(), given)
				},
			},
			list:   listProjects,
			put:    putProject,
			delete: deleteProject,
		},
		appendedKind(pushes, kindPush, takenPush),
	}
}

// takenPush is a push as it came in, under its number in the session, which the delivery log names as well.
func takenPush(number int64, record []byte) (Record, error) {
	var p push
	if err := json.Unmarshal(record, &p); err != nil {
		return Record{}, fmt.Errorf("a push: %w", err)
	}
	fields, err := decodeRecord(p.Fields)
	return Record{Key: strconv.FormatInt(number, 10), Value: fields, At: p.At}, err
}

func listProjects(tx state.Tx, w *World, _ time.Time) ([]Record, error) {
	projects, err := projectsOf(tx, w)
	list := make([]Record, len(projects))
	for i, p := range projects {
		_, changed := tx.Get(kindProject, p.key())
		list[i] = Record{Key: p.key(), Value: p.record(), Origin: FromData}
		if changed {
			list[i].Origin = WasPut
		}
	}
	return list, err
}

// projectID reads the key of a project: its id, without a needless digit.
func projectID(key string) (int64, bool) {
	id, err := strconv.ParseInt(key, 10, 64)
	return id, err == nil && id > 0 && strconv.FormatInt(id, 10) == key
}

// putProject does what a caller's addPushProject and updatePushProject do, under any id that is free.
func putProject(tx state.Tx, w *World, now time.Time, key string, patch value.Record) (Record, error) {
	id, ok := projectID(key)
	if !ok {
		return Record{}, fmt.Errorf("%w: the key of a project is its id, a whole number from 1 on", ErrInvalid)
	}
	if err := agrees(patch, "id", key); err != nil {
		return Record{}, err
	}
	p, found, err := findProject(tx, w, id)
	if err != nil {
		return Record{}, err
	}
	before := &p
	if !found {
		before, p = nil, inventProject(id)
	}
	record := merged(p.record(), patch)
	record["id"] = id
	after, err := projectOf(record)
	if err != nil {
		return Record{}, err
	}
	var taken *nameTaken
	if err = keepProject(tx, w, now, before, after); errors.As(err, &taken) {
		return Record{}, fmt.Errorf("%w: project %d has that name", ErrConflict, taken.id)
	}
	return Record{Key: key, Value: record, Origin: WasPut}, err
}

func deleteProject(tx state.Tx, w *World, now time.Time, key string) (bool, error) {
	id, ok := projectID(key)
	if !ok {
		return false, nil
	}
	p, found, err := findProject(tx, w, id)
	if err != nil || !found {
		return false, err
	}
	return true, dropProject(tx, w, now, p)
}
