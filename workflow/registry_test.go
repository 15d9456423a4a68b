package workflow

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestProgram(t *testing.T) {
	type F = ProgramFacts
	ready := func(s State, a Action) (F, Command) {
		f, c := F{}, Command{ID: 2, Actor: Actor{Person: stranger}, Received: noon}
		if s != None {
			f.Program = Program{Record: Record{ID: 2, State: s, Version: 1}, Name: "Voucher", Prefix: "AIV", Agency: "DOE",
				SecondOver: 5, BankHoldDays: 10, PresumeDays: 5}
		}
		if a == ActCreate {
			c.Inputs = []Input{fieldName.text("Voucher"), fieldPrefix.text("AIV"), fieldAgency.text("DOE")}
		}
		return f, c
	}
	runScenarios(t, Programs, ready, []scenario[F]{
		{name: "with the usual settings", start: in(None), action: ActCreate, by: Admin, end: Active,
			check: func(t *testing.T, f *F, _ *Step) {
				want := Program{Record: f.Record, Name: "Voucher", Prefix: "AIV", Agency: "DOE", BankHoldDays: 10, PresumeDays: 5, ReportMonths: 6, ReportDays: 30}
				if f.Program != want {
					t.Errorf("made %+v, want %+v", f.Program, want)
				}
			}},
		{name: "with a bank", start: in(None), action: ActCreate, by: System, end: Active,
			change: func(_ *F, c *Command) {
				c.Inputs = append(c.Inputs, fieldSecondOver.cents(7), fieldBankHoldDays.count(3), fieldPresumeDays.count(4), fieldReportMonths.count(0), fieldReportDays.count(45),
					fieldBankRouting.text("021000021"), fieldBankName.text("BANK"), fieldCompanyName.text("DOE AIV"), fieldCompanyID.text("1234567890"))
			},
			check: func(t *testing.T, f *F, _ *Step) {
				want := Program{Record: f.Record, Name: "Voucher", Prefix: "AIV", Agency: "DOE", SecondOver: 7, BankHoldDays: 3,
					PresumeDays: 4, ReportDays: 45, BankRouting: "021000021", BankName: "BANK", CompanyName: "DOE AIV", CompanyID: "1234567890"}
				if f.Program != want {
					t.Errorf("made %+v, want %+v", f.Program, want)
				}
			}},
		{name: "with the longest prefix", start: in(None), action: ActCreate, by: Admin, end: Active, change: asking[F](fieldPrefix.text("AZ0123Z9"))},
		{name: "with a sign in the prefix", start: in(None), action: ActCreate, by: Admin, reason: "prefix_invalid", change: asking[F](fieldPrefix.text("AI-V"))},
		{name: "with a prefix of one letter", start: in(None), action: ActCreate, by: Admin, reason: "prefix_invalid",
			change: asking[F](fieldPrefix.text("A"))},
		{name: "with a prefix of nine", start: in(None), action: ActCreate, by: Admin, reason: "prefix_invalid",
			change: asking[F](fieldPrefix.text("ABCDEFGHI"))},
		{name: "with a wrong check digit", start: in(None), action: ActCreate, by: Admin, reason: "routing_invalid",
			change: asking[F](fieldBankRouting.text("021000022"))},
		{name: "with a short location", start: in(None), action: ActCreate, by: Admin, reason: "location_code_invalid",
			change: asking[F](fieldLocation.text("8900001"))},
		{name: "with letters in the location", start: in(Active), action: ActUpdate, by: Admin, reason: "location_code_invalid",
			change: asking[F](fieldLocation.text("8900000A"))},
		{name: "what came, and nothing else", start: in(Active), action: ActUpdate, by: Admin, end: Active,
			change: asking[F](fieldSecondOver.cents(0)),
			check: func(t *testing.T, f *F, _ *Step) {
				if f.SecondOver != 0 || f.Name != "Voucher" || f.BankHoldDays != 10 {
					t.Errorf("updated %+v", f.Program)
				}
			}},
		{name: "with letters", start: in(Active), action: ActUpdate, by: Admin, reason: "routing_invalid",
			change: asking[F](fieldBankRouting.text("02100002x"))},
	})
}

