package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"tranche/app/export"
	"tranche/app/input"
	"tranche/app/problem"
	"tranche/app/trial"
	"tranche/models"
	"tranche/workflow"
)

// marshalDocument writes the OpenAPI document and its entity tag.
func marshalDocument(version string) ([]byte, string, error) {
	body, err := json.Marshal(Document(version))
	if err != nil {
		return nil, "", fmt.Errorf("write OpenAPI document: %w", err)
	}
	sum := sha256.Sum256(body)
	return body, strconv.Quote(hex.EncodeToString(sum[:16])), nil
}

// Document describes the API in OpenAPI 3.1. It is made from the tables, fields
// and columns that answer the requests, so that it cannot say anything else.
func Document(version string) *openapi3.T {
	doc := &openapi3.T{
		OpenAPI: "3.1.0",
		Info: &openapi3.Info{Title: "Tranche", Version: version,
			Description: "AI innovation vouchers, from draft to bank file. Every action of every lifecycle is one operation; x-roles names who may call it."},
		Servers: openapi3.Servers{{URL: Base}},
		Paths:   openapi3.NewPaths(),
		Components: &openapi3.Components{Schemas: sharedSchemas(), SecuritySchemes: openapi3.SecuritySchemes{
			"token":   {Value: &openapi3.SecurityScheme{Type: "http", Scheme: "bearer", Description: "An API token; what it may do follows from its scopes and its owner's roles."}},
			"session": {Value: &openapi3.SecurityScheme{Type: "apiKey", In: "cookie", Name: "__Host-tranche"}},
		}},
		Security: openapi3.SecurityRequirements{{"token": {}}, {"session": {}}},
	}
	d := document{doc}
	d.fixed()
	for _, k := range kinds {
		d.add(k)
	}
	return doc
}

// A document collects operations.
type document struct{ *openapi3.T }

// fixed adds the paths that belong to no lifecycle.
func (d document) fixed() {
	open := openapi3.SecurityRequirements{}
	itself := d.operation("GET", "/openapi.json", "readDocument", "Read this document", answerOf(200, object()))
	itself.Security = &open
	tagged(itself)
	d.operation("GET", "/me", "readMe", "Read who is asking", answerOf(200, ref("Me")))
	waiting := d.operation("GET", "/desk", "readDesk", "List what waits for the duties of who is asking, what has waited longest first", answerOf(200, ref("Desk")))
	waiting.Parameters = append(pageByMark(), query("errand", enum(errands())))
	late := d.operation("GET", "/overdue", "listOverdue", "List the applications that should have left their state by now, the longest overdue first", answerOf(200, ref("Overdue")))
	late.Parameters = pageByMark()
	d.operation("GET", "/reviewers", "listReviewers", "List the reviewers of programs with what they are expert in and what they do, for the staff", answerOf(200, ref("Reviewers")))
	d.operation("GET", "/reconciliation", "readReconciliation", "Explain every cent that was exported, by batch, by day and by fund", answerOf(200, ref("Reconciliation")))
	books := d.operation("GET", "/ledger", "readLedger", "Read a trial balance and the postings behind it, the oldest first", answerOf(200, ref("Ledger")))
	day := openapi3.NewStringSchema().WithFormat("date")
	books.Parameters = append(pageByMark(),
		query("fund", id()), query("application", id()), query("organization", id()),
		query("from", describe(day, "A day in UTC; what came before is the opening balance.")), query("to", describe(day, "A day in UTC, the last that counts.")))
	many := d.operation("POST", "/applications/bulk", "actOnApplications", "Do one action to several applications, each by itself, or say what would become of each",
		answerOf(200, ref("BulkResults")))
	many.RequestBody = &openapi3.RequestBodyRef{Value: &openapi3.RequestBody{Required: true, Content: openapi3.NewContentWithJSONSchemaRef(ref("BulkOrder"))}}
	download := d.operation("GET", "/batches/{id}/files/{file}", "downloadBatchFile", "Download a file of a batch, as it was stored", binary())
	download.Parameters = append(download.Parameters, pathID(), pathChoice("file", fileNames()))
	download.Extensions = rolesExtension(workflow.RolesOf(workflow.FinanceReleaser))
	tagged(download)
	for _, noun := range evidenced {
		evidence := d.operation("GET", "/"+noun.Plural()+"/{id}/document", "download"+camel(noun.String())+"Document",
			"Download the file of one "+words(noun.String())+", as it was uploaded", bytesOf(mediaOf()))
		evidence.Parameters = append(evidence.Parameters, pathID())
		tagged(evidence)
	}
	attached := d.operation("GET", "/applications/{id}/documents/{code}", "downloadApplicationDocument",
		"Download a file of one application, as it was uploaded", bytesOf(mediaOf()))
	code := openapi3.NewPathParameter("code").WithSchema(openapi3.NewStringSchema().WithPattern(input.NamePattern))
	attached.Parameters = append(attached.Parameters, pathID(), &openapi3.ParameterRef{Value: code})
	tagged(attached)
	told := d.operation("GET", "/applications/{id}/verdicts", "listApplicationVerdicts", "List what the eligibility rules came to, with every number and its source",
		answerOf(200, ref("Verdicts")))
	told.Parameters = append(told.Parameters, pathID())
	proofs := d.operation("GET", "/applications/{id}/receipts", "listApplicationReceipts", "List the receipts of the submissions, the newest first",
		answerOf(200, ref("Receipts")))
	proofs.Parameters = append(proofs.Parameters, pathID())
	asked := d.operation("GET", "/applications/{id}/inquiries", "listApplicationInquiries",
		"List what the applicant was asked and answered, and what changed since the submission", answerOf(200, ref("Inquiries")))
	asked.Parameters = append(asked.Parameters, pathID())
	written := d.operation("GET", "/applications/{id}/letters", "listApplicationLetters", "List the letters about decisions, the newest first",
		answerOf(200, ref("LettersAbout")))
	written.Parameters = append(written.Parameters, pathID())
	mailed := d.operation("GET", "/applications/{id}/mails", "listApplicationMails", "List the mails about an application and what became of them, the newest first, for its staff",
		answerOf(200, ref("MailsAbout")))
	mailed.Parameters = append(mailed.Parameters, pathID())
	letter := d.operation("GET", "/letters/{id}/documents/{code}", "downloadLetter", "Download a letter in one language and form, as it was written", bytesOf(letterMedia()))
	letter.Parameters = append(letter.Parameters, pathID(), pathChoice("code", workflow.LetterCodes))
	tagged(letter)
	journal := d.operation("GET", "/journals/{id}/documents/{code}", "downloadJournal", "Download the lines of a journal of the ledger, as they were written", bytesOf(sheetMedia()))
	journal.Parameters = append(journal.Parameters, pathID(), pathChoice("code", workflow.JournalCodes))
	tagged(journal)
	upload := d.operation("POST", "/programs/{id}/bank-files", "importBankFile", "Book what a bank sent back", answerOf(200, ref("BankFile")))
	upload.Parameters = append(upload.Parameters, pathID(), header(input.KeyHeader, false))
	upload.Extensions = rolesExtension(BankPeople)
	upload.RequestBody = taken(bankFileMedia)
	version := d.operation("GET", "/policies/{id}/file", "downloadPolicyFile", "Download a version of a program's file, as it was applied", bytesOf([]string{yaml}))
	version.Parameters = append(version.Parameters, pathID())
	tagged(version)
	for _, s := range steps {
		try := d.operation("POST", "/programs/{id}/policy/"+s.name, s.id, s.summary, answerOf(200, ref(s.schema)))
		try.Parameters = append(try.Parameters, pathID())
		try.Extensions = rolesExtension(trial.Keepers)
		try.RequestBody = taken(programMedia)
	}
}

