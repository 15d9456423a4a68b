package models

import (
	"cmp"
	"time"

	"tranche/workflow"
)

// verifiedAccount finds the account that an organization is paid to; ID zero
// when there is none.
func (t *Tx) verifiedAccount(organization workflow.ID) (workflow.BankAccount, error) {
	return bankAccounts.first(t, "WHERE organization_id = ? AND state = 'verified'", int64(organization))
}

func awardFacts(t *Tx, c *workflow.Command, now time.Time) (*Loaded, error) {
	f := new(workflow.AwardFacts)
	a := &f.Award
	var terms *workflow.Terms
	err := steps(
		func() error {
			return t.lockIf(c.Action == workflow.ActClose || c.Action == workflow.ActCloseUnilaterally, "awards", c.ID)
		}, // nothing may begin under it meanwhile
		func() error { return existing(t, awards, c, a) },
		func() (err error) { f.Application, err = applications.one(t, parentOr(c, a.Application)); return },
		func() (err error) { f.Opportunity, err = opportunities.one(t, f.Application.Opportunity); return },
		func() (err error) { terms, err = t.termsOf(&f.Application, &f.Opportunity); return },
		func() error { f.Opportunity = f.Opportunity.Under(terms); return nil },
		func() (err error) {
			f.Organization, err = t.organization(cmp.Or(a.Organization, f.Application.Organization))
			return
		},
		func() (err error) {
			f.Standing, err = t.standing(a.ID, f.Application.ID, f.Organization.ID, f.Opportunity.ID, f.Opportunity.Program)
			return
		},
		func() (err error) {
			f.Tranches, err = tranches.list(t, "WHERE award_id = ? AND state = 'active' ORDER BY number", int64(a.ID))
			return
		},
		func() (err error) { f.BankAccount, err = t.verifiedAccount(f.Organization.ID); return },
		func() error { return t.awardExtras(f, c, terms, now) },
	)
	if err != nil {
		return nil, err
	}
	return mount(awards, f, a, Scope{Program: f.Application.Program, Organization: f.Organization.ID,
		Opportunity: f.Opportunity.ID, Application: f.Application.ID}), nil
}

// awardExtras loads what only some actions look at.
func (t *Tx) awardExtras(f *workflow.AwardFacts, c *workflow.Command, terms *workflow.Terms, now time.Time) (err error) {
	id := int64(f.Award.ID)
	switch c.Action {
	case workflow.ActUpdate:
		return steps(
			func() error { return t.lockGroups(&f.Organization) },
			func() error { return t.groupSum(f) },
		)
	case workflow.ActAccept, workflow.ActCountersign:
		return steps(
			func() (err error) {
				f.Verdict, err = t.verdict(&f.Application, &f.Opportunity, f.Organization, terms, now)
				return
			},
			func() error { return t.groupSum(f) },
			func() (err error) { f.FundExpired, err = t.expired(f.Award.Fund); return },
			func() error { return t.reportTerms(f) },
			func() error {
				var err error
				if f.Payee, err = t.payee(f.Organization.ID, now); err != nil {
					return err
				}
				missing, err := t.missing(terms, f.Application.ID, now)
				f.Clearances = len(missing)
				return err
			},
		)
	case workflow.ActSuspend:
		f.UnexportedPayments, err = t.ids("SELECT id FROM payments WHERE award_id = ? AND state IN ('ready', 'batched') ORDER BY id", id)
		return err
	case workflow.ActResume:
		f.SuspendedPayments, err = t.ids("SELECT id FROM payments WHERE award_id = ? AND state = 'held' AND hold_reason = ? ORDER BY id",
			id, workflow.HeldForSuspension)
		return err
	case workflow.ActAmend:
		if f.Amendment, err = amendments.maybe(t, c.Ref(workflow.Field{Name: "amendment"})); err != nil {
			return err
		}
		f.ReportsDue, err = reports.list(t, "WHERE award_id = ? AND state IN "+openReport+" ORDER BY id", id)
		return err
	case workflow.ActFinish:
		f.TranchesUnpaid, err = t.count(`SELECT COUNT(*) FROM tranches WHERE award_id = ? AND state = 'active'
			AND NOT EXISTS (SELECT 1 FROM claims WHERE claims.tranche_id = tranches.id AND claims.state = 'paid')`, id)
		if err != nil {
			return err
		}
		return t.openAtEnd(f)
	case workflow.ActTerminate:
		return t.openAtEnd(f)
	case workflow.ActClose, workflow.ActCloseUnilaterally:
		return steps(
			func() error {
				open, err := t.unclosed(f.Award.ID)
				f.ReportsOpen, f.ClaimsOpen, f.PaymentsOpen, f.FindingsOpen, f.DebtsOpen = open.Reports, open.Claims, open.Payments, open.Findings, open.Debts
				return err
			},
			func() (err error) {
				f.OpenClaims, err = t.ids("SELECT id FROM claims WHERE award_id = ? AND state IN ('draft', 'submitted', 'queried', 'verified') ORDER BY id", id)
				return
			},
			func() (err error) {
				f.OpenReports, err = t.ids("SELECT id FROM reports WHERE award_id = ? AND state IN "+openReport+" ORDER BY id", id)
				return
			},
			func() (err error) { f.Balances, err = t.balances(balanceOf{f.Award.Fund, f.Award.Application}); return },
			func() (err error) { f.FundExpired, err = t.expired(f.Award.Fund); return },
		)
	}
	return nil
}