func TestFund(t *testing.T) {
	type F = FundFacts
	ready := func(s State, a Action) (F, Command) {
		f := F{Program: Program{Record: Record{ID: 2, State: Active}}}
		c := Command{ID: 3, Parent: 2, Received: noon}
		if s != None {
			f.Fund = Fund{Record: Record{ID: 3, State: s, Version: 1}, Program: 2, Appropriated: 5}
		}
		switch a {
		case ActCreate:
			c.Inputs = []Input{fieldSymbol.text("089X0208"), fieldName.text("AI"), fieldFiscalYear.count(2026)}
		case ActAppropriate:
			c.Inputs = []Input{fieldAmount.cents(100)}
		}
		return f, c
	}
	gets := func(cents Cents) []Posting {
		return []Posting{{Fund: 3, Debit: Authority, Credit: Available, Cents: cents}}
	}
	runScenarios(t, Funds, ready, []scenario[F]{
		{name: "of a program", start: in(None), action: ActCreate, by: Admin, end: Active,
			check: func(t *testing.T, f *F, _ *Step) {
				want := Fund{Record: f.Record, Program: 2, Symbol: "089X0208", Name: "AI", FiscalYear: 2026}
				if f.Fund != want {
					t.Errorf("made %+v, want %+v", f.Fund, want)
				}
			}},
		{name: "of no program", start: in(None), action: ActCreate, by: System, reason: "program_unknown",
			change: facts(func(f *F) { f.Program = Program{} })},
		{name: "to the available money", start: in(Active), action: ActAppropriate, by: System, end: Active, posts: gets(100),
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Appropriated != 105 {
					t.Errorf("appropriated %s", f.Appropriated)
				}
			}},
		{name: "up to the largest amount", start: in(Active), action: ActAppropriate, by: Admin, end: Active,
			change: asking[F](fieldAmount.cents(MaxCents - 5)), posts: gets(MaxCents - 5)},
		{name: "nothing", start: in(Active), action: ActAppropriate, by: Admin, reason: "amount_zero", change: asking[F](fieldAmount.cents(0))},
		{name: "less than nothing", start: in(Active), action: ActAppropriate, by: Admin, reason: "amount_zero", change: asking[F](fieldAmount.cents(-1))},
		{name: "more than any amount", start: in(Active), action: ActAppropriate, by: Admin, reason: "over_largest_amount",
			change: asking[F](fieldAmount.cents(MaxCents - 4))},
		{name: "more than an integer", start: in(Active), action: ActAppropriate, by: Admin, reason: "over_largest_amount",
			change: asking[F](fieldAmount.cents(1<<63 - 1))},
		{name: "at the end of its year", start: in(Active), action: ActExpire, by: System, end: Expired,
			check: func(t *testing.T, f *F, _ *Step) {
				if !f.Fund.Expired {
					t.Error("the fund does not say that it has expired")
				}
			}},
	})
}

