package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestATallyCountsAndShowsOnlyWhatFailed(t *testing.T) {
	const pass = `{"Action":"output","Package":"p","Test":"TestA","Output":"quiet\n"}
		{"Action":"pass","Package":"p","Test":"TestA"}
		`
	tests := map[string]struct {
		events string
		ok     bool
		want   string
	}{
		"a pass is counted and its output dropped": {
			pass + `{"Action":"output","Package":"p","Output":"PASS\n"}
				{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s\n"}
				{"Action":"pass","Package":"p"}`,
			true, "ok  \tp\t0.1s\n1 passed, 0 failed\n",
		},
		"a failure is counted once and its output shown": {
			pass + `{"Action":"output","Package":"p","Test":"TestB","Output":"loud\n"}
				{"Action":"fail","Package":"p","Test":"TestB"}
				{"Action":"fail","Package":"p"}`,
			false, "loud\nFAIL p.TestB\n1 passed, 1 failed\n",
		},
		"a skip is a failure": {
			pass + `{"Action":"output","Package":"p","Test":"TestB","Output":"no database\n"}
				{"Action":"skip","Package":"p","Test":"TestB"}
				{"Action":"pass","Package":"p"}`,
			false, "no database\nFAIL p.TestB (skipped)\n1 passed, 1 failed\n",
		},
		"a package without tests is none": {
			pass + `{"Action":"skip","Package":"q"}`,
			true, "1 passed, 0 failed\n",
		},
		"a test that was running when its package died is a failure": {
			pass + `{"Action":"output","Package":"p","Test":"TestB","Output":"panic: lost\n"}
				{"Action":"fail","Package":"p"}`,
			false, "panic: lost\nFAIL p.TestB (not ended)\n1 passed, 1 failed\n",
		},
		"a package that does not build is a failure": {
			pass + `{"ImportPath":"q","Action":"build-output","Output":"undefined: x\n"}
				{"ImportPath":"q","Action":"build-fail"}
				{"Action":"fail","Package":"q"}`,
			false, "undefined: x\nFAIL q\n1 passed, 1 failed\n",
		},
		"a package whose name begins like a failed one is judged for itself": {
			pass + `{"Action":"fail","Package":"p/q","Test":"TestC"}
				{"Action":"fail","Package":"p/q"}
				{"Action":"fail","Package":"p"}`,
			false, "FAIL p/q.TestC\nFAIL p\n1 passed, 2 failed\n",
		},
		"a run of nothing is a failure": {
			`{"Action":"pass","Package":"p"}`,
			false, "FAIL no test ran\n0 passed, 0 failed\n",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got strings.Builder
			tally := newTally(&got)
			if err := tally.read(strings.NewReader(tt.events)); err != nil {
				t.Fatal(err)
			}
			tally.close()
			if got.String() != tt.want {
				t.Errorf("report\n%s\nwant\n%s", &got, tt.want)
			}
			if tally.ok() != tt.ok {
				t.Errorf("ok = %v, want %v", tally.ok(), tt.ok)
			}
		})
	}
}

func TestATallyRefusesWhatIsNotJSON(t *testing.T) {
	if err := newTally(&strings.Builder{}).read(strings.NewReader("ok p 0.1s")); err == nil {
		t.Error("no error")
	}
}

func TestSplitCutsAtTheSeparator(t *testing.T) {
	got := split([]string{"a", "--", "-race", "b", "--"}, "--")
	want := [][]string{{"a"}, {"-race", "b"}, {}}
	if !slices.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTheLogIsShownFromItsEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte("first\n"+strings.Repeat("line\n", logLines)+"last\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	showLog(&got, path)
	if !strings.Contains(got.String(), "\nlast\n") || strings.Contains(got.String(), "first") {
		t.Errorf("got\n%s", &got)
	}
}