// openAtEnd reads what is still open of an award whose work ends.
func (t *Tx) openAtEnd(f *workflow.AwardFacts) (err error) {
	if f.ReportsDue, err = t.reportsDue(f.Award.ID); err != nil {
		return err
	}
	f.AmendmentsOpen, err = t.ids("SELECT id FROM amendments WHERE award_id = ? AND state IN ('requested', 'approved') ORDER BY id", int64(f.Award.ID))
	return err
}

// groupSum reads what the group of an award has been awarded, and the highest cap that
// one of those awards was made under.
func (t *Tx) groupSum(f *workflow.AwardFacts) (err error) {
	group := int64(f.Organization.Group)
	if f.GroupAwarded, err = t.groupAwarded(f.Opportunity.ID, f.Organization.Group); err != nil {
		return err
	}
	most, err := t.count(`SELECT COALESCE(MAX(a.award_cap), 0) FROM organization_groups g CROSS JOIN awards a
		WHERE a.organization_id = g.organization_id AND g.group_id = ? AND a.opportunity_id = ?`, group, int64(f.Opportunity.ID))
	f.GroupCap = min(workflow.Cents(most), workflow.AwardCap)
	return err
}

func (t *Tx) expired(fund workflow.ID) (bool, error) {
	n, err := t.count("SELECT expired FROM funds WHERE id = ?", int64(fund))
	return n == 1, err
}

func trancheFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.TrancheFacts)
	err := steps(
		func() error { return existing(t, tranches, c, &f.Tranche) },
		func() (err error) { f.Award, err = awards.one(t, parentOr(c, f.Tranche.Award)); return },
		func() (err error) {
			f.Standing, err = t.standing(awardPlaces(&f.Award)...)
			return
		},
		func() (err error) {
			var others, last int64
			err = t.row(`SELECT COALESCE(SUM(CASE WHEN state = 'active' AND id <> ? THEN amount END), 0), COALESCE(MAX(number), 0)
				FROM tranches WHERE award_id = ?`, []any{int64(f.Tranche.ID), int64(f.Award.ID)}, &others, &last)
			f.Others, f.LastNumber = workflow.Cents(others), last
			return err
		},
		func() (err error) {
			f.LiveClaims, err = t.count("SELECT COUNT(*) FROM claims WHERE tranche_id = ? AND state IN "+liveClaim, int64(f.Tranche.ID))
			return
		},
	)
	if err != nil {
		return nil, err
	}
	return mount(tranches, f, &f.Tranche, awardScope(&f.Award)), nil
}