func TestOrganization(t *testing.T) {
	type F = OrganizationFacts
	ready := func(s State, a Action) (F, Command) {
		f, c := F{}, Command{ID: 5, Spare: 50, Actor: Actor{Person: ana}, Received: noon}
		if s != None {
			f.Organization = Organization{Record: Record{ID: 5, State: s, Version: 1}, LegalName: "Ana's Lab", UEI: "C11UU252P5S5",
				EIN: "12-3456789", Group: 4, Country: "USA", City: "Reno"}
		}
		if a == ActCreate {
			c.Inputs = []Input{fieldLegalName.text("Ana's Lab"), fieldUEI.text("c11uu252p5s5"), fieldEIN.text("12-3456789"),
				fieldStreet.text("1 Main"), fieldCity.text("Reno"), fieldRegion.text("NV"), fieldZip.text("89501"),
				fieldWebsite.text("example.org"), fieldMailing.text("PO Box 1\nReno"), fieldEmail.text("a@example.org"), fieldCAGE.text("1abc5"),
				fieldNAICS.text("541715"), fieldFounded.day(DateOf(noon)), fieldInvented.check(), fieldNote.text("n")}
		}
		if a == ActDeclare {
			c.Inputs = []Input{fieldRelation.text("is_ours"), fieldUEI.text("C143CN6K2CY5"), fieldLegalName.text("Sub, Inc."), fieldShare.count(51_00),
				fieldSince.day(DateOf(noon)), fieldNote.text("n")}
		}
		return f, c
	}
	list := []scenario[F]{
		{name: "and its maker becomes a member", start: in(None), action: ActCreate, by: Applicant, end: Active,
			check: func(t *testing.T, f *F, s *Step) {
				want := Organization{Record: f.Record, LegalName: "Ana's Lab", UEI: "C11UU252P5S5", EIN: "12-3456789", Street: "1 Main",
					City: "Reno", Region: "NV", Zip: "89501", Country: "USA", Website: "example.org", Group: 5, Invented: true, Note: "n",
					Mailing: "PO Box 1\nReno", Email: "a@example.org", CAGE: "1ABC5", NAICS: "541715", Founded: DateOf(noon)}
				if f.Organization != want {
					t.Errorf("made %+v, want %+v", f.Organization, want)
				}
				wantChildren(t, s, "create grant 50")
				grant := slices.Collect(s.Children())[0]
				wantInputs := []Input{fieldPerson.ref(ana), fieldRole.text("applicant"), fieldOrganization.ref(5)}
				if grant.By != System || !reflect.DeepEqual(grant.Inputs, wantInputs) {
					t.Errorf("grants %v by %s, want %v by the system", grant.Inputs, grant.By, wantInputs)
				}
			}},
		{name: "by an admin, who does not become a member", start: in(None), action: ActCreate, by: Admin, end: Active,
			change: asking[F](fieldUEI.text("")),
			check:  func(t *testing.T, _ *F, s *Step) { wantChildren(t, s) }},
		{name: "with a wrong check character", start: in(None), action: ActCreate, by: AOR, reason: "uei_invalid",
			change: asking[F](fieldUEI.text("C11UU252P5S6"))},
		{name: "with an EIN without its dash", start: in(None), action: ActCreate, by: AOR, reason: "ein_invalid",
			change: asking[F](fieldEIN.text("123456789"))},
		{name: "with a letter in the EIN", start: in(None), action: ActCreate, by: AOR, reason: "ein_invalid",
			change: asking[F](fieldEIN.text("12-345678x"))},
		{name: "its CAGE code, while it has none", start: in(Active), action: ActUpdate, by: AOR, end: Active, change: asking[F](fieldCAGE.text("1ABC5"))},
		{name: "another CAGE code, by itself", start: in(Active), action: ActUpdate, by: AOR, reason: "identity_fixed",
			change: func(f *F, c *Command) { f.CAGE = "1ABC5"; asking[F](fieldCAGE.text("1ABD5"))(f, c) }},
		{name: "a new affiliate", start: in(Active), action: ActDeclare, by: AOR, end: Active,
			check: func(t *testing.T, _ *F, s *Step) {
				wantChildren(t, s, "create organization 50", "create affiliation 0")
				list := slices.Collect(s.Children())
				if c := (Command{Inputs: list[0].Inputs}); c.Text(fieldUEI) != "C143CN6K2CY5" || c.Ref(fieldFor) != 5 || list[0].By != System {
					t.Errorf("registers %+v", list[0])
				}
				if c := (Command{Inputs: list[1].Inputs}); c.Ref(fieldOwner) != 5 || c.Ref(fieldOwned) != 50 || c.Int(fieldShare) != 51_00 || list[1].By != AOR {
					t.Errorf("declares %+v", list[1])
				}
			}},
		{name: "the register's own record of an owner", start: in(Active), action: ActDeclare, by: AOR, end: Active,
			change: func(f *F, c *Command) {
				f.Found = Organization{Record: Record{ID: 9}}
				asking[F](fieldRelation.text("owns_us"))(f, c)
			},
			check: func(t *testing.T, _ *F, s *Step) {
				wantChildren(t, s, "create affiliation 0")
				if c := (Command{Inputs: slices.Collect(s.Children())[0].Inputs}); c.Ref(fieldOwner) != 9 || c.Ref(fieldOwned) != 5 {
					t.Errorf("declares %+v", c.Inputs)
				}
			}},
		{name: "itself", start: in(Active), action: ActDeclare, by: AOR, reason: "affiliation_with_itself",
			change: facts(func(f *F) { f.Found = f.Organization })},
		{name: "nothing", start: in(Active), action: ActDeclare, by: AOR, reason: "share_zero", change: asking[F](fieldShare.count(0))},
		{name: "with a wrong UEI", start: in(Active), action: ActDeclare, by: AOR, reason: "uei_invalid", change: asking[F](fieldUEI.text("C143CN6K2CY6"))},
		{name: "in no country", start: in(Active), action: ActDeclare, by: AOR, reason: "country_invalid", change: asking[F](fieldCountry.text("Nowhere"))},
		{name: "where it is", start: in(Active), action: ActUpdate, by: AOR, end: Active,
			change: func(_ *F, c *Command) { c.Inputs = []Input{fieldCity.text("Elko"), fieldUEI.text("c11uu252p5s5")} },
			check: func(t *testing.T, f *F, s *Step) {
				if f.City != "Elko" || f.UEI != "C11UU252P5S5" || f.LegalName != "Ana's Lab" || f.Group != 4 {
					t.Errorf("updated %+v", f.Organization)
				}
				wantJobs(t, s, Job{Kind: JobEvidence, Record: 5})
			}},
		{name: "what no rule looks at", start: in(Active), action: ActUpdate, by: AOR, end: Active,
			change: func(_ *F, c *Command) { c.Inputs = []Input{fieldStreet.text("2 Main"), fieldUEI.text("c11uu252p5s5")} },
			check:  func(t *testing.T, _ *F, s *Step) { wantJobs(t, s, Job{Kind: JobDuplicates, Record: 5}) }},
		{name: "though it was taken for another", start: in(Merged), action: ActUpdate, by: AOR, end: Merged,
			change: func(_ *F, c *Command) { c.Inputs = []Input{fieldMailing.text("PO Box 5")} },
			check:  func(t *testing.T, _ *F, s *Step) { wantJobs(t, s) }},
		{name: "an affiliate of what was taken for another", start: in(Merged), action: ActDeclare, by: AOR, end: Merged},
		{name: "taken for another", start: in(Active), action: ActMerge, by: System, end: Merged, change: asking[F](fieldInto.ref(9)),
			check: func(t *testing.T, f *F, _ *Step) {
				if f.MergedInto != 9 {
					t.Errorf("merged into %d", f.MergedInto)
				}
			}},
		{name: "not taken for another any more", start: in(Merged), action: ActUndo, by: System, end: Active,
			change: facts(func(f *F) { f.MergedInto = 9 }), check: func(t *testing.T, f *F, _ *Step) {
				if f.MergedInto != 0 {
					t.Errorf("still merged into %d", f.MergedInto)
				}
			}},
		{name: "the day it was founded, while none is said", start: in(Active), action: ActUpdate, by: AOR, end: Active,
			change: func(f *F, c *Command) { c.Inputs = []Input{fieldFounded.day(DateOf(noon))} },
			check:  func(t *testing.T, _ *F, s *Step) { wantJobs(t, s, Job{Kind: JobEvidence, Record: 5}) }},
		{name: "the day it was founded, again", start: in(Active), action: ActUpdate, by: AOR, end: Active,
			change: func(f *F, c *Command) { f.Founded, c.Inputs = DateOf(noon), []Input{fieldFounded.day(DateOf(noon))} },
			check:  func(t *testing.T, _ *F, s *Step) { wantJobs(t, s) }},
		{name: "another day it was founded, by itself", start: in(Active), action: ActUpdate, by: AOR, reason: "identity_fixed",
			change: func(f *F, c *Command) {
				f.Founded, c.Inputs = DateOf(noon), []Input{fieldFounded.day(DateOf(noon) - 1)}
			}},
		{name: "no day it was founded, by itself", start: in(Active), action: ActUpdate, by: AOR, reason: "identity_fixed",
			change: func(f *F, c *Command) { f.Founded, c.Inputs = DateOf(noon), []Input{fieldFounded.day(0)} }},
		{name: "its name, by itself", start: in(Active), action: ActUpdate, by: AOR, reason: "identity_fixed",
			change: asking[F](fieldLegalName.text("Anna's Lab"))},
		{name: "its UEI, by itself", start: in(Active), action: ActUpdate, by: AOR, reason: "identity_fixed",
			change: asking[F](fieldUEI.text("C143CN6K2CY5"))},
		{name: "its EIN, by itself", start: in(Active), action: ActUpdate, by: AOR, reason: "identity_fixed",
			change: asking[F](fieldEIN.text("98-7654321"))},
		{name: "its UEI, by an admin", start: in(Active), action: ActUpdate, by: Admin, end: Active,
			change: asking[F](fieldUEI.text("C143CN6K2CY5"))},
		{name: "its UEI to a wrong one", start: in(Active), action: ActUpdate, by: Admin, reason: "uei_invalid",
			change: asking[F](fieldUEI.text("C143CN6K2CY4"))},
		{name: "its EIN to a wrong one", start: in(Active), action: ActUpdate, by: Admin, reason: "ein_invalid",
			change: asking[F](fieldEIN.text("98_7654321"))},
	}
	for _, bad := range []struct {
		in     Input
		reason Reason
	}{
		{fieldCAGE.text("1ABI5"), "cage_invalid"}, {fieldCAGE.text("1ABC"), "cage_invalid"}, {fieldCAGE.text("１ABC5"), "cage_invalid"},
		{fieldNAICS.text("999999"), "naics_unknown"}, {fieldNAICS.text("5417"), "naics_unknown"}, {fieldNAICS.text("５４１７１５"), "naics_unknown"},
		{fieldWebsite.text("javascript:alert(1)"), "website_invalid"}, {fieldWebsite.text("http://"), "website_invalid"},
		{fieldWebsite.text("https://example.org/\"><b>"), "website_invalid"}, {fieldWebsite.text("ftp://example.org"), "website_invalid"},
		{fieldWebsite.text("https://a@b.example.org"), "website_invalid"}, {fieldWebsite.text("localhost"), "website_invalid"}, {fieldWebsite.text("10.0.0.1"), "website_invalid"},
		{fieldEmail.text("ana at example.org"), "email_invalid"}, {fieldCountry.text("US"), "country_invalid"}, {fieldCountry.text("U5A"), "country_invalid"},
		{fieldFounded.day(DateOf(noon) + 1), "founded_in_the_future"},
	} {
		for action, start := range map[Action]State{ActCreate: None, ActUpdate: Active} {
			list = append(list, scenario[F]{name: "with " + bad.in.Name + " " + bad.in.Text, start: in(start), action: action, by: Admin, reason: bad.reason,
				change: asking[F](bad.in)})
		}
	}
	runScenarios(t, Organizations, ready, list)
}

