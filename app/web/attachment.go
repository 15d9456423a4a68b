package web

import (
	"cmp"

	"tranche/app/input"
	"tranche/models"
	"tranche/workflow"
)

// documentsName is the field that holds the files of an application.
const documentsName = "documents"

// attachment answers GET /applications/{id}/documents/{code} with a file of the
// application, as it was uploaded, to whoever may read the application.
func (s *Server) attachment(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	row, err := v.row(workflow.NounApplication, id)
	if err != nil {
		return err
	}
	one, there := row.Attachment(v.Param("code"))
	if !there {
		return models.ErrNotFound
	}
	return s.sendDocument(v, one.Sum, one.Name)
}

// attached lists the files of an application and the documents that its terms ask
// for and that it lacks; nothing where there are neither.
func (v *visit) attached(a *workflow.Application, t *workflow.Terms) []AnswerGroup {
	g := AnswerGroup{Title: v.T("section." + documentsSection)}
	for _, one := range a.Documents.List() {
		g.Files = append(g.Files, v.attachedFile(a, t, one))
	}
	for _, d := range t.Documents {
		if _, there := a.Documents.Of(d.Code); !there {
			g.Answers = append(g.Answers, Answer{Name: d.Label.In(v.Language.Tag), Value: v.T("section.no_document")})
		}
	}
	if len(g.Files)+len(g.Answers) == 0 {
		return nil
	}
	return []AnswerGroup{g}
}

// attachedFile is the link to one file of an application.
func (v *visit) attachedFile(a *workflow.Application, t *workflow.Terms, one workflow.Attachment) Download {
	return Download{Name: v.documentLabel(t, one.Code), Note: v.fileFacts(one), SHA256: one.Sum,
		URL: pathOf(workflow.NounApplication, a.ID) + "/documents/" + one.Code}
}

// fileFacts tells name and size of a file.
func (v *visit) fileFacts(one workflow.Attachment) string {
	return v.T("file.facts", "name", one.Name, "type", one.Type, "size", one.Size)
}

// documentLabel returns what the terms call a document; one that other terms asked
// for has its code alone.
func (v *visit) documentLabel(t *workflow.Terms, code string) string {
	d, _ := t.Document(code)
	return v.label(d.Label, func() string { return code })
}

// documentGroups are the documents of the form: for each what is there, a place for
// another file and, where one is there, a box to take it away.
func (c *myCase) documentGroups(again *attempt) []FieldGroup {
	var out []FieldGroup
	for _, d := range c.terms.Documents {
		one, there := c.application.Documents.Of(d.Code)
		title := d.Label.In(c.Language.Tag)
		file := Field{Name: documentsName + "." + d.Code, Kind: FileField, Label: c.T("section.choose_file", "document", title), Required: d.Required, Types: d.Types,
			Hint: c.T("section.document_hint", "types", fileTypeNames(d.Types), "limit", d.Limit()>>20)}
		g := FieldGroup{Title: title}
		if there {
			file.Label, file.Required = c.T("section.replace_file", "document", title), false
			g.Files = []Download{c.attachedFile(c.application, c.terms, one)}
		}
		if again != nil {
			file.Error = cmp.Or(again.wrong(file.Name), c.anew(again, file.Name))
		}
		g.Fields = append(g.Fields, file)
		if there {
			g.Fields = append(g.Fields, c.removal(d.Code, title, again))
		}
		out = append(out, g)
	}
	for _, one := range c.application.Documents.List() {
		if _, asked := c.terms.Document(one.Code); !asked {
			out = append(out, FieldGroup{Title: one.Code, Note: c.T("section.document_unasked"),
				Files: []Download{c.attachedFile(c.application, c.terms, one)}, Fields: []Field{c.removal(one.Code, one.Code, again)}})
		}
	}
	return out
}

// removal is the box by which the file of the document called title is taken away.
func (c *myCase) removal(code, title string, again *attempt) Field {
	name := documentsName + "." + code
	box := Field{ID: "form-" + name + "-remove", Name: name, Kind: CheckField, Label: c.T("section.remove_file", "document", title)}
	if again != nil {
		box.Value = again.values.Get(name)
	}
	return box
}

// missingDocuments are the documents that stand in the way of submitting.
func (c *myCase) missingDocuments() []Problem {
	var out []Problem
	for _, d := range c.application.MissingDocuments(c.terms) {
		p := Problem{Label: d.Label.In(c.Language.Tag), Text: c.Reason(input.ReasonRequired, nil),
			URL: c.path() + "/edit/" + documentsSection + "#form-" + documentsName + "." + d.Code}
		if _, there := c.application.Documents.Of(d.Code); there {
			p.Text = c.T("section.document_unfit")
		}
		out = append(out, p)
	}
	return out
}

// sentFiles are the lines of a receipt about the files of the newest submission.
func (c *myCase) sentFiles() ([]Answer, error) {
	all, err := c.server.Reader.Receipts(c.ctx(), c.viewer, c.application.ID)
	if err != nil {
		return nil, err
	}
	newest, err := models.ReceiptOf(all, "")
	if err != nil {
		return nil, err
	}
	var out []Answer
	for _, one := range newest.Documents.List() {
		out = append(out, Answer{Name: c.documentLabel(c.terms, one.Code), Value: c.fileFacts(one) + " · SHA-256 " + one.Sum})
	}
	return out, nil
}