// awardPlaces lists where a hold stops everything that follows from an award.
func awardPlaces(a *workflow.Award) []workflow.ID {
	return []workflow.ID{a.ID, a.Application, a.Organization, a.Opportunity, a.Program}
}

func awardScope(a *workflow.Award) Scope {
	return Scope{Program: a.Program, Organization: a.Organization, Opportunity: a.Opportunity, Application: a.Application}
}

func claimFacts(t *Tx, c *workflow.Command, now time.Time) (*Loaded, error) {
	f := new(workflow.ClaimFacts)
	err := steps(
		func() error { return existing(t, claims, c, &f.Claim) },
		func() error { return t.lockIf(f.Claim.ID == 0, "awards", c.Parent) }, // it must not close meanwhile
		func() (err error) { f.Award, err = awards.one(t, parentOr(c, f.Claim.Award)); return },
		func() (err error) {
			f.Tranche, err = t.tranche(refOr(c, "tranche", f.Claim.Tranche), f.Award.ID)
			return
		},
		func() (err error) {
			f.Standing, err = t.standing(awardPlaces(&f.Award)...)
			return
		},
		func() (err error) { f.BankAccount, err = t.verifiedAccount(f.Award.Organization); return },
		func() (err error) {
			f.OtherLive, err = t.count(`SELECT COUNT(*) FROM claims WHERE tranche_id = ? AND id <> ?
				AND state IN ('draft', 'submitted', 'queried', 'verified', 'approved', 'paid')`, int64(f.Tranche.ID), int64(f.Claim.ID))
			return
		},
		func() (err error) {
			f.ReportsOverdue, err = t.count("SELECT COUNT(*) FROM reports WHERE award_id = ? AND state IN "+owedReport+" AND due < ?",
				int64(f.Award.ID), workflow.DateOf(now).String())
			return
		},
		func() (err error) { f.Balances, err = t.balances(balanceOf{f.Award.Fund, f.Award.Application}); return },
		func() (err error) { f.Payment, err = payments.maybe(t, c.Ref(workflow.Field{Name: "payment"})); return },
	)
	if err != nil {
		return nil, err
	}
	return mount(claims, f, &f.Claim, awardScope(&f.Award)), nil
}

// tranche reads a tranche of an award, and the zero one when the award has no such tranche.
func (t *Tx) tranche(id, award workflow.ID) (workflow.Tranche, error) {
	return tranches.first(t, "WHERE id = ? AND award_id = ?", int64(id), int64(award))
}

func paymentFacts(t *Tx, c *workflow.Command, now time.Time) (*Loaded, error) {
	if TakesLists(c.Noun, c.Action) {
		list, err := t.paymentFactsOfAll([]workflow.Command{*c}, now)
		if err != nil {
			return nil, err
		}
		return list[0], nil
	}
	f := new(workflow.PaymentFacts)
	p := &f.Payment
	err := steps(
		func() error { return existing(t, payments, c, p) },
		func() error { return t.paymentParents(f, c) },
		func() (err error) { f.BankAccount, err = t.verifiedAccount(f.Award.Organization); return },
		func() (err error) {
			f.Standing, err = t.standingAt(f.BankAccount.Routing, append(awardPlaces(&f.Award), p.ID)...)
			return
		},
		func() (err error) { f.Batch, err = batches.maybe(t, batchFor(c, p)); return },
		func() (err error) { f.FundExpired, err = t.expired(f.Award.Fund); return },
		func() error { return t.paymentExtras(f, c, now) },
		func() (err error) {
			if c.Action == workflow.ActRelease {
				f.Payee, err = t.payee(f.Award.Organization, now)
			}
			return
		},
	)
	if err != nil {
		return nil, err
	}
	return mount(payments, f, p, awardScope(&f.Award)), nil
}