// Source: UEIs of SBIR awards in USASpending; the invalid ones are made from them.
func TestUEI(t *testing.T) {
	for _, valid := range []string{"C11UU252P5S5", "C143CN6K2CY5", "C145Y4SMNXK5", "KD6VWJ8MHRX5", "kd6vwj8mhrx5"} {
		if !UEIValid(valid) {
			t.Errorf("%s is refused", valid)
		}
	}
	for _, invalid := range []string{
		"", "C11UU252P5S", "C11UU252P5S55", "C11UU252P5S4", "1C1UU252P5S5", "KD6VWJ8MHRXS",
		"KD6VWJ8MHRO5", "KD6VWJ8MHRI5", "KD6VWJ8MHR-5", "KD6VWJ8MHR\u00d65", "KD6VWJ8MHR\uff15",
	} {
		if UEIValid(invalid) {
			t.Errorf("%q is taken", invalid)
		}
	}
	for _, shape := range []string{"0DAAAAAAAAA", "1AAA2AAAAAA", "A123456789A"} {
		if whole := shape + string(ueiCheck(shape)); UEIValid(whole) {
			t.Errorf("%s is taken, though only its check character is right", whole)
		}
	}
}

func TestAffiliation(t *testing.T) {
	type F = AffiliationFacts
	ready := func(s State, a Action) (F, Command) {
		f := F{OwnerNow: Organization{Record: Record{ID: 8}}, OwnedNow: Organization{Record: Record{ID: 5}}}
		c := Command{ID: 9, Received: noon}
		if s != None {
			f.Affiliation = Affiliation{Record: Record{ID: 9, State: s, Version: 1}, Owner: 8, Owned: 5, Since: DateOf(noon)}
		}
		switch a {
		case ActCreate:
			c.Inputs = []Input{fieldOwner.ref(8), fieldOwned.ref(5), fieldShare.count(50_01), fieldSince.day(DateOf(noon)), fieldNote.text("n")}
		case ActClose:
			c.Inputs = []Input{fieldEnds.day(DateOf(noon) + 1), fieldNote.text("sold")}
		}
		return f, c
	}
	merges := func(want bool) func(*testing.T, *F, *Step) {
		return func(t *testing.T, _ *F, s *Step) {
			m, merged := s.Merged()
			if merged != want || merged && m != (GroupMerge{8, 5}) {
				t.Errorf("Merged() = %+v, %t; want %t", m, merged, want)
			}
		}
	}
	runScenarios(t, Affiliations, ready, []scenario[F]{
		{name: "over half", start: in(None), action: ActCreate, by: Admin, end: Active, check: merges(true)},
		{name: "one side's word", start: in(None), action: ActCreate, by: AOR, end: Requested, check: func(t *testing.T, f *F, s *Step) {
			if f.Owner != 8 || f.Owned != 5 || f.Share != 50_01 {
				t.Errorf("declared %+v", f.Affiliation)
			}
			merges(false)(t, f, s)
		}},
		{name: "confirmed", start: in(Requested), action: ActConfirm, by: ProgramOfficer, end: Active,
			change: facts(func(f *F) { f.Share = 50_01 }), check: merges(true)},
		{name: "confirmed without control", start: in(Requested), action: ActConfirm, by: Admin, end: Active,
			change: facts(func(f *F) { f.Share = 50_00 }), check: merges(false)},
		{name: "not so", start: in(Requested), action: ActDeny, by: ProgramOfficer, end: Denied,
			change: asking[F](fieldNote.text("no evidence")), check: merges(false)},
		{name: "exactly half", start: in(None), action: ActCreate, by: Admin, end: Active,
			change: asking[F](fieldShare.count(50_00)), check: merges(false)},
		{name: "over half with what is held already", start: in(None), action: ActCreate, by: System, end: Active,
			change: func(f *F, c *Command) {
				f.Held = 30_00
				asking[F](fieldShare.count(20_01))(f, c)
			}, check: merges(true)},
		{name: "control without a share, though a hold stands", start: in(None), action: ActCreate, by: Admin, end: Active,
			change: func(f *F, c *Command) {
				f.Holds = 1
				c.Inputs = append(c.Inputs[:2:2], fieldControl.check(), fieldSince.day(DateOf(noon)), fieldNote.text("n"))
			},
			check: func(t *testing.T, f *F, s *Step) {
				want := Affiliation{Record: f.Record, Owner: 8, Owned: 5, Control: true, Since: DateOf(noon), Note: "n"}
				if f.Affiliation != want {
					t.Errorf("made %+v, want %+v", f.Affiliation, want)
				}
				merges(true)(t, f, s)
			}},
		{name: "of itself", start: in(None), action: ActCreate, by: AOR, reason: "affiliation_with_itself", change: asking[F](fieldOwned.ref(8))},
		{name: "of nobody", start: in(None), action: ActCreate, by: AOR, reason: "organization_unknown",
			change: facts(func(f *F) { f.OwnedNow = Organization{} })},
		{name: "of a stranger", start: in(None), action: ActCreate, by: AOR, reason: "organization_unknown",
			change: facts(func(f *F) { f.Stranger = true })},
		{name: "of an admin's stranger", start: in(None), action: ActCreate, by: Admin, end: Active,
			change: facts(func(f *F) { f.Stranger = true })},
		{name: "without a share or control", start: in(None), action: ActCreate, by: AOR, reason: "share_zero", change: asking[F](fieldShare.count(0))},
		{name: "after a sale", start: in(Active), action: ActClose, by: Admin, end: Closed,
			check: func(t *testing.T, f *F, s *Step) {
				if f.Until != DateOf(noon)+1 || f.Note != "sold" {
					t.Errorf("ended %+v", f.Affiliation)
				}
				merges(false)(t, f, s)
			}},
		{name: "on its first day", start: in(Active), action: ActClose, by: Admin, reason: "ends_before_start", change: asking[F](fieldEnds.day(DateOf(noon)))},
	})
}

