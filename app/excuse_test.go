package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"tranche/app/engine/enginetest"
	"tranche/app/identity"
	"tranche/models"
	"tranche/workflow"
)

type blocking struct{ busy, open chan struct{} }

func (b blocking) Run(*models.Tx) error {
	if b.busy != nil {
		close(b.busy)
	}
	<-b.open
	return nil
}

// Whoever submits in time and is turned away because we are too busy is in: the
// server gives them an hour, and nobody else.
func TestWhoWasTurnedAwayInTimeMaySubmitLater(t *testing.T) {
	slog.SetDefault(logger(true))
	h, err := (&database{Database: filepath.Join(t.TempDir(), "a.db")}).open(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	w := enginetest.Live(t, h.engine)
	srv, err := (&listening{Addr: "127.0.0.1:0"}).start(t.Context(), h, true)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := srv.stop(h); err != nil {
			t.Error(err)
		}
	}()
	closes := h.now().Add(4 * time.Second)
	lead := w.As(workflow.ProgramLead)
	w.Opportunity = w.Must(workflow.NounOpportunity, workflow.ActForecast, w.Program, lead, enginetest.Int("fund", int64(w.Fund)), enginetest.Text("number", "AIV-SOON"),
		enginetest.Text("title", "Closes soon"), enginetest.Time("opens", h.now().Add(-time.Hour)), enginetest.Time("closes", closes)).ID
	w.Act(lead, workflow.NounOpportunity, w.Opportunity, workflow.ActPublish)
	early, late := w.NewCase("Early, Inc.", 100_000_00), w.NewCase("Late, Inc.", 100_000_00)
	secrets := map[workflow.ID]string{}
	for _, person := range []workflow.ID{early.AOR, late.AOR} {
		if secrets[person], err = identity.AddToken(t.Context(), h.engine, person, "test", identity.Scopes(identity.Read|identity.Sign), h.now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	submit := func(c *enginetest.Case) (int, string) {
		t.Helper()
		path := fmt.Sprintf("%s/api/v1/applications/%d", srv.url, c.Application)
		_, tag, _ := ask(t, "GET", path, secrets[c.AOR], "")
		status, _, body := ask(t, "POST", path+"/actions/submit", secrets[c.AOR], tag)
		return status, body
	}

	// Every place is taken: one command is under way, and no more can wait.
	open, busy := make(chan struct{}), make(chan struct{})
	var held sync.WaitGroup
	keep := func(b blocking) {
		held.Go(func() {
			if err := h.db.Write(context.Background(), b); err != nil && !errors.Is(err, models.ErrBusy) {
				t.Error(err)
			}
		})
	}
	keep(blocking{busy, open})
	<-busy
	for range 1024 {
		keep(blocking{nil, open})
	}
	for h.db.Waiting() < 1024 {
		runtime.Gosched()
	}
	status, body := submit(early)
	if status != http.StatusServiceUnavailable {
		t.Errorf("with every place taken: %d %s", status, body)
	}
	if stolen, _, _ := ask(t, "POST", fmt.Sprintf("%s/api/v1/applications/%d/actions/submit", srv.url, late.Application), secrets[early.AOR], `"1"`); stolen < 400 {
		t.Errorf("somebody else's application: %d", stolen)
	}
	close(open)
	held.Wait()
	for h.now().Before(closes) || h.db.Waiting() > 0 {
		time.Sleep(10 * time.Millisecond)
	}
	for deadline := h.now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if status, body = submit(early); status == http.StatusOK {
			break
		}
		if h.now().After(deadline) {
			t.Fatalf("who was turned away in time: %d %s", status, body)
		}
	}
	if status, body := submit(late); status != http.StatusUnprocessableEntity && status != http.StatusConflict || !strings.Contains(body, "deadline_passed") && !strings.Contains(body, "not_from_this_state") {
		t.Errorf("who came late: %d %s", status, body)
	}
	events, err := h.db.Events(t.Context(), &models.Viewer{System: true}, workflow.NounApplication, early.Application)
	if err != nil {
		t.Fatal(err)
	}
	excused := 0
	for _, e := range events {
		if e.Action == workflow.ActExcuse {
			excused++
		}
	}
	if excused != 1 {
		t.Errorf("the grace is recorded %d times", excused)
	}
}

func ask(t *testing.T, method, url, secret, tag string) (status int, etag, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+secret)
	r.Header.Set("Content-Type", "application/json")
	if tag != "" {
		r.Header.Set("If-Match", tag)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header.Get("ETag"), string(text)
}

func TestTheOldestDebtIsThatOfWhoWaitsLongest(t *testing.T) {
	d := debts{since: map[int]time.Time{}}
	start := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	if got := d.oldest(); !got.IsZero() {
		t.Errorf("nobody waits since %v", got)
	}
	second, first := d.add(start.Add(time.Second)), d.add(start)
	if got := d.oldest(); !got.Equal(start) {
		t.Errorf("two wait since %v", got)
	}
	first()
	first() // once more settles nobody else
	if got := d.oldest(); !got.Equal(start.Add(time.Second)) {
		t.Errorf("one waits since %v", got)
	}
	second()
	if got := d.oldest(); !got.IsZero() {
		t.Errorf("nobody is left to wait since %v", got)
	}
}