// paymentParents loads what the payment is made for: its claim, or for a
// replacement the payment that it replaces.
func (t *Tx) paymentParents(f *workflow.PaymentFacts, c *workflow.Command) (err error) {
	claim := f.Payment.Claim
	if f.Payment.ID == 0 {
		if f.Origin, err = payments.first(t, "WHERE id = ?", int64(c.Parent)); err != nil {
			return err
		}
		if claim = f.Origin.Claim; claim == 0 {
			claim = c.Parent
		}
	}
	return steps(
		func() (err error) { f.Claim, err = claims.one(t, claim); return },
		func() error { // what makes another payment under it must not see it close meanwhile
			return t.lockIf(c.Action == workflow.ActReturn || c.Action == workflow.ActMisdirect, "awards", f.Claim.Award)
		},
		func() (err error) { f.Award, err = awards.one(t, f.Claim.Award); return },
	)
}

// batchFor returns the batch that a payment is in, or the one it is to join.
func batchFor(c *workflow.Command, p *workflow.Payment) workflow.ID {
	if c.Action == workflow.ActBatch {
		return c.Ref(workflow.Field{Name: "batch"})
	}
	return p.Batch
}

func (t *Tx) paymentExtras(f *workflow.PaymentFacts, c *workflow.Command, now time.Time) (err error) {
	if c.Action == workflow.ActSettle {
		p, err := programs.one(t, f.Award.Program)
		if err != nil {
			return err
		}
		f.PresumeDays = p.PresumeDays
	}
	switch c.Action {
	case workflow.ActSettle, workflow.ActReturn:
		if err := t.lockIf(f.Payment.Batch != 0, "batches", f.Payment.Batch); err != nil { // one answer has to be the last
			return err
		}
		f.BatchUnsettled, err = t.count("SELECT COUNT(*) FROM (SELECT 1 FROM payments WHERE batch_id = ? AND id <> ? AND state IN ('exported', 'recalled') LIMIT 1) x",
			int64(f.Payment.Batch), int64(f.Payment.ID))
		return err
	case workflow.ActMisdirect:
		return steps(
			func() (err error) { f.Exception, err = t.exception("misdirect", f.Payment.ID, now); return },
			func() (err error) { f.Available, err = t.available(f.Award.Fund); return },
		)
	}
	return nil
}

func bankAccountFacts(t *Tx, c *workflow.Command, _ time.Time) (*Loaded, error) {
	f := new(workflow.BankAccountFacts)
	err := steps(
		func() error { return existing(t, bankAccounts, c, &f.BankAccount) },
		func() (err error) {
			f.Organization, err = t.organization(parentOr(c, f.BankAccount.Organization))
			return
		},
		func() (err error) {
			f.Standing, err = t.standingAt(f.BankAccount.Routing, f.BankAccount.ID, f.Organization.ID)
			return
		},
		func() (err error) { f.Current, err = t.verifiedAccount(f.Organization.ID); return },
		func() (err error) {
			earlier, err := t.count(`SELECT COUNT(*) FROM bank_accounts WHERE organization_id = ? AND id <> ? AND verified_by IS NOT NULL`,
				int64(f.Organization.ID), int64(f.BankAccount.ID))
			f.Earlier = earlier > 0
			return err
		},
		func() (err error) {
			f.Unexported, err = t.ids("SELECT id FROM payments WHERE bank_account_id = ? AND state IN ('ready', 'batched') ORDER BY id",
				int64(f.Current.ID))
			return
		},
		func() (err error) {
			days, err := t.count(`SELECT COALESCE(MAX(programs.bank_hold_days), 0) FROM payments
				JOIN programs ON programs.id = payments.program_id WHERE payments.bank_account_id = ?`, int64(f.Current.ID))
			f.HoldDays = int64(days)
			return err
		},
	)
	if err != nil {
		return nil, err
	}
	return mount(bankAccounts, f, &f.BankAccount, Scope{Organization: f.Organization.ID}), nil
}

