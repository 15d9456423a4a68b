package engine_test

import (
	"os"
	"strconv"
	"testing"
)

// raceRounds is how often two things are done at the same moment: 40 times, 10 with
// -short, and as TRANCHE_TEST_ROUNDS says where it is set; see scripts/races.
func raceRounds(t *testing.T) int {
	t.Helper()
	if text := os.Getenv("TRANCHE_TEST_ROUNDS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("TRANCHE_TEST_ROUNDS is %q, and no number of rounds", text)
		}
		return n
	}
	if testing.Short() {
		return 10
	}
	return 40
}
