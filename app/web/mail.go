package web

import (
	"tranche/models"
	"tranche/workflow"
)

// mailLooks are the marks of the states of a mail.
var mailLooks = map[string]look{
	models.MessageQueued: {"progress", "schedule"},
	models.MessageSent:   {"good", "send"},
	models.MessageFailed: {"bad", "error"},
	models.MessageKept:   {"neutral", "mail"},
}

// mailOf lists the mails about a case, the newest first; nil when there are none.
func (v *visit) mailOf(application workflow.ID) (*MailCard, error) {
	all, err := v.server.Reader.Messages(v.ctx(), v.viewer, application)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	card := &MailCard{}
	if all[0].State == models.MessageKept {
		card.Note = v.T("mail.none_sent")
	}
	for i := range all {
		m, at := &all[i], all[i].Made
		if m.State == models.MessageSent {
			at = m.Sent
		}
		l := mailLooks[m.State]
		row := MailRow{Subject: m.Subject, To: m.Name, Tag: Tag{l.tone, l.icon, v.T("mail.state_" + m.State)}, At: v.Moment(at), Error: m.Error}
		if m.Attempts > 1 || m.Error != "" {
			row.Tries = v.N("mail.attempts", int(m.Attempts))
		}
		card.Rows = append(card.Rows, row)
	}
	return card, nil
}