func batchFacts(t *Tx, c *workflow.Command, now time.Time) (*Loaded, error) {
	f := new(workflow.BatchFacts)
	b := &f.Batch
	err := steps(
		func() error { return existing(t, batches, c, b) },
		func() (err error) { f.Standing, err = t.standing(b.ID, parentOr(c, b.Program)); return },
		func() (err error) { f.Payer, err = programs.one(t, parentOr(c, b.Program)); return },
		func() (err error) { f.SecondOver, err = t.secondOver(&f.Payer); return },
		func() error { return t.batchMembers(f, c, now) },
	)
	if err != nil {
		return nil, err
	}
	return mount(batches, f, b, Scope{Program: parentOr(c, b.Program)}), nil
}

// secondOver returns the total above which a batch needs a second certifier:
// zero, never, where the program has only one.
func (t *Tx) secondOver(p *workflow.Program) (workflow.Cents, error) {
	if p.SecondOver == 0 {
		return 0, nil
	}
	certifiers, err := t.count(`SELECT COUNT(DISTINCT person_id) FROM grants WHERE program_id = ? AND role = 'finance_certifier'
		AND state = 'active'`, int64(p.ID))
	if err != nil || certifiers < 2 {
		return 0, err
	}
	return p.SecondOver, nil
}

// ownMembers counts the payments of a batch that go to an organization, or an
// affiliate of one, to which the actor belongs.
func (t *Tx) ownMembers(batch workflow.ID, a workflow.Actor) (int, error) {
	if a.Person == 0 {
		return 0, nil
	}
	return t.count(`SELECT COUNT(*) FROM payments JOIN organization_groups paid ON paid.organization_id = payments.organization_id
		WHERE payments.batch_id = ? AND paid.group_id IN (SELECT own.group_id FROM grants
			JOIN organization_groups own ON own.organization_id = grants.organization_id
			WHERE grants.person_id IN (?, ?) AND grants.state = 'active')`, int64(batch), int64(a.Person), int64(a.OnBehalf))
}

func (t *Tx) batchMembers(f *workflow.BatchFacts, c *workflow.Command, now time.Time) (err error) {
	if f.Batch.ID == 0 {
		f.ReadyPayments, err = t.ids(`SELECT payments.id FROM payments JOIN awards ON awards.id = payments.award_id
			JOIN bank_accounts ON bank_accounts.id = payments.bank_account_id
			WHERE payments.program_id = ? AND payments.state = 'ready' AND awards.state IN ('active', 'closing')
			AND bank_accounts.state = 'verified' AND bank_accounts.version = payments.bank_version
			AND NOT EXISTS (SELECT 1 FROM holds WHERE holds.state = 'placed' AND holds.routing = ''
				AND holds.subject_id IN (payments.id, awards.id, awards.application_id, awards.organization_id, awards.opportunity_id))
			AND NOT EXISTS (SELECT 1 FROM holds WHERE holds.state = 'placed' AND holds.routing = bank_accounts.routing)
			ORDER BY payments.id`, int64(c.Parent))
		if err != nil {
			return err
		}
		f.ReadyPayments, err = t.payable(f.ReadyPayments, now)
		return err
	}
	if f.Payments, err = payments.list(t, "WHERE batch_id = ? ORDER BY id", int64(f.Batch.ID)); err != nil {
		return err
	}
	if f.OwnMembers, err = t.ownMembers(f.Batch.ID, c.Actor); err != nil {
		return err
	}
	accounts, err := bankAccounts.list(t, "WHERE id IN (SELECT bank_account_id FROM payments WHERE batch_id = ?)", int64(f.Batch.ID))
	if err != nil {
		return err
	}
	byID := make(map[workflow.ID]workflow.BankAccount, len(accounts))
	for _, a := range accounts {
		byID[a.ID] = a
	}
	for _, p := range f.Payments {
		f.Accounts = append(f.Accounts, byID[p.BankAccount])
		if p.State == workflow.Exported || p.State == workflow.Recalled {
			f.MembersUnsettled++
		}
	}
	return nil
}