// limited says how long a page of a list may be.
func limited() *openapi3.ParameterRef {
	return query("limit", openapi3.NewIntegerSchema().WithMin(1).WithMax(models.MaxLimit).WithDefault(float64(usualLimit)))
}

// pageByMark are the parameters of a list whose pages end with a mark.
func pageByMark() openapi3.Parameters {
	return openapi3.Parameters{limited(), query("after", describe(openapi3.NewStringSchema(), "The next of the page before."))}
}

func fileNames() []string {
	var out []string
	for _, f := range export.Formats() {
		out = append(out, f.Name)
	}
	return out
}

// add adds everything that can be done with one noun.
func (d document) add(k *kind) {
	name, plural := camel(k.noun.String()), camel(strings.ReplaceAll(k.noun.Plural(), "-", "_"))
	list, one := "/"+k.noun.Plural(), "/"+k.noun.Plural()+"/{id}"
	d.Components.Schemas[name] = value(recordSchema(k))
	d.Components.Schemas[name+"List"] = optional(object(
		property{"items", array(ref(name))}), property{"next", text()})

	listing := d.operation("GET", list, "list"+plural, "List "+words(k.noun.Plural()), answerOf(200, ref(name+"List")))
	listing.Parameters = k.query()
	d.action("POST", list, k.makes, k.makes.action.String(), 201)
	read := d.operation("GET", one, "read"+name, "Read one "+words(k.noun.String()), answerOf(200, ref(name)))
	read.Parameters = openapi3.Parameters{pathID()}
	tagged(read)
	events := d.operation("GET", one+"/events", "list"+name+"Events", "List what happened to one "+words(k.noun.String()), answerOf(200, ref("Events")))
	events.Parameters = openapi3.Parameters{pathID()}
	if k.edit != nil {
		d.action("PATCH", one, *k.edit, "edit", 200)
	}
	for _, o := range k.actions {
		d.action("POST", one+"/actions/"+o.name(), o, o.name(), 200)
	}
}

