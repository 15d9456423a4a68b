package input

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tranche/workflow"
)

var (
	title     = workflow.Field{Name: "title", Kind: workflow.Line, Max: 10}
	story     = workflow.Field{Name: "story", Kind: workflow.Text, Max: 40, Optional: true}
	amount    = workflow.Field{Name: "amount", Kind: workflow.Money, Optional: true}
	months    = workflow.Field{Name: "months", Kind: workflow.Count, Min: 1, Max: 60, Optional: true}
	score     = workflow.Field{Name: "score", Kind: workflow.Count, Min: 0, Max: 100, Optional: true}
	certified = workflow.Field{Name: "certified", Kind: workflow.Check, Optional: true}
	method    = workflow.Field{Name: "method", Kind: workflow.Choice, Choices: []string{"call_back", "prenote"}, Optional: true}
	codes     = workflow.Field{Name: "codes", Kind: workflow.Codes, Choices: []string{"a", "b", "c"}, Optional: true}
	due       = workflow.Field{Name: "due", Kind: workflow.Day, Optional: true}
	until     = workflow.Field{Name: "until", Kind: workflow.Instant, Optional: true}
	person    = workflow.Field{Name: "person", Kind: workflow.Ref, Of: workflow.NounPerson, Optional: true}
	account   = workflow.Field{Name: "account", Kind: workflow.Secret, Max: 17, Optional: true}

	all = Set{workflow.ActSubmit, []workflow.Field{title, story, amount, months, score, certified, method, codes, due, until, person, account}}
)

// outcome writes what reading came to in one line: "ok", the errors, or the
// unreadable name.
func outcome(err error) string {
	var wrong Errors
	var unreadable *Unreadable
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &wrong):
		var parts []string
		for _, e := range wrong {
			parts = append(parts, e.Field+" "+string(e.Reason))
		}
		return strings.Join(parts, ", ")
	case errors.As(err, &unreadable):
		return "400 " + strings.TrimSpace(unreadable.Name+" "+string(unreadable.Reason))
	}
	return err.Error()
}

func TestAFormAndABodyOfTheSameAnswersGiveTheSameInputs(t *testing.T) {
	want := []workflow.Input{
		{Name: "title", Text: "Café"},
		{Name: "story", Text: "one\ntwo"},
		{Name: "amount", Cents: 148_500_00},
		{Name: "months", Int: 12},
		{Name: "score", Int: 0},
		{Name: "certified", Int: 1},
		{Name: "method", Text: "prenote"},
		{Name: "codes", Text: "a,c"},
		{Name: "due", Date: mustDate("2026-11-30")},
		{Name: "until", Time: time.Date(2026, 11, 30, 22, 0, 0, 0, time.UTC)},
		{Name: "person", Int: 7},
		{Name: "account", Text: " 12 "},
	}
	form := url.Values{"title": {" Cafe\u0301 "}, "story": {"one\r\ntwo\r\n"}, "amount": {"$148,500.00"}, "months": {"12"},
		"score": {"0"}, "certified": {"true"}, "method": {"prenote"}, "codes": {"c", "a"}, "due": {"2026-11-30"},
		"until": {"2026-11-30T17:00:00-05:00"}, "person": {"7"}, "account": {" 12 "}, "version": {"3"}}
	body := `{"title":" Cafe\u0301 ","story":"one\r\ntwo\r\n","amount":{"currency":"USD","amount":"148500.00"},"months":12,
		"score":0,"certified":true,"method":"prenote","codes":["c","a"],"due":"2026-11-30",
		"until":"2026-11-30T17:00:00-05:00","person":7,"account":" 12 "}`

	fromForm, err := all.Form(form, "version")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, fromForm); diff != "" {
		t.Error("form:", diff)
	}
	fromBody, err := all.JSON(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, fromBody); diff != "" {
		t.Error("body:", diff)
	}
}

