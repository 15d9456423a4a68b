package input

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"tranche/workflow"
)

// An Uploaded is a file that came with a form. A browser sends one without a name
// where nothing was chosen.
type Uploaded struct {
	Name string // without a folder
	Body []byte
}

// maxFileName is the most characters of a file's name.
const maxFileName = 200

func (s Set) fileField(r *reading, f workflow.Field, came Uploaded) {
	if came.Name == "" && len(came.Body) == 0 {
		r.addEmpty(s.empty(f))
		return
	}
	r.add(readFile(f, came))
}

// readFile reads a file's name. What its bytes are is for the rules to see.
func readFile(f workflow.Field, came Uploaded) (workflow.Input, *Error) {
	name := came.Name[strings.LastIndexAny(came.Name, `/\`)+1:]
	in, wrong := readText(workflow.Field{Name: f.Name, Kind: workflow.Line, Max: maxFileName}, name)
	switch {
	case wrong != nil:
		return workflow.Input{}, wrong
	case in.Text == "" || len(came.Body) == 0:
		return workflow.Input{}, no(f, ReasonNotFile)
	case len(came.Body) > workflow.MaxFile:
		return workflow.Input{}, noLimit(f, ReasonFileSize, workflow.MaxFile>>20)
	}
	in.Body = came.Body
	return in, nil
}

// readFileObject reads {"name":"fy2025.pdf","content":"JVBERi0…"}; the content is
// base64 as RFC 4648 §4 has it.
func readFileObject(f workflow.Field, v any) (workflow.Input, *Error, error) {
	o, isObject := v.(object)
	if !isObject {
		return workflow.Input{}, no(f, ReasonNotFile), nil
	}
	for _, m := range o {
		if m.name != "name" && m.name != "content" {
			return workflow.Input{}, nil, &Unreadable{f.Name + "." + m.name, ReasonUnknown}
		}
	}
	name, named := o.at("name").(string)
	content, filled := o.at("content").(string)
	body, err := base64.StdEncoding.Strict().DecodeString(content)
	if !named || !filled || err != nil {
		return workflow.Input{}, no(f, ReasonNotFile), nil
	}
	in, wrong := readFile(f, Uploaded{name, body})
	return in, wrong, nil
}

// fileIn is the field of one of f's files.
func fileIn(f workflow.Field, name string) workflow.Field {
	return workflow.Field{Name: f.Name + "." + name, Kind: workflow.File}
}

// addFiles reads files by name. One without a name and bytes is to be taken away.
func (r *reading) addFiles(f workflow.Field, files map[string]Uploaded) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		one, came := fileIn(f, name), files[name]
		switch {
		case !isName(name):
			r.add(workflow.Input{}, no(f, ReasonNotFile))
		case came.Name == "" && len(came.Body) == 0:
			r.add(workflow.Input{Name: one.Name}, nil)
		default:
			r.add(readFile(one, came))
		}
	}
}

// jsonFiles reads an object of files by name; null takes a file away.
func (r *reading) jsonFiles(f workflow.Field, v any) error {
	o, isObject := v.(object)
	if !isObject {
		r.add(workflow.Input{}, no(f, ReasonNotFile))
		return nil
	}
	for _, m := range o {
		if m.value == nil || !isName(m.name) {
			r.addFiles(f, map[string]Uploaded{m.name: {}})
			continue
		}
		in, wrong, err := readFileObject(fileIn(f, m.name), m.value)
		if err != nil {
			return err
		}
		r.add(in, wrong)
	}
	return nil
}
