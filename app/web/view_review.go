package web

// MyReviewsView lists the reviews that a reviewer was asked for.
type MyReviewsView struct {
	Shell
	List
	Rows []ReviewRow
}

// Page implements View.
func (MyReviewsView) Page() string { return "my_reviews" }

// ReviewRow is one review to write or written.
type ReviewRow struct {
	Title, URL   string
	Number       string
	Organization string
	Tag          Tag
	Score        string
	Due          Due
}

// ReviewView is one review: the application on one side, the rubric on the other.
type ReviewView struct {
	Shell
	Record
	Application Link
	Answers     []AnswerGroup
	Criteria    []Score // the scores given; nil before the review is submitted
	Comment     string
}

// Page implements View.
func (ReviewView) Page() string { return "review" }
