package fake

import (
	"strings"
	"testing"

	"github.com/reugn/go-quartz/quartz"
)

func TestEveryCronParses(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for i := range 5000 {
		cron := New(3, "cron").Index(i).Cron()
		trigger, err := quartz.NewCronTriggerWithLoc(cron, zone)
		if err != nil {
			t.Fatalf("%q: %v", cron, err)
		}
		if next, err := trigger.NextFireTime(noon().UnixNano()); err != nil || next <= noon().UnixNano() {
			t.Fatalf("%q never fires: %d, %v", cron, next, err)
		}
		fields := strings.Fields(cron)
		if len(fields) != 6 || (fields[3] == "?") == (fields[5] == "?") || strings.Count(cron, "?") != 1 {
			t.Fatalf("%q: want six fields and one ? in day-of-month or day-of-week", cron)
		}
		seen[cron] = true
	}
	if len(seen) < 500 {
		t.Errorf("only %d different expressions", len(seen))
	}
}

func TestTasks(t *testing.T) {
	t.Parallel()
	lengths := map[int]bool{}
	params := map[int]bool{}
	for i := range 500 {
		tasks := New(3, "tasks").Index(i).Tasks(noon())
		lengths[len(tasks)] = true
		if len(tasks) < 2 || tasks[0].Command != "orderdone" || tasks[0].Bean != "syncOrderDoneTask" ||
			tasks[1].Command != "examitem" || tasks[1].Bean != "syncExamItemTask" {
			t.Fatalf("the documented tasks are not first: %+v", tasks)
		}
		last := int64(0)
		commands := map[string]bool{}
		for _, task := range tasks {
			if task.ID <= last || commands[task.Command] {
				t.Fatalf("task %+v repeats an id or a command", task)
			}
			last, commands[task.Command] = task.ID, true
			if !task.Created.Before(task.Modified) || !task.Modified.Before(noon()) || task.Created.Nanosecond() != 0 {
				t.Fatalf("created %v, modified %v", task.Created, task.Modified)
			}
			if size, ok := task.Params["pageSize"]; task.Params != nil && (!ok || size < 100 || size > 1000) {
				t.Fatalf("params %v", task.Params)
			}
			params[len(task.Params)] = true
		}
	}
	if len(lengths) < 4 || len(params) != 3 {
		t.Errorf("lengths %v, numbers of parameters %v", lengths, params)
	}
}

func TestATaskAlone(t *testing.T) {
	t.Parallel()
	commands := map[string]bool{}
	for i := range 100 {
		s := New(3, "task").Index(i)
		task := s.Task(int64(i), noon())
		if task.ID != int64(i) || task.Command == "" || task.Bean == "" || !task.Created.Before(task.Modified) || !task.Modified.Before(noon()) {
			t.Fatalf("%+v", task)
		}
		if again := s.Task(int64(i), noon()); again.Cron != task.Cron || again.Command != task.Command {
			t.Fatalf("%+v and %+v", task, again)
		}
		commands[task.Command] = true
	}
	if len(commands) != len(taskKinds) {
		t.Errorf("only %d commands", len(commands))
	}
}
