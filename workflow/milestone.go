package workflow

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// NewMilestone stands in a plan for the number of a milestone that there is none of yet.
const NewMilestone = "new"

// Milestones writes tranches as people write a plan: a line for each, with its number, amount,
// due day, title and deliverable, and a bar between them.
func Milestones(list []Tranche) string {
	var b strings.Builder
	for _, t := range list {
		cells := []string{strconv.FormatInt(t.Number, 10), t.Amount.String(), t.Due.String(), t.Title, t.Deliverable}
		for i, cell := range cells { // what stands in one cell stays there
			cells[i] = strings.Join(strings.Fields(strings.ReplaceAll(cell, "|", "/")), " ")
		}
		b.WriteString(strings.Join(cells, " | ") + "\n")
	}
	return b.String()
}

// ParseMilestones reads what Milestones writes. A line may begin with "new": its tranche has the
// number zero. bad is the first line, from 1, that is none; zero when all are.
func ParseMilestones(text string) (list []Tranche, bad int) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		if strings.TrimSpace(line) == "" {
			continue
		}
		t, ok := parseMilestone(line)
		if !ok {
			return nil, n
		}
		list = append(list, t)
	}
	return list, 0
}

func parseMilestone(line string) (t Tranche, ok bool) {
	cells := strings.Split(line, "|")
	if len(cells) != 5 {
		return t, false
	}
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	var err error
	if cells[0] != NewMilestone {
		if t.Number, err = strconv.ParseInt(cells[0], 10, 64); err != nil || t.Number < 1 {
			return t, false
		}
	}
	if t.Amount, err = ParseCents(cells[1]); err != nil || t.Amount == 0 {
		return t, false
	}
	if t.Due, err = ParseDate(cells[2]); err != nil {
		return t, false
	}
	t.Title, t.Deliverable = cells[3], cells[4]
	return t, t.Title != "" && t.Deliverable != "" &&
		int64(utf8.RuneCountInString(t.Title)) <= trancheTitle.Max && int64(utf8.RuneCountInString(t.Deliverable)) <= trancheDeliverable.Max
}