func TestABodyThatNobodyCanMeanIsUnreadable(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"unknown name":            {`{"title":"x","state":"paid"}`, "400 state unknown_field"},
		"another case":            {`{"Title":"x"}`, "400 Title unknown_field"},
		"the same name twice":     {`{"title":"x","title":"y"}`, "400 title duplicate_field"},
		"an escaped name twice":   {`{"title":"x","t\u0069tle":"y"}`, "400 title duplicate_field"},
		"a name twice in money":   {`{"title":"x","amount":{"amount":"1","amount":"9","currency":"USD"}}`, "400 amount.amount duplicate_field"},
		"unknown name in money":   {`{"title":"x","amount":{"amount":"1","currency":"USD","cents":1}}`, "400 amount.cents unknown_field"},
		"a second document":       {`{"title":"x"}{"title":"y"}`, "400 unreadable"},
		"text behind":             {`{"title":"x"}]`, "400 unreadable"},
		"a mark at the start":     {"\ufeff" + `{"title":"x"}`, "400 unreadable"},
		"UTF-16":                  {"{\x00\"\x00t\x00", "400 unreadable"},
		"NUL":                     {`{"title":"a\u0000b"}`, "400 unreadable"},
		"a raw control character": {"{\"title\":\"a\x01b\"}", "400 unreadable"},
		"invalid UTF-8":           {"{\"title\":\"\xff\"}", "400 unreadable"},
		"a high surrogate alone":  {`{"title":"\ud83d"}`, "400 unreadable"},
		"a low surrogate alone":   {`{"title":"\ude00"}`, "400 unreadable"},
		"surrogates in disorder":  {`{"title":"\ude00\ud83d"}`, "400 unreadable"},
		"a list on top":           {`["title"]`, "400 unreadable"},
		"text on top":             {`"title"`, "400 unreadable"},
		"null on top":             {`null`, "400 unreadable"},
		"not JSON":                {`title=x`, "400 unreadable"},
		"a comment":               {`{"title":"x"/**/}`, "400 unreadable"},
		"too deep":                {`{"title":` + strings.Repeat("[", 50) + strings.Repeat("]", 50) + `}`, "400 unreadable"},
		"cut off":                 {`{"title":"x"`, "400 unreadable"},
		"NaN":                     {`{"title":"x","months":NaN}`, "400 unreadable"},
	} {
		t.Run(name, func(t *testing.T) {
			inputs, err := all.JSON(strings.NewReader(c.body))
			if got := outcome(err); got != c.want || inputs != nil {
				t.Errorf("got %q with inputs %v, want %q", got, inputs, c.want)
			}
		})
	}
}

