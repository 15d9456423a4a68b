package api

import (
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"tranche/app/input"
	"tranche/models"
	"tranche/workflow"
)

// A property is one member of an object.
type property struct {
	name   string
	schema *openapi3.SchemaRef
}

// object describes an object that has exactly these members, all of them.
func object(properties ...property) *openapi3.SchemaRef {
	s := openapi3.NewObjectSchema()
	for _, p := range properties {
		s.WithPropertyRef(p.name, p.schema)
		s.Required = append(s.Required, p.name)
	}
	if len(properties) > 0 {
		s.WithoutAdditionalProperties()
	}
	return value(s)
}

// optional is object with members that may be missing.
func optional(o *openapi3.SchemaRef, properties ...property) *openapi3.SchemaRef {
	for _, p := range properties {
		o.Value.WithPropertyRef(p.name, p.schema)
	}
	return o
}

func value(s *openapi3.Schema) *openapi3.SchemaRef { return &openapi3.SchemaRef{Value: s} }

func ref(name string) *openapi3.SchemaRef {
	return &openapi3.SchemaRef{Ref: "#/components/schemas/" + name}
}

func array(items *openapi3.SchemaRef) *openapi3.SchemaRef {
	s := openapi3.NewArraySchema()
	s.Items = items
	return value(s)
}

func enum(choices []string) *openapi3.Schema {
	s := openapi3.NewStringSchema()
	for _, c := range choices {
		s.Enum = append(s.Enum, c)
	}
	return s
}

func describe(s *openapi3.Schema, words string) *openapi3.Schema {
	s.Description = words
	return s
}

// orNull describes what is null as long as it is not there. OpenAPI 3.1 says so
// with the type; "nullable" is of 3.0.
func orNull(s *openapi3.Schema) *openapi3.SchemaRef {
	types := append(openapi3.Types{}, *s.Type...)
	types = append(types, "null")
	s.Type = &types
	return value(s)
}

// decimal is an amount or a rate as text.
func decimal() *openapi3.Schema {
	return openapi3.NewStringSchema().WithPattern(`^(0|[1-9][0-9]*)(\.[0-9]+)?$`)
}

func text() *openapi3.SchemaRef    { return value(openapi3.NewStringSchema()) }
func number() *openapi3.SchemaRef  { return value(openapi3.NewInt64Schema()) }
func instant() *openapi3.SchemaRef { return value(openapi3.NewDateTimeSchema()) }

// A day and an ID, as they stand in records and requests.
func day() *openapi3.Schema { return openapi3.NewStringSchema().WithFormat("date") }
func id() *openapi3.Schema  { return openapi3.NewInt64Schema().WithMin(1) }

// amountPattern is what workflow.ParseCents reads, and moneyPattern that with a minus for
// sums of the books.
const (
	amountPattern = `(0|[1-9][0-9]{0,12})(\.[0-9]{2})?$`
	moneyPattern  = `^-?` + amountPattern
)

