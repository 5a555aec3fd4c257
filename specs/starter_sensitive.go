package specs

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// sensitive suggests x-sensitive for members whose names promise personal data or secrets.
func (w *starterWriter) sensitive() {
	var lines []string
	w.members("$", w.contract.raw.clone().root, func(path, name string, member *yaml.Node) {
		kind := sensitiveNames()[strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))]
		if kind == "" || len(lines) >= 2*mostSensitive || strings.ContainsAny(path, "\\\n") {
			return
		}
		action := []string{"- target: " + quoted(path), fmt.Sprintf("  update: {%s: %s}", KeySensitive, kind)}
		if (suggestion{lines: action}).fits(1) {
			lines = append(lines, action...)
		}
	})
	if len(lines) == 0 {
		return
	}
	if !w.applies(w.wireRoot, lines) {
		var good []string
		for i := 0; i < len(lines); i += 2 {
			if w.applies(w.wireRoot, lines[i:i+2]) {
				good = append(good, lines[i:i+2]...)
			}
		}
		lines = good
	}
	w.suggest(1, suggestion{why: []string{"Personal data and secrets: masked in what is shown and kept, and made up believably."}, lines: lines})
}

// sensitiveNames maps names, in lower case and without marks, to what they promise.
func sensitiveNames() map[string]string {
	names := map[string]string{}
	for kind, list := range map[string]string{
		"id-card":     "idcard idcardno idcardnum idcardnumber idno identityno identitycard certno certificateno",
		"mobile":      "mobile mobileno mobilephone phone phoneno phonenum phonenumber telephone tel",
		"name":        "realname fullname patientname personname customername contactname membername truename xm",
		"birth-date":  "birthday birthdate dateofbirth",
		"health-card": "healthcard healthcardno medicalcardno",
		"token":       "token accesstoken refreshtoken",
		"secret":      "password passwd pwd secret appsecret clientsecret",
	} {
		for name := range strings.FieldsSeq(list) {
			names[name] = kind
		}
	}
	return names
}

// members visits every member that a schema of the document states, by its JSONPath; what is marked already, or stands
// elsewhere by a $ref, is passed over.
func (w *starterWriter) members(path string, n *yaml.Node, visit func(path, name string, member *yaml.Node)) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, child := n.Content[i].Value, n.Content[i+1]
			if slices.Contains([]string{"example", "examples", "default", "enum", "const"}, key) || strings.HasPrefix(key, "x-") || strings.ContainsRune(key, '\'') {
				continue
			}
			below := path + step(key)
			if key == "properties" && child.Kind == yaml.MappingNode {
				for j := 0; j+1 < len(child.Content); j += 2 {
					name, member := child.Content[j].Value, child.Content[j+1]
					if member.Kind != yaml.MappingNode || strings.ContainsRune(name, '\'') {
						continue
					}
					if keyAt(member, "$ref") < 0 && keyAt(member, KeySensitive) < 0 {
						visit(below+step(name), name, member)
					}
					w.members(below+step(name), member, visit)
				}
				continue
			}
			w.members(below, child, visit)
		}
	case yaml.SequenceNode:
		for i, child := range n.Content {
			w.members(path+"["+strconv.Itoa(i)+"]", child, visit)
		}
	}
}

var shortName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// step is how a JSONPath goes on to a member: by its name where that is a plain word, else in brackets.
func step(name string) string {
	if shortName.MatchString(name) {
		return "." + name
	}
	return "['" + name + "']"
}