// action adds an operation that changes a record.
func (d document) action(method, path string, o operation, verb string, status int) {
	id := lowerCamel(verb) + camel(o.noun.String())
	op := d.operation(method, path, id, words(o.action.String())+" "+words(o.noun.String()), answerOf(status, ref("Answer")))
	op.Extensions = rolesExtension(o.by)
	if !o.makes {
		op.Parameters = append(op.Parameters, pathID(), header(input.VersionHeader, true))
	}
	op.Parameters = append(op.Parameters, header(input.KeyHeader, false))
	body, required := bodySchema(o.set().Fields)
	name := strings.ToUpper(id[:1]) + id[1:] + "Request"
	d.Components.Schemas[name] = value(body)
	op.RequestBody = &openapi3.RequestBodyRef{Value: &openapi3.RequestBody{Required: required,
		Content: openapi3.NewContentWithJSONSchemaRef(ref(name))}}
}

// operation adds one operation; every one of them can answer with a problem.
func (d document) operation(method, path, id, summary string, good answer) *openapi3.Operation {
	op := &openapi3.Operation{OperationID: id, Summary: summary, Responses: openapi3.NewResponses()}
	op.Responses.Set(strconv.Itoa(good.status), good.response)
	op.Responses.Set("default", &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription("Not done; nothing was changed").
		WithContent(openapi3.Content{problem.MediaType: {Schema: ref("Problem")}})})
	item := d.Paths.Value(path)
	if item == nil {
		item = &openapi3.PathItem{}
		d.Paths.Set(path, item)
	}
	item.SetOperation(method, op)
	return op
}

// tagged says of an operation that its answers have an ETag, and that a client which
// names the one that it has gets nothing more.
func tagged(op *openapi3.Operation) {
	op.Parameters = append(op.Parameters, header("If-None-Match", false))
	op.Responses.Set("304", &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription(http.StatusText(http.StatusNotModified))})
}

// An answer is what an operation gives when it is carried out.
type answer struct {
	status   int
	response *openapi3.ResponseRef
}

func answerOf(status int, schema *openapi3.SchemaRef) answer {
	r := openapi3.NewResponse().WithDescription(http.StatusText(status)).WithContent(openapi3.NewContentWithJSONSchemaRef(schema))
	return answer{status, &openapi3.ResponseRef{Value: r}}
}

func binary() answer {
	var media []string
	for _, f := range export.Formats() {
		plain, _, _ := strings.Cut(f.MediaType, ";")
		media = append(media, plain)
	}
	return bytesOf(media)
}

func bytesOf(types []string) answer {
	return answer{200, &openapi3.ResponseRef{Value: openapi3.NewResponse().WithDescription("The file").WithContent(contentOf(types))}}
}

// taken is a request whose body is a file of one of these types.
func taken(types []string) *openapi3.RequestBodyRef {
	return &openapi3.RequestBodyRef{Value: &openapi3.RequestBody{Required: true, Content: contentOf(types)}}
}

func contentOf(types []string) openapi3.Content {
	content := openapi3.Content{}
	for _, media := range types {
		content[media] = &openapi3.MediaType{Schema: value(openapi3.NewStringSchema())}
	}
	return content
}

func rolesExtension(by workflow.Roles) map[string]any {
	names := []string{}
	for _, r := range by.List() {
		names = append(names, r.String())
	}
	return map[string]any{"x-roles": names}
}

// query describes what a list can be narrowed by.
func (k *kind) query() openapi3.Parameters {
	out := openapi3.Parameters{
		limited(),
		query("cursor", openapi3.NewStringSchema()),
		query("state", describe(openapi3.NewStringSchema(), "One or more of "+strings.Join(k.states, ", ")+", joined by commas.")),
	}
	for _, column := range models.Filters(k.noun) {
		s := openapi3.NewStringSchema()
		if k.refers(column) {
			s = openapi3.NewIntegerSchema().WithMin(1)
		}
		out = append(out, query(column, s))
	}
	return out
}

func query(name string, s *openapi3.Schema) *openapi3.ParameterRef {
	return &openapi3.ParameterRef{Value: openapi3.NewQueryParameter(name).WithSchema(s)}
}

func header(name string, required bool) *openapi3.ParameterRef {
	return &openapi3.ParameterRef{Value: openapi3.NewHeaderParameter(name).WithSchema(openapi3.NewStringSchema()).WithRequired(required)}
}

func pathID() *openapi3.ParameterRef {
	return &openapi3.ParameterRef{Value: openapi3.NewPathParameter("id").WithSchema(openapi3.NewInt64Schema().WithMin(1))}
}

func pathChoice(name string, choices []string) *openapi3.ParameterRef {
	return &openapi3.ParameterRef{Value: openapi3.NewPathParameter(name).WithSchema(enum(choices))}
}

// camel writes "bank_account" as "BankAccount".
func camel(s string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(s, "_") {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

func lowerCamel(s string) string {
	c := camel(s)
	return strings.ToLower(c[:1]) + c[1:]
}

// words writes "find_ineligible" as "find ineligible".
func words(s string) string { return strings.NewReplacer("_", " ", "-", " ").Replace(s) }

// OperationIDs lists the operations of the document, sorted: clients are built on
// them, so a released one does not change.
func OperationIDs(doc *openapi3.T) []string {
	ids := map[string]bool{}
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			ids[op.OperationID] = true
		}
	}
	return slices.Sorted(maps.Keys(ids))
}
