package learn

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"understudy/specs"
)

// decide says which traffic would tell an open reading from the others that stand, from what their contracts differ in.
func (l *learner) decide(question int, name string, standing []string) (en, zh string) {
	q := l.questions[question]
	mine, err := l.stands.under(q.choose(choice{}, name))
	if err != nil {
		return "", ""
	}
	words := &differences{}
	for _, other := range standing {
		if other == name {
			continue
		}
		theirs, err := l.stands.under(q.choose(choice{}, other))
		if err != nil {
			continue
		}
		a, _ := mine.contract.Value("")
		b, _ := theirs.contract.Value("")
		words.compare("", a, b)
	}
	words.contract = mine.contract
	return words.tell()
}

// differences are the places in which contracts differ.
type differences struct {
	contract *specs.Contract
	pointers []string
}

func (d *differences) compare(pointer string, a, b any) {
	if reflect.DeepEqual(a, b) || strings.HasPrefix(pointer, "/"+specs.KeyUnclear) {
		return
	}
	switch a := a.(type) {
	case map[string]any:
		if b, ok := b.(map[string]any); ok {
			names := sortedKeys(a)
			for _, name := range sortedKeys(b) {
				if _, ok := a[name]; !ok {
					names = append(names, name)
				}
			}
			for _, name := range names {
				d.compare(pointer+"/"+specs.EscapePointer(name), a[name], b[name])
			}
			return
		}
	case []any:
		if b, ok := b.([]any); ok && len(a) == len(b) {
			for i := range a {
				d.compare(pointer+"/"+strconv.Itoa(i), a[i], b[i])
			}
			return
		}
	}
	if !slices.Contains(d.pointers, pointer) {
		d.pointers = append(d.pointers, pointer)
	}
}

// tell says what an exchange needs for the differences to show.
func (d *differences) tell() (string, string) {
	var en, zh []string
	add := func(a, b string) {
		if !slices.Contains(en, a) {
			en, zh = append(en, a), append(zh, b)
		}
	}
	for _, p := range d.pointers {
		a, b := d.words(p)
		if a != "" {
			add(a, b)
		}
	}
	if len(en) == 0 {
		return "no traffic tells it from the others", "任何报文都无法区分"
	}
	const most = 3
	n := min(len(en), most)
	return strings.Join(en[:n], "; or "), strings.Join(zh[:n], "；或 ")
}

// words says which traffic shows a place of the contract.
func (d *differences) words(p string) (en, zh string) {
	in := ""
	for _, op := range d.contract.Operations {
		if strings.HasPrefix(p, op.Pointer+"/") {
			in = op.ID
		}
	}
	call := func() (string, string) {
		if in == "" {
			return "a call", "一次调用"
		}
		return "a call of " + in, "调用一次 " + in
	}
	a, b := call()
	tail := p[strings.LastIndexByte(p, '/')+1:]
	switch {
	case strings.Contains(p, "/callbacks/"):
		return "a call that the vendor makes after " + in, in + " 之后对方发起的一次回调"
	case strings.HasPrefix(p, "/"+specs.KeyErrors+"/"):
		row := d.row(p)
		if strings.Contains(p, "/conditions") {
			return "a call that the vendor refuses with " + row + " under one reading and takes under the other", "一次在不同理解下会被接受或以 " + row + " 拒绝的调用"
		}
		return "an error " + row, "一次 " + row + " 错误"
	case strings.Contains(p, "/"+specs.KeyWire+"/seal/failures"):
		return "any error of a sealed operation", "加密接口的任意一次失败"
	case strings.Contains(p, "/"+specs.KeyWire+"/seal/carriers"):
		return a + " whose ciphertext travels in another carrier", b + "，密文换一种承载方式"
	case strings.Contains(p, "/"+specs.KeyWire+"/seal/labels"):
		return a + " under another Content-Type", b + "，换一种 Content-Type"
	case strings.Contains(p, "/"+specs.KeyWire+"/seal/"):
		return a + " whose ciphertext has another encoding", b + "，密文换一种编码"
	case strings.Contains(p, "/"+specs.KeyWire+"/formats/default"):
		return a + " that asks for no format", b + "，不指定返回格式"
	case strings.Contains(p, "/"+specs.KeyWire+"/formats/lists"):
		return "a JSON answer with a list that is not empty", "一次含非空列表的 JSON 返回"
	case strings.Contains(p, "/"+specs.KeyWire+"/formats/form"):
		return a + " whose fields stand in another place", b + "，字段换一个位置"
	case strings.Contains(p, "/"+specs.KeyWire+"/envelope"):
		return "a call that works", "一次成功的调用"
	case strings.Contains(p, "/responses/"):
		return "an answer of " + in + " that differs there", in + " 的一次相应返回"
	case strings.HasPrefix(p, "/components/schemas/"):
		parts := strings.Split(p, "/")
		name := specs.UnescapePointer(parts[3])
		for i := 4; i+1 < len(parts); i++ {
			if parts[i] == "properties" {
				name += "." + specs.UnescapePointer(parts[i+1])
			}
		}
		if tail == "description" {
			return "", ""
		}
		return fmt.Sprintf("an exchange in which %s is set", name), "一次含有 " + name + " 的报文"
	case tail == "description" || tail == "x-resource":
		return "", ""
	}
	return a, b
}

// row is the id of the row that a pointer leads into.
func (d *differences) row(p string) string {
	i, err := strconv.Atoi(strings.Split(p, "/")[2])
	if err != nil || i >= len(d.contract.Errors) {
		return "of the catalogue"
	}
	return d.contract.Errors[i].ID
}