func TestPerson(t *testing.T) {
	type F = PersonFacts
	ready := func(s State, a Action) (F, Command) {
		f, c := F{}, Command{ID: 20, Actor: Actor{Person: stranger}, Received: noon}
		if s != None {
			f.Person = Person{Record: Record{ID: 20, State: s, Version: 1}, Name: "Ana", Email: "ana@example.org", Language: "en", Password: "h"}
		}
		if a == ActCreate {
			c.Inputs = []Input{fieldName.text("Ana"), fieldEmail.text("Ana@Example.org"), fieldPassword.text("h")}
		}
		return f, c
	}
	runScenarios(t, People, ready, []scenario[F]{
		{name: "with an address in small letters", start: in(None), action: ActCreate, by: Admin, end: Active,
			check: func(t *testing.T, f *F, _ *Step) {
				want := Person{Record: f.Record, Name: "Ana", Email: "ana@example.org", Language: "en", Password: "h"}
				if f.Person != want {
					t.Errorf("made %+v, want %+v", f.Person, want)
				}
			}},
		{name: "without an address", start: in(None), action: ActCreate, by: System, reason: "email_invalid", change: asking[F](fieldEmail.text("ana"))},
		{name: "another's language", start: in(Active), action: ActUpdate, by: Admin, end: Active, change: asking[F](fieldLanguage.text("zh-TW")),
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Language != "zh-TW" || f.Password != "h" || f.Name != "Ana" {
					t.Errorf("updated %+v", f.Person)
				}
			}},
		{name: "oneself", start: in(Active), action: ActUpdate, by: Admin, actor: 20, reason: "that_is_you"},
		{name: "oneself, through the system", start: in(Active), action: ActUpdate, by: System, actor: 20, end: Active},
		{name: "to no address", start: in(Active), action: ActUpdate, by: Admin, reason: "email_invalid", change: asking[F](fieldEmail.text(""))},
		{name: "another", start: in(Active), action: ActRevoke, by: Admin, end: Revoked},
		{name: "oneself", start: in(Active), action: ActRevoke, by: Admin, actor: 20, reason: "that_is_you"},
	})
}

