package workflow

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Flag is one reason to look at a case.
type Flag struct {
	Code string    `json:"code"`
	At   time.Time `json:"at,omitzero"` // when it came; zero where that was not noted yet
}

// Flags are the reasons to look at a case as they are stored, the newest last:
// each code with its microseconds since 1970, as in "review_struck@1772452800000000",
// joined by commas. A code may stand alone: so did the one flag that a case had
// before it could have several.
type Flags string

// FlagCodes are all codes of flags. None is part of another, so that a search for
// one finds it in Flags.
var FlagCodes = []string{
	flagLost, flagEvidence, flagDuplicate, flagNext, "referred_again", "reply_received", "request_unanswered", flagStruck,
	flagListed, flagTerms,
}

const (
	flagDuplicate = "duplicate"        // the organization counts as one with another
	flagEvidence  = "evidence_changed" // the verdict is another one; it stops the case
	flagLost      = "clearance_lost"
	flagListed    = "screening_hit" // the organization may stand on a list
	flagNext      = "next_in_line"
	flagStruck    = "review_struck"
	flagTerms     = "terms_moved"
)

// lastingFlags are those that a new submission answers nothing of.
var lastingFlags = []string{flagDuplicate, flagStruck, flagTerms}

// List reads what is stored.
func (l Flags) List() (out []Flag) {
	for one := range strings.SplitSeq(string(l), ",") {
		code, at, timed := strings.Cut(one, "@")
		if code == "" {
			continue
		}
		f := Flag{Code: code}
		if micros, err := strconv.ParseInt(at, 10, 64); timed && err == nil {
			f.At = time.UnixMicro(micros).UTC()
		}
		out = append(out, f)
	}
	return out
}

// MarshalJSON writes a list.
func (l Flags) MarshalJSON() ([]byte, error) { return mustJSON(append([]Flag{}, l.List()...)), nil }

// flagsOf is List the other way round.
func flagsOf(list []Flag) Flags {
	out := make([]string, len(list))
	for i, f := range list {
		if out[i] = f.Code; !f.At.IsZero() {
			out[i] += "@" + strconv.FormatInt(f.At.UnixMicro(), 10)
		}
	}
	return Flags(strings.Join(out, ","))
}

// Flags lists what somebody should look at, the newest last.
func (a *Application) Flags() []Flag {
	out := a.Flag.List()
	if a.EvidenceChanged && !flagged(out, flagEvidence) { // as when another flag was in its place
		out = append(out, Flag{Code: flagEvidence})
	}
	return out
}

func flagged(list []Flag, code string) bool {
	return slices.ContainsFunc(list, func(f Flag) bool { return f.Code == code })
}

// raise flags the case. What it is flagged for already is told from now.
func (a *Application) raise(code string, s *Step) {
	others := slices.DeleteFunc(a.Flags(), func(f Flag) bool { return f.Code == code })
	a.Flag = flagsOf(append(others, Flag{code, s.At}))
}

// lower takes flags back.
func (a *Application) lower(codes ...string) {
	a.Flag = flagsOf(slices.DeleteFunc(a.Flags(), func(f Flag) bool { return slices.Contains(codes, f.Code) }))
	if slices.Contains(codes, flagEvidence) {
		a.EvidenceChanged = false
	}
}

// unflagged lists the codes of c that the case is not flagged for. Evidence that has
// moved can be seen before a job has noticed.
func (f *ApplicationFacts) unflagged(c *Command) (out []string) {
	list := f.Flags()
	for code := range strings.SplitSeq(c.Text(fieldFlags), ",") {
		if !flagged(list, code) && (code != flagEvidence || !f.moved()) {
			out = append(out, code)
		}
	}
	return out
}