func TestAWrongValueIsNamedWithItsReason(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"nothing":                    {``, "title required"},
		"null":                       {`{"title":null}`, "title required"},
		"blank":                      {`{"title":" \t "}`, "title required"},
		"not text":                   {`{"title":7}`, "title not_text"},
		"too long, in characters":    {`{"title":"éééééééééé1"}`, "title too_long"},
		"as long as may be":          {`{"title":"éééééééééé"}`, "ok"},
		"two lines in a line":        {`{"title":"a\nb"}`, "title bad_character"},
		"a turn of direction":        {`{"title":"a\u202eb"}`, "title bad_character"},
		"an escape":                  {`{"title":"a\u001bb"}`, "title bad_character"},
		"a pair of surrogates":       {`{"title":"\ud83d\ude00"}`, "ok"},
		"a backslash before u":       {`{"title":"\\u0000"}`, "ok"},
		"money as number":            {`{"title":"x","amount":12.5}`, "amount not_money"},
		"money as text":              {`{"title":"x","amount":"12.50"}`, "amount not_money"},
		"a number in money":          {`{"title":"x","amount":{"amount":12.5,"currency":"USD"}}`, "amount not_money"},
		"half a cent":                {`{"title":"x","amount":{"amount":"1.005","currency":"USD"}}`, "amount not_money"},
		"negative money":             {`{"title":"x","amount":{"amount":"-1.00","currency":"USD"}}`, "amount not_money"},
		"separators in a body":       {`{"title":"x","amount":{"amount":"1,000.00","currency":"USD"}}`, "amount not_money"},
		"digits of another alphabet": {`{"title":"x","amount":{"amount":"١٢","currency":"USD"}}`, "amount not_money"},
		"more money than there is":   {`{"title":"x","amount":{"amount":"99999999999999","currency":"USD"}}`, "amount not_money"},
		"euros":                      {`{"title":"x","amount":{"amount":"1.00","currency":"EUR"}}`, "amount not_dollars"},
		"no currency":                {`{"title":"x","amount":{"amount":"1.00"}}`, "amount not_dollars"},
		"a count as text":            {`{"title":"x","months":"12"}`, "months not_a_number"},
		"a count with an exponent":   {`{"title":"x","months":1e1}`, "months not_a_number"},
		"a count with decimals":      {`{"title":"x","months":12.0}`, "months not_a_number"},
		"a count of 2^63":            {`{"title":"x","months":9223372036854775808}`, "months not_a_number"},
		"a count of 1e400":           {`{"title":"x","months":1e400}`, "months not_a_number"},
		"a count too small":          {`{"title":"x","months":0}`, "months too_small"},
		"a negative count":           {`{"title":"x","months":-1}`, "months too_small"},
		"minus zero":                 {`{"title":"x","score":-0}`, "score not_a_number"},
		"a count too large":          {`{"title":"x","months":61}`, "months too_large"},
		"a box as text":              {`{"title":"x","certified":"true"}`, "certified not_yes_or_no"},
		"another choice":             {`{"title":"x","method":"guess"}`, "method not_a_choice"},
		"a choice in another case":   {`{"title":"x","method":"Prenote"}`, "method not_a_choice"},
		"codes as text":              {`{"title":"x","codes":"a"}`, "codes not_a_choice"},
		"codes that are no text":     {`{"title":"x","codes":[1]}`, "codes not_a_choice"},
		"a code twice":               {`{"title":"x","codes":["a","a"]}`, "codes chosen_twice"},
		"a day that is none":         {`{"title":"x","due":"2026-02-30"}`, "due not_a_date"},
		"a moment without zone":      {`{"title":"x","until":"2026-11-30T17:00:00"}`, "until not_a_moment"},
		"a moment with a comma":      {`{"title":"x","until":"2026-11-30T17:00:00,5Z"}`, "until not_a_moment"},
		"a record of zero":           {`{"title":"x","person":0}`, "person not_a_record"},
		"a record below zero":        {`{"title":"x","person":-7}`, "person not_a_record"},
		"a record of 19 digits":      {`{"title":"x","person":1234567890123456789}`, "person not_a_record"},
		"a record as text":           {`{"title":"x","person":"7"}`, "person not_a_record"},
		"several at once":            {`{"months":0,"score":101}`, "title required, months too_small, score too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			inputs, err := all.JSON(strings.NewReader(c.body))
			if got := outcome(err); got != c.want || err != nil && inputs != nil {
				t.Errorf("got %q with inputs %v, want %q", got, inputs, c.want)
			}
		})
	}
}

// Codes that a lifecycle knows are not known here: their number has to end somewhere.
func TestAnAnswerHoldsOnlySoManyCodes(t *testing.T) {
	open := Set{workflow.ActSubmit, []workflow.Field{codes.AndOthers()}}
	for n, want := range map[int]string{MaxCodes: "ok", MaxCodes + 1: "codes too_many_chosen"} {
		var many []string
		for i := range n {
			many = append(many, fmt.Sprintf("c%d", i))
		}
		_, form := open.Form(url.Values{"codes": many})
		_, body := open.JSON(strings.NewReader(`{"codes":["` + strings.Join(many, `","`) + `"]}`))
		if outcome(form) != want || outcome(body) != want {
			t.Errorf("%d codes: form %s, body %s, want %s", n, outcome(form), outcome(body), want)
		}
	}
}