func TestEmail(t *testing.T) {
	for _, valid := range []string{"a@b.c", "first.last+tag@sub.example.org", "o'hara@example.org", "~@b.c"} {
		if !emailValid(valid) {
			t.Errorf("%s is refused", valid)
		}
	}
	for _, invalid := range []string{
		"", "@example.org", "a\x7f@b.c", "a@", "a@b", "a@.b", "a@b.", "a@b@c.d", "a b@c.d", "a@b.c\n", "a@b.c,d@e.f", "<a@b.c>", "\u00e4@b.c", "a\x00@b.c",
	} {
		if emailValid(invalid) {
			t.Errorf("%q is taken", invalid)
		}
	}
}

func TestGrant(t *testing.T) {
	type F = GrantFacts
	ready := func(s State, a Action) (F, Command) {
		f := F{Person: Person{Record: Record{ID: 20, State: Active}}, Program: Program{Record: Record{ID: 2, State: Active}}}
		c := Command{ID: 30, Actor: Actor{Person: stranger}, Received: noon}
		if s != None {
			f.Grant = Grant{Record: Record{ID: 30, State: s, Version: 1}, Person: 20, Role: AOR}
		}
		if a == ActUpdate {
			f.Role, f.Topics = Reviewer, []string{"robots", "water"}
			c.Inputs = []Input{fieldExpertise.text("water"), {Name: fieldMax.Name, Int: 4}}
		}
		if a == ActCreate {
			c.Inputs = []Input{fieldPerson.ref(20), fieldRole.text("reviewer"), fieldProgram.ref(2)}
		}
		return f, c
	}
	asks := func(role string, program, organization ID, held ...Role) func(*F, *Command) {
		return func(f *F, c *Command) {
			f.Program, f.Organization, f.Held = Program{Record: Record{ID: program}}, Organization{Record: Record{ID: organization}}, held
			asking[F](fieldRole.text(role))(f, c)
		}
	}
	grants := func(r Role, program, organization ID) func(*testing.T, *F, *Step) {
		return func(t *testing.T, f *F, _ *Step) {
			want := Grant{Record: f.Record, Person: 20, Role: r, Program: program, Organization: organization}
			if f.Grant != want {
				t.Errorf("granted %+v, want %+v", f.Grant, want)
			}
		}
	}
	list := []scenario[F]{
		{name: "a role in a program", start: in(None), action: ActCreate, by: Admin, end: Active, check: grants(Reviewer, 2, 0)},
		{name: "what a reviewer is an expert in", start: in(Active), action: ActUpdate, by: ProgramOfficer, end: Active,
			check: func(t *testing.T, f *F, _ *Step) {
				if f.Expertise != "water" || f.MaxReviews != 4 {
					t.Errorf("expert in %q, takes %d", f.Expertise, f.MaxReviews)
				}
			}},
		{name: "what an AOR is an expert in", start: in(Active), action: ActUpdate, by: ProgramLead, reason: "grant_not_reviewer",
			change: facts(func(f *F) { f.Role = AOR })},
		{name: "a topic that the program has not", start: in(Active), action: ActUpdate, by: ProgramLead, reason: "topic_unknown",
			change: facts(func(f *F) { f.Topics = nil })},
		{name: "AOR by an AOR", start: in(None), action: ActCreate, by: AOR, end: Active, change: asks("aor", 0, 5), check: grants(AOR, 0, 5)},
		{name: "membership by the system, to who registers", start: in(None), action: ActCreate, by: System, actor: 20, end: Active,
			change: asks("applicant", 0, 5), check: grants(Applicant, 0, 5)},
		{name: "admin", start: in(None), action: ActCreate, by: Admin, end: Active, change: asks("admin", 0, 0, Reviewer, AOR), check: grants(Admin, 0, 0)},
		{name: "a role of a program by an AOR", start: in(None), action: ActCreate, by: AOR, reason: "role_not_yours_to_give"},
		{name: "admin by an AOR", start: in(None), action: ActCreate, by: AOR, reason: "role_not_yours_to_give", change: asks("admin", 0, 0)},
		{name: "a role to oneself", start: in(None), action: ActCreate, by: Admin, actor: 20, reason: "that_is_you"},
		{name: "a role to whom one acts for", start: in(None), action: ActCreate, by: Admin, reason: "that_is_you",
			change: func(_ *F, c *Command) { c.Actor.OnBehalf = 20 }},
		{name: "a role to nobody", start: in(None), action: ActCreate, by: Admin, reason: "person_unknown", change: facts(func(f *F) { f.Person = Person{} })},
		{name: "a role to somebody who left", start: in(None), action: ActCreate, by: Admin, reason: "person_unknown",
			change: facts(func(f *F) { f.Person.State = Revoked })},
		{name: "an unknown role", start: in(None), action: ActCreate, by: Admin, reason: "role_unknown", change: asks("emperor", 2, 0)},
		{name: "the system's role", start: in(None), action: ActCreate, by: System, reason: "role_unknown", change: asks("system", 2, 0)},
		{name: "a role of a program in an organization", start: in(None), action: ActCreate, by: Admin, reason: "grant_scope", change: asks("reviewer", 0, 5)},
		{name: "a role of a program in both", start: in(None), action: ActCreate, by: Admin, reason: "grant_scope", change: asks("reviewer", 2, 5)},
		{name: "a role of an organization in a program", start: in(None), action: ActCreate, by: Admin, reason: "grant_scope", change: asks("aor", 2, 0)},
		{name: "admin of a program", start: in(None), action: ActCreate, by: Admin, reason: "grant_scope", change: asks("admin", 2, 0)},

		{name: "a role of an organization", start: in(Active), action: ActRevoke, by: AOR, end: Revoked},
		{name: "a role of a program", start: in(Active), action: ActRevoke, by: Admin, end: Revoked, change: facts(func(f *F) { f.Role = Reviewer })},
		{name: "a role of a program by an AOR", start: in(Active), action: ActRevoke, by: AOR, reason: "role_not_yours_to_give",
			change: facts(func(f *F) { f.Role = Reviewer })},
		{name: "one's own role", start: in(Active), action: ActRevoke, by: Admin, actor: 20, reason: "that_is_you"},
	}
	for _, official := range []Role{ProgramOfficer, SelectingOfficial, GrantsOfficer, AppealsOfficial, SecurityReviewer, FinancePreparer,
		FinanceCertifier, FinanceReleaser} {
		list = append(list,
			scenario[F]{name: "admin to a " + official.String(), start: in(None), action: ActCreate, by: Admin, reason: "roles_exclude",
				change: asks("admin", 0, 0, official)},
			scenario[F]{name: official.String() + " to an admin", start: in(None), action: ActCreate, by: Admin, reason: "roles_exclude",
				change: asks(official.String(), 2, 0, Admin)})
	}
	runScenarios(t, Grants, ready, list)
}

