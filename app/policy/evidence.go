package policy

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"tranche/workflow"
)

// A shape is a struct of the evidence as rules see it.
type shape struct {
	name   string // of the CEL type
	typ    *types.Type
	names  []string // of its fields, in their order
	fields map[string]*field
}

// A field is one member of a struct.
type field struct {
	index    int
	typ      *types.Type
	of       *shape // of a struct
	elements *shape // of a list of structs
	mayLack  bool   // an empty one says nothing: text and dates that the JSON leaves out
	value    func(v reflect.Value, path string) ref.Val
}

// The shapes of the evidence: shapes has every struct inside it by its name.
var (
	shapes   = map[string]*shape{}
	evidence = shapeOf(reflect.TypeFor[workflow.Evidence]())
)

// shapeOf describes a struct and everything in it. A type that rules cannot see
// yet panics when the program starts.
func shapeOf(t reflect.Type) *shape {
	name := "tranche." + t.Name()
	if s := shapes[name]; s != nil {
		return s
	}
	s := &shape{name: name, typ: types.NewObjectType(name), fields: map[string]*field{}}
	shapes[name] = s
	for i := range t.NumField() {
		tag, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		f := fieldOf(t.Field(i).Type)
		f.index, f.mayLack = i, f.mayLack && options == "omitzero"
		s.names, s.fields[tag] = append(s.names, tag), f
	}
	return s
}

func fieldOf(t reflect.Type) *field {
	switch {
	case t == reflect.TypeFor[workflow.Date]():
		return &field{typ: types.TimestampType, mayLack: true, value: func(v reflect.Value, _ string) ref.Val {
			return types.Timestamp{Time: workflow.Date(v.Int()).Time()}
		}}
	case t == reflect.TypeFor[workflow.Outcome]():
		return &field{typ: types.StringType, mayLack: true, value: func(v reflect.Value, _ string) ref.Val {
			return types.String(workflow.Outcome(v.Uint()).String())
		}}
	case t.Kind() == reflect.String:
		return &field{typ: types.StringType, mayLack: true, value: func(v reflect.Value, _ string) ref.Val { return types.String(v.String()) }}
	case t.Kind() == reflect.Bool:
		return &field{typ: types.BoolType, value: func(v reflect.Value, _ string) ref.Val { return types.Bool(v.Bool()) }}
	case t.Kind() == reflect.Int, t.Kind() == reflect.Int64:
		return &field{typ: types.IntType, value: func(v reflect.Value, _ string) ref.Val { return types.Int(v.Int()) }}
	case t == reflect.TypeFor[[]string]():
		return &field{typ: types.NewListType(types.StringType), value: func(v reflect.Value, _ string) ref.Val {
			return types.NewStringList(types.DefaultTypeAdapter, v.Interface().([]string))
		}}
	case t == reflect.TypeFor[map[string]string]():
		return &field{typ: types.NewMapType(types.StringType, types.StringType), value: func(v reflect.Value, _ string) ref.Val {
			return sorted(v.Interface().(map[string]string))
		}}
	case t.Kind() == reflect.Struct:
		s := shapeOf(t)
		return &field{typ: s.typ, of: s, value: s.object}
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		s := shapeOf(t.Elem())
		return &field{typ: types.NewListType(s.typ), elements: s, value: func(v reflect.Value, path string) ref.Val {
			list := make([]ref.Val, v.Len())
			for i := range list {
				list[i] = s.object(v.Index(i), path+"["+strconv.Itoa(i)+"]")
			}
			return types.NewRefValList(types.DefaultTypeAdapter, list)
		}}
	}
	panic(fmt.Sprintf("policy: rules cannot see a %s", t))
}

func (s *shape) object(v reflect.Value, path string) ref.Val { return &object{s, v, path} }

// get returns a field of v; the error says that nothing is known of it.
func (s *shape) get(v reflect.Value, path, name string) (ref.Val, error) {
	f, here := s.fields[name], strings.TrimPrefix(path+"."+name, ".")
	if f == nil {
		return nil, fmt.Errorf("there is no %q", name)
	}
	if f.mayLack && v.Field(f.index).IsZero() {
		return nil, fmt.Errorf("%s is not known", here)
	}
	return f.value(v.Field(f.index), here), nil
}