func TestAFormNobodyCouldHaveSentIsUnreadable(t *testing.T) {
	for query, want := range map[string]string{
		"title=x&amount=1&amount=9":          "400 amount duplicate_field",
		"title=x&amount=1&amount=1":          "400 amount duplicate_field",
		"title=x&state=paid":                 "400 state unknown_field",
		"title=x&Title=y":                    "400 Title unknown_field",
		"title=x&title[]=y":                  "400 title[] unknown_field",
		"title=x&version=1&version=2":        "400 version duplicate_field",
		"title=x&key=1":                      "400 key unknown_field",
		"title=%ff":                          "400 title unreadable",
		"title=x&version=1":                  "ok",
		"title=a%00b":                        "title bad_character",
		"title=":                             "title required",
		"":                                   "title required",
		"title=x&certified=1":                "certified not_yes_or_no",
		"title=x&months=007":                 "months not_a_number",
		"title=x&months=%2B5":                "months not_a_number",
		"title=x&months=1_0":                 "months not_a_number",
		"title=x&codes=a&codes=a":            "codes chosen_twice",
		"title=x&codes=&codes=b":             "ok",
		"title=x&amount=148,500":             "ok",
		"title=x&amount=%24148,500.00":       "ok",
		"title=x&amount=%241,148,500":        "ok",
		"title=x&amount=1,48,500":            "amount not_money",
		"title=x&amount=,500":                "amount not_money",
		"title=x&amount=1485,000":            "amount not_money",
		"title=x&amount=%24%245":             "amount not_money",
		"title=x&amount=5.0,0":               "amount not_money",
		"title=x&amount=1,000,":              "amount not_money",
		"title=x&amount=-5":                  "amount not_money",
		"title=x&amount=5e3":                 "amount not_money",
		"title=x&amount=%EF%BC%91":           "amount not_money", // full-width 1
		"title=x&amount=%C2%A05":             "ok",               // a blank that a spreadsheet put in front
		"title=x&account=123456789012345678": "account too_long",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		inputs, err := all.Form(values, "version")
		if got := outcome(err); got != want || err != nil && inputs != nil {
			t.Errorf("%q: got %q with inputs %v, want %q", query, got, inputs, want)
		}
	}
}

func TestWhatAnEmptyAnswerMeansDependsOnTheAction(t *testing.T) {
	names := func(inputs []workflow.Input) string {
		var out []string
		for _, in := range inputs {
			out = append(out, in.Name)
		}
		return strings.Join(out, " ")
	}
	emptied := url.Values{"title": {"x"}}
	for _, f := range all.Fields[1:] {
		emptied[f.Name] = []string{""}
	}
	const nulls = `{"title":"x","story":null,"amount":null,"months":null,"score":null,"certified":null,"method":null,"codes":[],
		"due":null,"until":null,"person":null,"account":null}`
	for _, c := range []struct {
		action     workflow.Action
		form, body string
	}{
		{workflow.ActSubmit, "title certified", "title"},
		{workflow.ActUpdate, "title story certified", "title story"},
		{workflow.ActSave, "title story amount months certified method codes due until person",
			"title story amount months certified method codes due until person"},
	} {
		set := Set{c.action, all.Fields}
		form, err := set.Form(emptied)
		if err != nil || names(form) != c.form {
			t.Errorf("%s form: got %q and %v, want %q", c.action, names(form), err, c.form)
		}
		body, err := set.JSON(strings.NewReader(nulls))
		if err != nil || names(body) != c.body {
			t.Errorf("%s body: got %q and %v, want %q", c.action, names(body), err, c.body)
		}
		left, err := set.JSON(strings.NewReader(`{"title":"x"}`))
		if err != nil || names(left) != "title" {
			t.Errorf("%s without the names: got %q and %v, want only title", c.action, names(left), err)
		}
	}
}

