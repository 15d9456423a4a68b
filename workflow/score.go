package workflow

import (
	"math"
	"slices"
	"strconv"
)

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

const (
	// outlying is by how much a score differs from the middle of all of them when it is
	// marked, in hundredths of a point. It is this program's own judgment and not measured.
	outlying = 15_00
	// leastScores is how many scores there are before one is marked: of two, neither is the
	// odd one.
	leastScores = 3
	// leastShared is how many cases a reviewer has scored with others before it is said how
	// their scores compare.
	leastShared = 3
)

// Spread returns the standard deviation of means, the whole of what was scored and not a
// sample, in hundredths of a point, cut off; 0 for fewer than two.
func Spread(means []int64) int64 {
	n := int64(len(means))
	if n < 2 {
		return 0
	}
	var sum, squares int64
	for _, m := range means {
		sum, squares = sum+m, squares+m*m
	}
	return root((n*squares - sum*sum) / (n * n))
}

// root returns the square root of n, cut off.
func root(n int64) int64 {
	x := int64(math.Sqrt(float64(n)))
	for x*x > n {
		x--
	}
	for (x+1)*(x+1) <= n {
		x++
	}
	return x
}

// Outliers reports which of means stand apart: by 15 points or more from the middle one,
// where there are three or more.
func Outliers(means []int64) []bool {
	out := make([]bool, len(means))
	if len(means) < leastScores {
		return out
	}
	sorted := slices.Sorted(slices.Values(means))
	n := len(sorted)
	middle := (sorted[(n-1)/2] + sorted[n/2]) / 2
	for i, m := range means {
		out[i] = max(m-middle, middle-m) >= outlying
	}
	return out
}

// A Calibration says how a reviewer's scores compare with those that others gave to the
// same cases.
type Calibration struct {
	Cases int64 // that somebody else has scored too
	above int64 // by how much they scored higher, added up
}

// Count adds a case that the reviewer gave own, and n others gave sum together.
func (c *Calibration) Count(own, sum, n int64) {
	if n > 0 {
		c.Cases++
		c.above += (own*n - sum) / n
	}
}

// Higher returns by how much the reviewer scores higher than others on average, in
// hundredths of a point cut off; below zero: lower.
func (c *Calibration) Higher() int64 { return c.above / max(1, c.Cases) }

// Told reports whether there are enough cases to say anything.
func (c *Calibration) Told() bool { return c.Cases >= leastShared }