// An object is a struct of the evidence as a value of CEL.
type object struct {
	shape *shape
	value reflect.Value
	path  string // such as affiliates[2], for errors
}

var (
	_ traits.Indexer     = (*object)(nil)
	_ traits.FieldTester = (*object)(nil)
)

// Get implements traits.Indexer.
func (o *object) Get(name ref.Val) ref.Val {
	v, err := o.shape.get(o.value, o.path, fmt.Sprint(name.Value()))
	if err != nil {
		return types.WrapErr(err)
	}
	return v
}

// IsSet implements traits.FieldTester.
func (o *object) IsSet(name ref.Val) ref.Val {
	_, err := o.shape.get(o.value, o.path, fmt.Sprint(name.Value()))
	return types.Bool(err == nil)
}

// ConvertToNative implements ref.Val: no function of the environment asks for it.
func (o *object) ConvertToNative(t reflect.Type) (any, error) {
	return nil, fmt.Errorf("policy: %s does not become %s", o.shape.name, t)
}

// ConvertToType implements ref.Val.
func (o *object) ConvertToType(t ref.Type) ref.Val {
	switch t {
	case types.TypeType:
		return o.shape.typ
	case o.shape.typ:
		return o
	}
	return types.NewErr("%s does not become %s", o.shape.name, t.TypeName())
}

// Equal implements ref.Val.
func (o *object) Equal(other ref.Val) ref.Val {
	p, ok := other.(*object)
	return types.Bool(ok && o.shape == p.shape && reflect.DeepEqual(o.value.Interface(), p.value.Interface()))
}

// Type implements ref.Val.
func (o *object) Type() ref.Type { return o.shape.typ }

// Value implements ref.Val: fields are read from the object itself.
func (o *object) Value() any { return o }

// sorted is a map whose keys come in their order, so that a rule that goes through
// it gives the same answer and costs the same each time.
func sorted(m map[string]string) ref.Val {
	return &sortedMap{types.NewStringStringMap(types.DefaultTypeAdapter, m), slices.Sorted(maps.Keys(m))}
}

type sortedMap struct {
	traits.Mapper
	keys []string
}

// Iterator implements traits.Iterable.
func (m *sortedMap) Iterator() traits.Iterator {
	return types.NewStringList(types.DefaultTypeAdapter, m.keys).Iterator()
}

// A provider lets the type checker look into the shapes, beside the types that
// CEL brings.
type provider struct{ types.Provider }

// FindStructType implements types.Provider.
func (p provider) FindStructType(name string) (*types.Type, bool) {
	if s := shapes[name]; s != nil {
		return types.NewTypeTypeWithParam(s.typ), true
	}
	return p.Provider.FindStructType(name)
}

// FindStructFieldNames implements types.Provider.
func (p provider) FindStructFieldNames(name string) ([]string, bool) {
	if s := shapes[name]; s != nil {
		return s.names, true
	}
	return p.Provider.FindStructFieldNames(name)
}

// FindStructFieldType implements types.Provider.
func (p provider) FindStructFieldType(name, member string) (*types.FieldType, bool) {
	s := shapes[name]
	if s == nil {
		return p.Provider.FindStructFieldType(name, member)
	}
	f := s.fields[member]
	if f == nil {
		return nil, false
	}
	return &types.FieldType{
		Type: f.typ,
		IsSet: func(target any) bool {
			o, ok := target.(*object)
			return ok && o.IsSet(types.String(member)) == types.True
		},
		GetFrom: func(target any) (any, error) {
			o, ok := target.(*object)
			if !ok {
				return nil, fmt.Errorf("%T is no %s", target, name)
			}
			return o.shape.get(o.value, o.path, member)
		},
	}, true
}

// variables declares what the expressions may name.
func variables() []cel.EnvOption {
	options := make([]cel.EnvOption, len(evidence.names))
	for i, name := range evidence.names {
		options[i] = cel.Variable(name, evidence.fields[name].typ)
	}
	return options
}

// activation holds evidence as an expression sees it. What is not known is left out.
func activation(e *workflow.Evidence) map[string]any {
	all := make(map[string]any, len(evidence.names))
	v := reflect.ValueOf(e).Elem()
	for _, name := range evidence.names {
		if value, err := evidence.get(v, "", name); err == nil {
			all[name] = value
		}
	}
	return all
}
