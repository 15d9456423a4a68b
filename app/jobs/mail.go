package jobs

import (
	"context"

	"tranche/workflow"
)

// mailing is the queue of tellArgs and mailArgs; mailers is how many are carried out at a
// time: a mail server that hangs holds up nothing else.
const (
	mailing = "mail"
	mailers = 4
)

// tellArgs asks for the mails about an event to be written.
type tellArgs struct {
	Event int64 `json:"event"`
}

// Kind implements river.JobArgs.
func (tellArgs) Kind() string { return workflow.JobTell }

// mailArgs asks for one mail to be sent.
type mailArgs struct {
	Message workflow.ID `json:"message"`
}

// Kind implements river.JobArgs.
func (mailArgs) Kind() string { return workflow.JobMail }

// Mail names who tells people; it is called before Start.
func (r *Runner) Mail(m Mailer) { r.mailer = m }

func (r *Runner) tell(ctx context.Context, a tellArgs) error {
	if r.mailer == nil {
		return nil
	}
	return r.mailer.Tell(ctx, a.Event)
}

func (r *Runner) mail(ctx context.Context, a mailArgs) error {
	if r.mailer == nil {
		return nil
	}
	return r.mailer.Send(ctx, a.Message)
}
