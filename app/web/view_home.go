package web

import "tranche/workflow"

// HomeView is the front page, for everybody.
type HomeView struct {
	Shell
	Calls    []Call
	Next     Stamp // when the next opportunity opens, if none is open
	StartURL string
	Figures  []Fact // money and counts that are public
}

// Page implements View.
func (HomeView) Page() string { return "home" }

// Call is an opportunity on a card.
type Call struct {
	Name, URL     string
	Number        string
	Tag           Tag
	Summary       string
	Opens, Closes Stamp
	Due           Due
	Cap           workflow.Cents // the most that one award is worth
	Left          workflow.Cents // available in the fund
}

// SignInView asks who is there. A wrong pair gets one and the same sentence.
type SignInView struct {
	Shell
	Form   Form
	Notice *Notice
}

// Page implements View.
func (SignInView) Page() string { return "sign_in" }

// SignInForm returns the form for a password. next is where to go afterwards;
// email is what was typed before, the password never comes back.
func (s Shell) SignInForm(url, next, email, refused string) Form {
	f := Form{Name: "sign-in", URL: url, Submit: s.T("sign_in.submit"), Refused: refused, Fields: []Field{
		{Name: "email", Kind: EmailField, Label: s.FieldName("email"), Value: email, Required: true, Complete: "username"},
		{Name: "password", Kind: PasswordField, Label: s.FieldName("password"), Required: true, Complete: "current-password"},
	}}
	if next != "" {
		f.Hidden = []Hidden{{"next", next}}
	}
	return f
}

// ProblemView is the answer to a request that could not be served.
type ProblemView struct {
	Shell
	Status    int
	Sentence  string
	Problems  []Problem // fields of a form that cannot be shown again
	Reference string    // what to tell the help desk, or ""
	Back      Link
}

// Page implements View.
func (ProblemView) Page() string { return "problem" }

// ResumeView shows a form that waited while somebody signed in, with one button.
type ResumeView struct {
	Shell
	Form   Form
	Notice *Notice // that files did not wait; or nil
}

// Page implements View.
func (ResumeView) Page() string { return "resume" }
