package workflow

import "strconv"

// A Criterion is one heading of the rubric. Its name is stored and exported.
type Criterion struct {
	Name    string   `json:"name"`
	Weight  int      `json:"weight"`            // of all weights together
	Label   Label    `json:"label,omitzero"`    // empty: the word list has one
	Anchors []Anchor `json:"anchors,omitempty"` // from the fewest points to the most
}

// An Anchor says what so many points mean.
type Anchor struct {
	Points int64 `json:"points"`
	Label  Label `json:"label"`
}

// Rubric is what reviewers score, each criterion from 0 to 100 points. The
// weights add up to 100.
var Rubric = []Criterion{
	{Name: "technical_merit", Weight: 40},
	{Name: "impact", Weight: 30},
	{Name: "team", Weight: 20},
	{Name: "plan", Weight: 10},
}

// MaxScore is the most points that a criterion can get.
const MaxScore = 100

// Mean returns the weighted mean of scores, which go with rubric in order, in
// hundredths of a point. Half a hundredth is rounded up. It returns 0 for a
// rubric without weight; scores must not be negative.
func Mean(rubric []Criterion, scores []int64) int64 {
	var sum, weights int64
	for i, criterion := range rubric {
		sum += int64(criterion.Weight) * scores[i]
		weights += int64(criterion.Weight)
	}
	if weights == 0 {
		return 0
	}
	return (sum*100*2 + weights) / (weights * 2)
}

// ScoreOf returns the points that scores, as a review stores them, gives to a
// criterion, and false when it gives none.
func ScoreOf(scores, criterion string) (int64, bool) {
	n, err := strconv.ParseInt(AnswersOf(scores)[criterion], 10, 64)
	return n, err == nil
}
