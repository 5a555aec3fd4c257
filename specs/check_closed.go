package specs

import (
	"reflect"
	"slices"
	"strings"
)

// The words of a closed list stand in the tag one of a field of the vocabulary, what must be stated is tagged need. The
// strict reader and the JSON Schema of the vocabulary both read them there.

// oneOf is the closed list of a field, by its name in YAML.
func oneOf(statement any, field string) []string {
	t := reflect.TypeOf(statement)
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("yaml") == field {
			return strings.Fields(f.Tag.Get("one"))
		}
	}
	return nil
}

// hold reports every value of a statement, or of one within it, that its closed list does not have; below is where the
// statement stands in the part. What is not stated is for others to miss.
func (c wirePart) hold(below string, statement any) {
	v := reflect.ValueOf(statement)
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		name, known := below+tag.Get("yaml"), strings.Fields(tag.Get("one"))
		field := v.Field(i)
		if field.Kind() == reflect.Pointer && !field.IsNil() {
			field = field.Elem()
		}
		switch {
		case field.Kind() == reflect.Struct:
			c.hold(name+"/", field.Interface())
		case len(known) == 0:
		case field.Kind() == reflect.String && field.String() != "":
			c.one(name, field.String(), known...)
		case field.Kind() == reflect.Slice:
			for j := range field.Len() {
				c.one(name, field.Index(j).String(), known...)
			}
		}
	}
}

// alone reports what is stated beside the one word that takes a part back.
func (c wirePart) alone(field string, statement any) {
	v := reflect.ValueOf(statement)
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("yaml")
		if name != field && !v.Field(i).IsZero() {
			c.problem(name, "%s.%s: none takes the part back and stands alone, without %s", c.name, field, name)
		}
	}
}

// statedFields lists the fields of a statement that have a value, by their names in YAML.
func statedFields(statement any) []string {
	v := reflect.ValueOf(statement)
	var names []string
	for i := range v.NumField() {
		if !v.Field(i).IsZero() {
			names = append(names, v.Type().Field(i).Tag.Get("yaml"))
		}
	}
	slices.Sort(names)
	return names
}
