package workflow

import (
	"slices"
	"testing"
)

func TestTheRubricWeighsAHundred(t *testing.T) {
	sum := 0
	for _, criterion := range Rubric {
		if criterion.Weight <= 0 || criterion.Name == "" {
			t.Errorf("%q weighs %d", criterion.Name, criterion.Weight)
		}
		sum += criterion.Weight
	}
	if sum != 100 {
		t.Errorf("the weights add up to %d, want 100", sum)
	}
}

func TestTheMeanIsWeightedAndRoundedHalfUp(t *testing.T) {
	thirds := []Criterion{{Name: "a", Weight: 1}, {Name: "b", Weight: 1}, {Name: "c", Weight: 1}}
	eighths := []Criterion{{Name: "a", Weight: 799}, {Name: "b", Weight: 1}}
	for _, tt := range []struct {
		name   string
		rubric []Criterion
		scores []int64
		want   int64
	}{
		{"the programme's rubric", Rubric, []int64{80, 70, 60, 50}, 70_00},
		{"one point of the lightest criterion", Rubric, []int64{0, 0, 0, 1}, 10},
		{"everything", Rubric, []int64{100, 100, 100, 100}, 100_00},
		{"nothing", Rubric, []int64{0, 0, 0, 0}, 0},
		{"a third is rounded down", thirds, []int64{1, 0, 0}, 33},
		{"two thirds are rounded up", thirds, []int64{1, 1, 0}, 67},
		{"exactly half is rounded up", eighths, []int64{0, 4}, 1}, // 0.5 hundredths
		{"just below half is rounded down", eighths, []int64{0, 3}, 0},
		{"no weight", []Criterion{{Name: "a", Weight: 0}}, []int64{100}, 0},
	} {
		if got := Mean(tt.rubric, tt.scores); got != tt.want {
			t.Errorf("%s: Mean(%v) = %d, want %d", tt.name, tt.scores, got, tt.want)
		}
	}
}

func TestScoresAreReadAsTheyAreStored(t *testing.T) {
	text := AnswersText(map[string]string{"team": "7", "technical_merit": "100"})
	if want := `{"team":"7","technical_merit":"100"}`; text != want {
		t.Errorf("stored %q, want %q", text, want)
	}
	for criterion, want := range map[string]int64{"team": 7, "technical_merit": 100} {
		if points, found := ScoreOf(text, criterion); !found || points != want {
			t.Errorf("%s is read as %d (%v), want %d", criterion, points, found, want)
		}
	}
	for _, text := range []string{"", text, `{"plan":"x"}`, "plan=5"} {
		if points, found := ScoreOf(text, "plan"); found {
			t.Errorf("the plan in %s is read as %d", text, points)
		}
	}
}

func TestScoresThatStandApartAreMarked(t *testing.T) {
	for _, tt := range []struct {
		means  []int64
		spread int64
		apart  []bool
	}{
		{nil, 0, []bool{}},
		{[]int64{80_00}, 0, []bool{false}},
		{[]int64{20_00, 80_00}, 30_00, []bool{false, false}},
		{[]int64{70_00, 72_00, 40_00}, 14_63, []bool{false, false, true}},
		{[]int64{70_00, 55_00, 70_00}, 7_07, []bool{false, true, false}},
		{[]int64{70_00, 55_01, 70_00}, 7_06, []bool{false, false, false}},
		{[]int64{60_00, 70_00, 80_00, 90_00}, 11_18, []bool{true, false, false, true}},
		{[]int64{100_00, 100_00, 0}, 47_14, []bool{false, false, true}},
	} {
		if got := Spread(tt.means); got != tt.spread {
			t.Errorf("Spread(%v) = %d, want %d", tt.means, got, tt.spread)
		}
		if got := Outliers(tt.means); !slices.Equal(got, tt.apart) {
			t.Errorf("Outliers(%v) = %v, want %v", tt.means, got, tt.apart)
		}
	}
}

func TestAReviewerIsHeldAgainstOthersOnTheSameCases(t *testing.T) {
	var c Calibration
	c.Count(90_00, 0, 0) // nobody else
	for _, one := range [][3]int64{{80_00, 70_00, 1}, {60_00, 110_00, 2}} {
		if c.Count(one[0], one[1], one[2]); c.Told() {
			t.Errorf("told after %d cases", c.Cases)
		}
	}
	if c.Count(50_00, 50_00, 1); !c.Told() || c.Cases != 3 || c.Higher() != 5_00 {
		t.Errorf("%d cases, %d higher", c.Cases, c.Higher())
	}
	if c.Count(0, 100_00, 1); c.Higher() != -21_25 {
		t.Errorf("%d higher, want -2125", c.Higher())
	}
}