func TestTheRowsOfTheLifecyclesCanBeRead(t *testing.T) {
	for _, l := range workflow.Lifecycles {
		for _, row := range l.Rows() {
			seen := map[string]bool{}
			for _, f := range row.Fields {
				if seen[f.Name] {
					t.Errorf("%s %s asks for %s twice", row.Noun, row.Action, f.Name)
				}
				seen[f.Name] = true
				if f.Kind == workflow.Count && f.Max <= f.Min {
					t.Errorf("%s %s: %s has no number from %d to %d", row.Noun, row.Action, f.Name, f.Min, f.Max)
				}
				if (f.Kind == workflow.Choice || f.Kind == workflow.Codes) && len(f.Choices) == 0 && !f.Open {
					t.Errorf("%s %s: %s has no choices", row.Noun, row.Action, f.Name)
				}
			}
		}
	}
}

func TestAVersionIsOneStrongTag(t *testing.T) {
	for tag, want := range map[string]int64{
		`"7"`: 7, ` "12" `: 12, `W/"7"`: 0, `*`: 0, `7`: 0, `"7", "8"`: 0, `""`: 0, `"0"`: 0, `"-1"`: 0, `"07"`: 0, `"7`: 0, `"a"`: 0, ``: 0,
	} {
		got, err := Version(http.Header{"If-Match": {tag}})
		var unreadable *Unreadable
		if got != want || (want == 0) != errors.As(err, &unreadable) {
			t.Errorf("%q: got %d and %v, want %d", tag, got, err, want)
		}
	}
	if _, err := Version(http.Header{}); !errors.Is(err, ErrVersionMissing) {
		t.Errorf("without a header: got %v, want ErrVersionMissing", err)
	}
	if _, err := Version(http.Header{"If-Match": {`"1"`, `"1"`}}); outcome(err) != "400 If-Match duplicate_field" {
		t.Errorf("two headers: got %v", err)
	}
	if got, err := FormVersion(url.Values{"version": {"7"}}); got != 7 || err != nil {
		t.Errorf("form: got %d and %v, want 7", got, err)
	}
	if got, err := Version(http.Header{"If-Match": {Tag(9)}}); got != 9 || err != nil {
		t.Errorf("a tag of ours: got %d and %v, want 9", got, err)
	}
}

func TestAKeyIsShortVisibleASCII(t *testing.T) {
	for key, good := range map[string]bool{
		"demo/J2T4/submit": true, strings.Repeat("k", 200): true, strings.Repeat("k", 201): false, "": false, "a b": false,
		"a\tb": false, "ключ": false, "a\x7f": false,
	} {
		got, err := Key(http.Header{"Idempotency-Key": {key}})
		if good != (err == nil) || good && got != key {
			t.Errorf("%q: got %q and %v", key, got, err)
		}
		if _, err := FormKey(url.Values{"key": {key}}); good != (err == nil) {
			t.Errorf("%q in a form: got %v", key, err)
		}
	}
	if got, err := Key(http.Header{}); got != "" || err != nil {
		t.Errorf("no key: got %q and %v", got, err)
	}
}

func TestAStructIsReadAndCheckedByItsTags(t *testing.T) {
	type list struct {
		Limit int64  `form:"limit" validate:"min=1,max=200"`
		Sort  string `form:"sort" validate:"omitempty,oneof=new old"`
		Email string `form:"email" validate:"required,email,max=20"`
		Word  string `form:"word,raw" validate:"max=5"`
		Other string
	}
	for query, want := range map[string]string{
		"email=a@b.example":                    "ok",
		"email=a@b.example&limit=200&sort=old": "ok",
		"email=a@b.example&state=x":            "ok",
		"email=a@b.example&limit=0":            "limit too_small",
		"email=a@b.example&limit=201":          "limit too_large",
		"email=a@b.example&limit=1e2":          "limit not_a_number",
		"email=a@b.example&limit=-1":           "limit too_small",
		"email=a@b.example&sort=random":        "sort not_a_choice",
		"email=nobody":                         "email not_an_email",
		"email=a@a-long-domain.example":        "email too_long",
		"":                                     "email required",
		"email=a@b.example&word=123456":        "word too_long",
		"email=a@b.example&limit=1&limit=2":    "400 limit duplicate_field",
		"email=a@b.example&Other=x":            "400 Other unknown_field",
		"email=a@b.example&offset=1":           "400 offset unknown_field",
		"email=%ff":                            "400 email unreadable",
		"email=a@b.example&sort=o%00ld":        "sort bad_character",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		into := list{Limit: 50}
		if got := outcome(Struct(values, &into, "state")); got != want {
			t.Errorf("%q: got %q, want %q", query, got, want)
		}
	}
	into := list{Limit: 50}
	if err := Struct(url.Values{"email": {" a@b.example "}, "word": {" x "}}, &into); err != nil {
		t.Fatal(err)
	}
	if want := (list{Limit: 50, Email: "a@b.example", Word: " x "}); into != want {
		t.Errorf("got %+v, want %+v", into, want)
	}
}

