package workflow

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"
)

// AnswersText writes answers as they are stored: a JSON object in the order of
// its names, "" for no answers.
func AnswersText(answers map[string]string) string {
	if len(answers) == 0 {
		return ""
	}
	return string(mustJSON(answers)) // sorts the names
}

// AnswersOf reads what AnswersText wrote. Text that it did not write is no
// answers: the database holds nothing else.
func AnswersOf(text string) map[string]string {
	var out map[string]string
	if text == "" || json.Unmarshal([]byte(text), &out) != nil {
		return nil
	}
	return out
}

// mergeAnswers returns stored with what came: an empty answer takes the stored
// one away, and a name that did not come leaves it.
func mergeAnswers(stored, came string) string {
	answers := AnswersOf(stored)
	if answers == nil {
		answers = map[string]string{}
	}
	maps.Copy(answers, AnswersOf(came))
	maps.DeleteFunc(answers, func(_, answer string) bool { return answer == "" })
	return AnswersText(answers)
}

// names returns the names of answers in order.
func names(answers map[string]string) []string { return slices.Sorted(maps.Keys(answers)) }

// Fits reports whether text, which is not empty, can be the answer to q.
func (q *Question) Fits(text string) bool {
	switch q.Kind {
	case QuestionNumber:
		n, err := strconv.ParseInt(text, 10, 64)
		return err == nil && n >= 0 && strconv.FormatInt(n, 10) == text && (q.Max == 0 || n <= q.Max)
	case QuestionChoice:
		return slices.ContainsFunc(q.Choices, func(c CodeTerm) bool { return c.Code == text })
	case QuestionYes:
		return text == "true"
	}
	return int64(utf8.RuneCountInString(text)) <= q.most()
}

// The most characters of an answer whose question sets no limit.
const (
	usualLine = 200
	usualText = 2000
)

func (q *Question) most() int64 {
	switch {
	case q.Max > 0:
		return q.Max
	case q.Kind == QuestionText:
		return usualText
	}
	return usualLine
}

// Field returns the input that asks q on a page.
func (q *Question) Field() Field {
	f := Field{Name: q.Name, Optional: !q.Required}
	switch q.Kind {
	case QuestionNumber:
		f.Kind, f.Max = Count, q.Max
	case QuestionChoice:
		f.Kind = Choice
		for _, c := range q.Choices {
			f.Choices = append(f.Choices, c.Code)
		}
	case QuestionYes:
		f.Kind = Check
	case QuestionText:
		f.Kind, f.Max = Text, q.most()
	default:
		f.Max = q.most()
	}
	return f
}