// sharedSchemas are those that belong to no noun.
func sharedSchemas() openapi3.Schemas {
	return openapi3.Schemas{
		"Money": object(
			property{"amount", value(openapi3.NewStringSchema().WithPattern(moneyPattern))},
			property{"currency", value(enum([]string{input.Currency}))}),
		"File": object(
			property{"name", value(openapi3.NewStringSchema().WithMinLength(1).WithMaxLength(200))},
			property{"content", value(describe(openapi3.NewStringSchema().WithFormat("byte"),
				"Base64. "+typeNames()+" of at most 10 MiB, or what is told for its place; what it is follows from its bytes, and the extension of its name must say the same."))}),
		"Sign": object(property{"by", text()}, property{"score", number()}, property{"a", text()}, property{"b", text()}),
		"Attachment": object(
			property{"code", text()}, property{"name", text()}, property{"type", value(enum(append(strings.Split(typeNames(), ", "), "HTML")))},
			property{"size", number()}, property{"sha256", text()}),
		"Flag": optional(object(property{"code", value(enum(workflow.FlagCodes))}), property{"at", instant()}),
		"Answer": object(
			property{"noun", text()}, property{"id", value(id())}, property{"state", text()},
			property{"version", number()}, property{"event", number()}),
		"Problem": object(
			property{"type", text()}, property{"title", text()}, property{"status", number()}, property{"detail", text()},
			property{"reason", text()}, property{"request_id", text()},
			property{"errors", array(optional(object(property{"field", text()}, property{"reason", text()}, property{"message", text()}),
				property{"line", number()}, property{"column", number()}, property{"path", text()}))}),
		"Events": object(property{"items", array(object(
			property{"id", number()}, property{"version", number()}, property{"action", text()}, property{"start", text()},
			property{"end", text()}, property{"at", instant()}, property{"actor", orNull(id())}, property{"on_behalf", orNull(id())}))}),
		"Verdicts": object(property{"items", array(object(
			property{"event", number()}, property{"action", text()}, property{"at", instant()},
			property{"verdict", value(describe(openapi3.NewObjectSchema(), "As it is stored; an applicant reads no figure of another organization."))}))}),
		"Receipts": object(property{"items", array(object(
			property{"application", value(id())}, property{"number", text()}, property{"organization", text()}, property{"submission", number()},
			property{"received_at", instant()}, property{"deadline", orNull(openapi3.NewDateTimeSchema())}, property{"sha256", text()}, property{"documents", array(ref("Attachment"))}, property{"event", number()},
			property{"event_hash", text()}, property{"previous_hash", text()}))}),
		"Inquiries": object(property{"items", array(object(property{"number", number()}, property{"name", text()}, property{"text", text()},
			property{"answer", text()}, property{"files", array(ref("Attachment"))}, property{"open", value(openapi3.NewBoolSchema())}))},
			property{"changes", array(object(property{"name", text()}, property{"was", text()}, property{"is", text()}))}),
		"MailsAbout": object(property{"items", array(object(
			property{"id", value(id())}, property{"event", number()}, property{"kind", text()}, property{"person", value(id())},
			property{"language", value(enum(workflow.Languages))}, property{"subject", text()},
			property{"state", value(enum([]string{models.MessageQueued, models.MessageSent, models.MessageFailed, models.MessageKept}))},
			property{"attempts", number()}, property{"error", text()}, property{"made", instant()}, property{"sent", orNull(openapi3.NewDateTimeSchema())}))}),
		"LettersAbout": object(property{"items", array(object(
			property{"id", value(id())}, property{"event", number()}, property{"about", text()}, property{"made", instant()},
			property{"language", value(enum(workflow.Languages))}, property{"documents", array(ref("Attachment"))}, property{"award", orNull(id())}, property{"revision", number()}, property{"superseded", value(openapi3.NewBoolSchema())}))}),
		"Me": object(property{"person", ref("Person")}, property{"roles", array(object(
			property{"role", text()}, property{"program", orNull(id())}, property{"organization", orNull(id())}, property{"for", orNull(id())}))}),
		"Overdue": optional(object(property{"items", array(object(property{"id", value(id())}, property{"number", text()}, property{"state", text()},
			property{"due", value(openapi3.NewStringSchema().WithFormat("date"))}, property{"officer", orNull(id())}, property{"submitted_at", instant()}))},
			property{"count", number()}), property{"next", text()}),
		"Desk": optional(object(property{"items", array(object(property{"noun", text()}, property{"id", value(id())}, property{"state", text()}, property{"version", number()},
			property{"since", instant()}, property{"due", orNull(openapi3.NewStringSchema().WithFormat("date"))}, property{"action", text()}, property{"reason", text()}, property{"barred", value(openapi3.NewBoolSchema())}, property{"for", orNull(id())}))},
			property{"counts", array(object(property{"noun", text()}, property{"state", text()}, property{"action", text()}, property{"count", number()}))}), property{"next", text()}),
		"Reconciled": optional(object(property{"exported", ref("Money")}, property{"settled", ref("Money")}, property{"returned", ref("Money")},
			property{"in_flight", ref("Money")}, property{"refused", ref("Money")}, property{"difference", ref("Money")}),
			property{"batch", value(id())}, property{"fund", value(id())}, property{"name", text()}, property{"day", text()}),
		"Reconciliation": object(property{"sum", ref("Reconciled")}, property{"whole", value(openapi3.NewBoolSchema())},
			property{"batches", array(ref("Reconciled"))}, property{"days", array(ref("Reconciled"))}, property{"funds", array(ref("Reconciled"))}),
		"Ledger": optional(object(property{"trial", array(object(property{"account", text()}, property{"ussgl", text()}, property{"opening", ref("Money")},
			property{"in", ref("Money")}, property{"out", ref("Money")}, property{"closing", ref("Money")}))}, property{"count", number()},
			property{"items", array(object(property{"event", number()}, property{"seq", number()}, property{"at", instant()}, property{"fund", value(id())},
				property{"application", orNull(id())}, property{"from", text()}, property{"to", text()}, property{"amount", ref("Money")},
				property{"noun", text()}, property{"id", value(id())}, property{"action", text()}))}), property{"next", text()}),
		"BulkOrder": optional(object(property{"action", value(enum(bulkActions()))}, property{"items", array(optional(object(property{"id", value(id())},
			property{"version", number()}), property{"key", text()}, property{"inputs", object()}))}),
			property{"dry_run", value(openapi3.NewBoolSchema())}, property{"inputs", object()},
			property{"seed", value(describe(openapi3.NewInt64Schema(), "Draws who is to get each item that names nobody. The same seed and facts give the same."))}),
		"Reviewers": object(property{"items", array(object(property{"grant", value(id())}, property{"person", value(id())}, property{"name", text()},
			property{"program", value(id())}, property{"version", number()}, property{"expertise", array(text())}, property{"max_reviews", number()}, property{"open", number()},
			property{"submitted", number()}, property{"declined", number()}, property{"recused", number()}, property{"conflicts", number()}))}),
		"BulkResults": object(property{"items", array(object(property{"id", value(id())}, property{"status", number()}, property{"reason", text()},
			property{"state", text()}, property{"version", number()}, property{"event", number()}, property{"replayed", value(openapi3.NewBoolSchema())}))}),
		"PolicyCheck": object(property{"prefix", text()}, property{"phases", number()}, property{"opportunities", number()}),
		"PolicyDiff": object(property{"against", orNull(openapi3.NewInt64Schema())}, property{"changes", array(object(
			property{"where", text()}, property{"key", text()}, property{"item", text()}, property{"before", text()}, property{"after", text()}))}),
		"PolicySimulation": object(property{"applications", number()}, property{"untouched", number()}, property{"changed", number()},
			property{"before", ref("OutcomeCounts")}, property{"after", ref("OutcomeCounts")},
			property{"reasons", array(object(property{"code", text()}, property{"label", object(property{"en", text()}, property{"zh-TW", text()})},
				property{"comes", number()}, property{"goes", number()}))},
			property{"cases", array(object(property{"application", value(id())}, property{"number", text()}, property{"state", text()},
				property{"opportunity", text()}, property{"organization", text()}, property{"before", text()}, property{"after", text()},
				property{"comes", array(text())}, property{"goes", array(text())}))}),
		"OutcomeCounts": optional(object(), property{"pass", number()}, property{"refer", number()}, property{"fail", number()}),
		"BankFile": object(property{"lines", array(object(
			property{"line", number()}, property{"trace", text()}, property{"code", text()},
			property{"result", value(enum(BankResults))}, property{"reason", text()}))}),
	}
}