// FuzzJSON looks for bodies that are taken although a strict reader would refuse
// them: what is taken must be plain, within its limits, and read again the same.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `{"title":"x"}`, `{"title":"x","amount":{"amount":"1.00","currency":"USD"}}`, `{"title":"\ud83d\ude00"}`,
		`{"title":"x","codes":["b","a"],"months":12,"certified":true,"due":"2026-11-30","until":"2026-11-30T17:00:00Z"}`,
		`{"title":"\u0000"}`, `{"title":"x","title":"y"}`, `{"title":"\\"}`, `{"title":"\"\\u0000"}`, `[[[[`, `{"a":{"b":{}}}`, "\ufeff{}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		inputs, err := all.JSON(strings.NewReader(string(body)))
		if err != nil {
			if inputs != nil {
				t.Fatalf("inputs %v beside error %v", inputs, err)
			}
			var unreadable *Unreadable
			var wrong Errors
			if !errors.As(err, &unreadable) && !errors.As(err, &wrong) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		lawful(t, inputs)
		again, err := all.JSON(strings.NewReader(string(body) + " \n"))
		if err != nil || !cmp.Equal(inputs, again) {
			t.Fatalf("read again: %v and %v, before %v", again, err, inputs)
		}
		if _, err := all.JSON(strings.NewReader(string(body) + "{}")); err == nil && len(strings.TrimSpace(string(body))) > 0 {
			t.Fatal("a second document was ignored")
		}
	})
}

// FuzzForm is FuzzJSON for forms.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{
		"", "title=x", "title=x&amount=%241,000.00&months=12&codes=a&codes=b&certified=true", "title=x&title=y", "amount=1,0,0",
		"title=%00", "title=%ff", "due=2026-11-30&until=2026-11-30T17:00:00Z&person=7&title=x", "title=a%0D%0Ab&story=a%0D%0Ab",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return // no browser sends it
		}
		inputs, err := all.Form(values)
		if err != nil {
			if inputs != nil {
				t.Fatalf("inputs %v beside error %v", inputs, err)
			}
			return
		}
		lawful(t, inputs)
	})
}

// lawful fails unless every input is one that its field allows.
func lawful(t *testing.T, inputs []workflow.Input) {
	t.Helper()
	seen := map[string]bool{}
	for _, in := range inputs {
		if seen[in.Name] {
			t.Fatalf("%s came twice", in.Name)
		}
		seen[in.Name] = true
		switch {
		case in.Cents < 0 || in.Cents > workflow.MaxCents:
			t.Fatalf("%s is %d cents", in.Name, in.Cents)
		case in.Name == "months" && (in.Int < 1 || in.Int > 60), in.Name == "score" && (in.Int < 0 || in.Int > 100):
			t.Fatalf("%s is %d", in.Name, in.Int)
		case in.Name == "title" && (in.Text == "" || len([]rune(in.Text)) > 10 || strings.ContainsAny(in.Text, "\x00\n\r")):
			t.Fatalf("title is %q", in.Text)
		case strings.Contains(in.Text, "\x00"):
			t.Fatalf("%s holds NUL", in.Name)
		}
	}
	if !seen["title"] {
		t.Fatal("title is missing and was not asked for")
	}
}

func mustDate(s string) workflow.Date {
	d, err := workflow.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}
