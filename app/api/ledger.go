package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"tranche/app/input"
	"tranche/models"
	"tranche/workflow"
)

// A trialLine is one account of a trial balance.
type trialLine struct {
	Account string `json:"account"`
	USSGL   string `json:"ussgl"`
	Opening money  `json:"opening"`
	In      money  `json:"in"`
	Out     money  `json:"out"`
	Closing money  `json:"closing"`
}

// A posting is one movement of money, with the event that made it.
type posting struct {
	Event       int64           `json:"event"`
	Seq         int64           `json:"seq"`
	At          time.Time       `json:"at"`
	Fund        workflow.ID     `json:"fund"`
	Application *workflow.ID    `json:"application"`
	From        string          `json:"from"`
	To          string          `json:"to"`
	Amount      money           `json:"amount"`
	Noun        workflow.Noun   `json:"noun"`
	ID          workflow.ID     `json:"id"`
	Action      workflow.Action `json:"action"`
}

// ledgerQuery narrows the ledger. Days are in UTC, the last one counts.
type ledgerQuery struct {
	Limit        int64  `form:"limit" validate:"min=1,max=200"`
	Fund         string `form:"fund"`
	Application  string `form:"application"`
	Organization string `form:"organization"`
	From         string `form:"from"`
	To           string `form:"to"`
	After        string `form:"after"`
}

// filter reads what q says.
func (q *ledgerQuery) filter() (f models.BooksFilter, err error) {
	var wrong input.Errors
	f.Limit = int(q.Limit)
	for _, one := range []struct {
		name, text string
		to         *workflow.ID
	}{{"fund", q.Fund, &f.Fund}, {"application", q.Application, &f.Application}, {"organization", q.Organization, &f.Organization}} {
		id, ok := workflow.ParseID(one.text)
		if !ok && one.text != "" {
			wrong = append(wrong, input.Error{Field: one.name, Reason: input.ReasonNotRecord})
		}
		*one.to = id
	}
	for _, one := range []struct {
		name, text string
		to         *time.Time
		days       int
	}{{"from", q.From, &f.From, 0}, {"to", q.To, &f.Until, 1}} {
		if one.text == "" {
			continue
		}
		day, err := workflow.ParseDate(one.text)
		if err != nil {
			wrong = append(wrong, input.Error{Field: one.name, Reason: input.ReasonNotDay})
		}
		*one.to = day.AddDays(one.days).Time()
	}
	if len(wrong) > 0 {
		return f, wrong
	}
	f.After, err = readMark(q.After)
	return f, err
}

// ledger answers with a trial balance and one page of the postings behind it.
func ledger(a *api, c echo.Context, v *models.Viewer) error {
	query, err := queryOf(c)
	if err != nil {
		return err
	}
	asked := ledgerQuery{Limit: usualLimit}
	if err := input.Struct(query, &asked); err != nil {
		return err
	}
	filter, err := asked.filter()
	if err != nil {
		return err
	}
	if !v.SeesBooks() {
		return models.ErrNotFound
	}
	b, err := a.Records.Books(c.Request().Context(), v, filter)
	if err != nil {
		return err
	}
	out := struct {
		Trial []trialLine `json:"trial"`
		Count int         `json:"count"`
		Items []posting   `json:"items"`
		Next  string      `json:"next,omitempty"`
	}{Count: b.Count, Items: []posting{}, Next: nextOf(b.Next)}
	for account := range b.Trial {
		line, a := &b.Trial[account], workflow.Account(account)
		out.Trial = append(out.Trial, trialLine{a.String(), a.USSGL(), usd(line.Opening), usd(line.In), usd(line.Out), usd(line.Closing())})
	}
	for i := range b.Entries {
		e := &b.Entries[i]
		out.Items = append(out.Items, posting{e.Event, e.Seq, e.At, e.Fund, reference(e.Application), e.Debit.String(), e.Credit.String(), usd(e.Cents), e.Noun, e.Record, e.Action})
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, out)
}
