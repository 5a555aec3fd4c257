package fake

import (
	"fmt"
	"time"
)

// Task is a task that a check-up centre's agent runs on a schedule.
type Task struct {
	// ID is positive and unique in its list.
	ID int64
	// Command is the task's mark, for example orderdone.
	Command string
	// Bean names the task's class on the agent, for example syncOrderDoneTask.
	Bean string
	// Cron is a Quartz expression; see Source.Cron.
	Cron string
	// Init says whether the task has been initialised.
	Init bool
	// Params are the task's parameters: pageSize in rows, syncDays in days.
	// Nil when the task has none, as in one printed sample (T-9).
	Params map[string]int
	// Created and Modified are whole seconds, in this order, before the
	// instant that the list was asked for.
	Created, Modified time.Time
}

// taskKind is a command with its bean; an agent knows each at most once.
type taskKind struct{ command, bean string }

// The first two kinds are the documented ones (T-29) and always present.
var taskKinds = [...]taskKind{
	{"orderdone", "syncOrderDoneTask"},
	{"examitem", "syncExamItemTask"},
	{"examreport", "syncExamReportTask"},
	{"orderrefund", "syncOrderRefundTask"},
	{"checkpackage", "syncCheckPackageTask"},
	{"quotaday", "syncQuotaDayTask"},
	{"arrival", "syncArrivalTask"},
}

const alwaysEnabled = 2

// Tasks returns the task list of this key, 2 to 7 tasks in a fixed order. Give
// an instant that stays the same for the key (the session's start), because
// Created and Modified count back from it.
func (s Source) Tasks(at time.Time) []Task {
	tasks := make([]Task, 0, len(taskKinds))
	id := int64(s.Sub("id").Between(100, 9000))
	for i, kind := range taskKinds {
		own := s.Sub("task", kind.command)
		id += int64(own.Sub("gap").Between(1, 9))
		if i >= alwaysEnabled && !own.Sub("enabled").Chance(0.5) {
			continue
		}
		tasks = append(tasks, own.task(id, kind, at))
	}
	return tasks
}

// Task returns the task of this key alone with a given id, as it stands before
// an instant. Its command is one of those that Tasks gives.
func (s Source) Task(id int64, at time.Time) Task {
	return s.task(id, taskKinds[s.Sub("kind").Intn(len(taskKinds))], at)
}

func (s Source) task(id int64, kind taskKind, at time.Time) Task {
	modified := s.Sub("modified").PastInstant(at, 90)
	return Task{
		ID:       id,
		Command:  kind.command,
		Bean:     kind.bean,
		Cron:     s.Sub("cron").Cron(),
		Init:     s.Sub("init").Chance(0.3),
		Params:   s.Sub("params").taskParams(),
		Created:  s.Sub("created").PastInstant(modified, 700),
		Modified: modified,
	}
}

func (s Source) taskParams() map[string]int {
	switch s.Sub("kind").Intn(3) {
	case 0:
		return nil
	case 1:
		return map[string]int{"pageSize": 100 * s.Sub("size").Between(1, 10)}
	default:
		return map[string]int{
			"pageSize": 100 * s.Sub("size").Between(1, 10),
			"syncDays": s.Sub("days").Between(1, 30),
		}
	}
}

// Cron returns a Quartz cron expression of six fields, seconds first (T-10),
// with "?" in exactly one of day-of-month and day-of-week.
func (s Source) Cron() string {
	second, minute, hour := s.Sub("second").Intn(60), s.Sub("minute").Intn(60), s.Sub("hour").Intn(24)
	step := s.Sub("step")
	switch s.Sub("form").Intn(9) {
	case 0, 1:
		return "0/" + step.Pick([]string{"5", "10", "15", "20", "30"}) + " * * * * ?"
	case 2, 3:
		return "0 0/" + step.Pick([]string{"1", "2", "5", "10", "15", "30"}) + " * * * ?"
	case 4:
		return fmt.Sprintf("%d %d 0/%s * * ?", second, minute, step.Pick([]string{"1", "2", "4", "6", "12"}))
	case 5:
		return fmt.Sprintf("%d %d %d * * ?", second, minute, hour)
	case 6:
		return fmt.Sprintf("%d %d %d ? * MON-FRI", second, minute, hour)
	case 7:
		return fmt.Sprintf("%d %d 8-17 ? * *", second, minute)
	default:
		return fmt.Sprintf("%d %d %d %d * ?", second, minute, hour, s.Sub("day").Between(1, 28))
	}
}