func TestToken(t *testing.T) {
	type F = TokenFacts
	sum := strings.Repeat("ab", 32)
	ready := func(s State, a Action) (F, Command) {
		f := F{Person: Person{Record: Record{ID: ana, State: Active}}}
		c := Command{ID: 80, Actor: Actor{Person: ana}, Received: noon}
		if s != None {
			f.Token = Token{Record: Record{ID: 80, State: s, Version: 1}, Person: ana}
		}
		if a == ActCreate {
			c.Inputs = []Input{fieldName.text("ci"), fieldSum.text(sum), fieldScopes.text("read,write"), {Name: "until", Time: noon.AddDate(0, 1, 0)}}
		}
		return f, c
	}
	until := func(at time.Time) func(*F, *Command) { return asking[F](Input{Name: "until", Time: at}) }
	runScenarios(t, Tokens, ready, []scenario[F]{
		{name: "for oneself", start: in(None), action: ActCreate, by: Auditor, end: Active,
			check: func(t *testing.T, f *F, _ *Step) {
				want := Token{Record: f.Record, Person: ana, Name: "ci", Sum: sum, Scopes: "read,write", Ends: noon.AddDate(0, 1, 0)}
				if f.Token != want {
					t.Errorf("made %+v, want %+v", f.Token, want)
				}
			}},
		{name: "for another, by the system", start: in(None), action: ActCreate, by: System, actor: stranger, end: Active},
		{name: "for another", start: in(None), action: ActCreate, by: Admin, actor: stranger, reason: "not_your_token"},
		{name: "with a token", start: in(None), action: ActCreate, by: AOR, reason: "token_made_by_token",
			change: func(_ *F, c *Command) { c.Actor.Via = 81 }},
		{name: "for somebody who left", start: in(None), action: ActCreate, by: AOR, reason: "person_unknown",
			change: facts(func(f *F) { f.Person.State = Revoked })},
		{name: "with a short sum", start: in(None), action: ActCreate, by: AOR, reason: "sum_invalid", change: asking[F](fieldSum.text("ab"))},
		{name: "with an unknown scope", start: in(None), action: ActCreate, by: AOR, reason: "scope_unknown", change: asking[F](fieldScopes.text("read,all"))},
		{name: "without a scope", start: in(None), action: ActCreate, by: AOR, reason: "scope_unknown", change: asking[F](fieldScopes.text(""))},
		{name: "for a year and a day", start: in(None), action: ActCreate, by: AOR, end: Active, change: until(noon.AddDate(0, 0, 366))},
		{name: "for longer", start: in(None), action: ActCreate, by: AOR, reason: "token_end_invalid", change: until(noon.AddDate(0, 0, 366).Add(1))},
		{name: "for no time", start: in(None), action: ActCreate, by: AOR, reason: "token_end_invalid", change: until(noon)},
		{name: "one's own", start: in(Active), action: ActRevoke, by: Applicant, end: Revoked},
		{name: "another's, by an admin", start: in(Active), action: ActRevoke, by: Admin, actor: stranger, end: Revoked},
		{name: "another's", start: in(Active), action: ActRevoke, by: GrantsOfficer, actor: stranger, reason: "not_your_token"},
	})
}
