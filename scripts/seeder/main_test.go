package main

import (
	"path/filepath"
	"strings"
	"testing"

	"tranche/models"
)

// Stopped and started again, the seeder goes on until there are as many as asked for.
func TestTheSeederGoesOnWhereItWas(t *testing.T) {
	database := filepath.Join(t.TempDir(), "seeded.db")
	for _, n := range []int{12, 40, 40} {
		var out strings.Builder
		if err := seed(t.Context(), n, database, &out); err != nil {
			t.Fatal(err)
		}
		db, err := models.Open(t.Context(), database)
		if err != nil {
			t.Fatal(err)
		}
		p, err := db.Queue(t.Context(), &models.Viewer{System: true}, models.Queue{View: models.ViewAll, Search: "資料"})
		if err != nil || p.Views[models.ViewAll] != n || p.Count < n/6 {
			t.Errorf("there are %d of %d, two characters find %d: %v", p.Views[models.ViewAll], n, p.Count, err)
		}
		if sound, err := db.Verify(t.Context(), func(c models.Check) {
			for _, problem := range c.Problems {
				t.Errorf("%s: %s", c.Name, problem)
			}
		}); err != nil || !sound {
			t.Errorf("what it made is not sound: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if !strings.Contains(out.String(), "[########################################] ") {
			t.Errorf("the bar ends as %q", out.String())
		}
	}
}
