package input

import (
	"net/url"
	"strings"
	"testing"

	"tranche/workflow"
)

// Every number, amount and date that any action asks for is written in the digits
// 0 to 9: others look the same to some and not to all.
func TestDigitsOfOtherAlphabetsAreNamedInEveryField(t *testing.T) {
	samples := map[workflow.Kind][2]string{ // the value, and why other digits are refused
		workflow.Money: {"12", string(ReasonNotMoney)}, workflow.Stated: {"12", string(ReasonNotMoney)},
		workflow.Day: {"2024-12-31", string(ReasonNotDay)}, workflow.Instant: {"2026-11-23T17:00:00Z", string(ReasonNotInstant)},
	}
	asked := 0
	for _, l := range workflow.Lifecycles {
		for _, row := range l.Rows() {
			for _, f := range row.Fields {
				sample, counts := samples[f.Kind]
				if !counts {
					continue
				}
				asked++
				set := Set{row.Action, []workflow.Field{f}}
				if _, err := set.Form(url.Values{f.Name: {sample[0]}}); err != nil {
					t.Errorf("%s %s: %s %q is refused: %v", l.Noun(), row.Action, f.Name, sample[0], err)
				}
				for _, zero := range []rune{'０', '٠', '०'} { // full width, Arabic-Indic, Devanagari
					text := strings.Map(func(r rune) rune {
						if '0' <= r && r <= '9' {
							return zero + r - '0'
						}
						return r
					}, sample[0])
					_, err := set.Form(url.Values{f.Name: {text}})
					wrong, _ := err.(Errors)
					if len(wrong) != 1 || wrong[0].Field != f.Name || string(wrong[0].Reason) != sample[1] {
						t.Errorf("%s %s: %s %q gives %v", l.Noun(), row.Action, f.Name, text, err)
					}
				}
			}
		}
	}
	if asked == 0 {
		t.Error("no field was asked")
	}
}