// typeNames lists the types of files.
func typeNames() string {
	var names []string
	for _, t := range workflow.FileTypes {
		names = append(names, t.Name)
	}
	return strings.Join(names, ", ")
}

// always are the columns that every viewer of a record gets.
var always = []string{"id", "state", "version", "made", "changed"}

// recordSchema describes a record of k. Which of the other columns a viewer gets
// follows from their roles.
func recordSchema(k *kind) *openapi3.Schema {
	s := openapi3.NewObjectSchema().WithoutAdditionalProperties().WithRequired(append(slices.Clone(always), "actions"))
	for _, cell := range models.Columns(k.noun) {
		s.WithPropertyRef(cell.Name, k.cellSchema(cell))
	}
	var names []string
	for i := range k.actions {
		names = append(names, k.actions[i].name())
	}
	return s.WithPropertyRef("actions", array(value(enum(names))))
}

// cellSchema describes what value writes.
func (k *kind) cellSchema(cell models.Cell) *openapi3.SchemaRef {
	switch cell.Value.(type) {
	case *string:
		switch k.many[cell.Name] {
		case workflow.Codes:
			return array(text())
		case workflow.Answers:
			return value(openapi3.NewObjectSchema().WithAdditionalProperties(openapi3.NewStringSchema()))
		}
		return text()
	case *workflow.Attachments:
		return array(ref("Attachment"))
	case *workflow.Flags:
		return array(ref("Flag"))
	case *workflow.Signs:
		return array(ref("Sign"))
	case *workflow.Cents:
		return ref("Money")
	case *workflow.Amount, *workflow.PerUnit:
		return value(decimal())
	case *workflow.ID:
		return orNull(id())
	case *workflow.Date:
		return orNull(day())
	case *time.Time:
		return orNull(openapi3.NewDateTimeSchema())
	case *bool:
		return value(openapi3.NewBoolSchema())
	case *int64:
		return number()
	case *workflow.State:
		if cell.Name == "state" {
			return value(enum(k.states))
		}
		return orNull(openapi3.NewStringSchema())
	case *workflow.Basis:
		return text()
	}
	return orNull(openapi3.NewStringSchema()) // a noun or a role
}

