package web

import (
	"strings"

	"tranche/models"
	"tranche/templates"
	"tranche/workflow"
)

// letters lists the letters about an application, the newest first, each in the
// reader's language first.
func (v *visit) letters(application workflow.ID) ([]LetterCard, error) {
	all, err := v.server.Reader.Letters(v.ctx(), v.viewer, application)
	return v.letterCards(all), err
}

func (v *visit) letterCards(all []models.StoredLetter) (out []LetterCard) {
	for i := range all {
		l := &all[i]
		card := LetterCard{Name: v.letterTitle(&l.Letter), At: v.Moment(l.Made), Tag: v.Mark("letter", l.State.String())}
		if l.Superseded {
			card.Tag = v.Mark("letter", workflow.Superseded.String())
		}
		for _, language := range append([]*templates.Language{v.Language}, v.server.renderer.Words.Other(v.Language)...) {
			for _, form := range workflow.LetterForms {
				if one, there := l.Documents.Of(language.Tag + "." + form.End); there {
					card.Files = append(card.Files, Download{Name: v.T("letter.file", "format", strings.ToUpper(form.End), "language", language.Name),
						SHA256: one.Sum, URL: pathOf(workflow.NounLetter, l.ID) + "/documents/" + one.Code})
				}
			}
		}
		out = append(out, card)
	}
	return out
}

func (v *visit) letterTitle(l *workflow.Letter) string {
	if l.Award != 0 {
		return v.T("notice.revision", "n", l.Revision)
	}
	return v.T("letter.title_" + l.About)
}

// kept answers GET /{noun}/{id}/documents/{code} with a file that was made once, as it was made.
func (s *Server) kept(noun workflow.Noun, media func(code string) string) func(*visit) error {
	return func(v *visit) error {
		id, err := v.id()
		if err != nil {
			return err
		}
		row, err := v.row(noun, id)
		if err != nil {
			return err
		}
		one, there := row.Attachment(v.Param("code"))
		if !there {
			return models.ErrNotFound
		}
		body, err := s.Reader.Document(v.ctx(), one.Sum)
		if err != nil {
			return err
		}
		return v.attach(one.Name, media(one.Code), body)
	}
}