// bodySchema describes a body of fields, and says whether there must be one.
func bodySchema(fields []workflow.Field) (*openapi3.Schema, bool) {
	s := openapi3.NewObjectSchema().WithoutAdditionalProperties()
	for _, f := range fields {
		s.WithPropertyRef(f.Name, fieldSchema(f))
		if !f.Optional {
			s.Required = append(s.Required, f.Name)
		}
	}
	return s, len(s.Required) > 0
}

// refFor refers to the schema of a field; an optional one may be null.
func refFor(f workflow.Field, name string) *openapi3.SchemaRef {
	if !f.Optional {
		return ref(name)
	}
	either := openapi3.NewSchema()
	either.AnyOf = openapi3.SchemaRefs{ref(name), value(openapi3.NewSchema().WithTypes("null"))}
	return value(either)
}

// fieldSchema describes one field of a request; an optional one may be null.
func fieldSchema(f workflow.Field) *openapi3.SchemaRef {
	var s *openapi3.Schema
	switch f.Kind {
	case workflow.Money:
		return refFor(f, "Money")
	case workflow.Stated:
		s = openapi3.NewStringSchema().WithPattern("^" + amountPattern)
	case workflow.File:
		return refFor(f, "File")
	case workflow.Files:
		one := f
		one.Optional = true // null takes a file away
		s = describe(openapi3.NewObjectSchema(), "Files by the code of the document that the terms ask for; null takes one away, and what is not named stays.")
		s.AdditionalProperties = openapi3.AdditionalProperties{Schema: refFor(one, "File")}
	case workflow.Count:
		s = openapi3.NewInt64Schema().WithMin(float64(f.Min)).WithMax(float64(f.Max))
	case workflow.Check:
		s = openapi3.NewBoolSchema()
	case workflow.Choice:
		s = enum(f.Choices)
	case workflow.Codes:
		items := enum(f.Choices)
		if f.Open { // the choices are the usual ones
			items = describe(openapi3.NewStringSchema().WithPattern(input.NamePattern), "Usually one of: "+strings.Join(f.Choices, ", ")+".")
		}
		s = openapi3.NewArraySchema().WithItems(items).WithUniqueItems(true).WithMaxItems(input.MaxCodes)
		if !f.Optional {
			s.WithMinItems(1)
		}
	case workflow.Answers:
		answer := openapi3.NewSchema().WithTypes("string", "integer", "boolean", "null")
		s = openapi3.NewObjectSchema().WithAdditionalProperties(answer)
	case workflow.Day:
		s = day()
	case workflow.Instant:
		s = openapi3.NewDateTimeSchema()
	case workflow.Ref:
		s = id()
	default:
		s = openapi3.NewStringSchema()
		if f.Max > 0 {
			s.WithMaxLength(f.Max)
		}
		s.WriteOnly = f.Kind == workflow.Secret
	}
	if !f.Optional {
		return value(s)
	}
	if s.Enum != nil {
		s.Enum = append(s.Enum, nil)
	}
	return orNull(s)
}
