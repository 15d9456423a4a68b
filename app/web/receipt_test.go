package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tranche/models"
	"tranche/workflow"
)

// An applicant keeps the receipt, and whoever has it and the downloaded bytes can
// check one with the other and with the audit log.
func TestAReceiptProvesWhatWasSubmitted(t *testing.T) {
	h := newHouse(t, nil)
	c := h.Draft(148_500_00).Submit()
	h.Act(h.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActReopen)
	h.Advance(time.Minute)
	h.Act(h.Viewer(c.AOR), workflow.NounApplication, c.Application, workflow.ActSubmit)
	at := pathOf(workflow.NounApplication, c.Application)
	me := h.as(workflow.AOR)
	me.visit(at)
	if got := me.page.link("Receipt"); got != at+"/receipt" {
		t.Fatalf("the application leads to the receipt at %q", got)
	}
	me.visit(at + "/receipt")
	me.sound()
	all, err := h.DB.Receipts(t.Context(), h.Viewer(c.AOR), c.Application)
	if err != nil || len(all) != 2 {
		t.Fatalf("%d receipts: %v", len(all), err)
	}
	for i, want := range all {
		query := fmt.Sprintf("?event=%d", want.Event)
		var got models.Receipt
		if err := json.Unmarshal([]byte(me.ask("GET", at+"/receipt.json"+query, nil).body), &got); err != nil {
			t.Fatal(err)
		}
		if got.Submission != int64(2-i) || got.Event != want.Event || got.Received.IsZero() || got.Deadline != nil {
			t.Errorf("receipt %d says %+v", i, got)
		}
		snapshot := me.ask("GET", at+"/receipt/snapshot"+query, nil)
		if sum := sha256.Sum256([]byte(snapshot.body)); hex.EncodeToString(sum[:]) != got.SHA256 {
			t.Errorf("the downloaded bytes have the sum %x, the receipt says %s", sum, got.SHA256)
		}
		if !strings.HasPrefix(snapshot.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("the snapshot is shown, not saved: %v", snapshot.header)
		}
		me.visit(at + "/receipt" + query)
		for _, shown := range []string{got.SHA256, got.EventHash, got.PreviousHash, got.Number, fmt.Sprint(got.Event)} {
			if shown == "" || !strings.Contains(me.page.body, shown) {
				t.Errorf("the page of receipt %d does not show %q", i, shown)
			}
		}
	}
	if !all[0].Received.After(all[1].Received) || all[0].SHA256 == all[1].SHA256 {
		t.Errorf("two submissions have the receipts %+v", all)
	}
	if pdf := me.ask("GET", at+"/receipt.pdf", nil); !strings.HasPrefix(pdf.body, "%PDF-") {
		t.Errorf("the PDF begins %.20q", pdf.body)
	}
	if got := me.ask("GET", at+"/receipt?event=1", nil); got.status != http.StatusNotFound {
		t.Errorf("the receipt of another event: %d", got.status)
	}
	h.alter(all[0].SHA256)
	for _, path := range []string{"/receipt", "/receipt.json", "/receipt.pdf", "/receipt/snapshot"} {
		if got := me.ask("GET", at+path, nil); got.status != http.StatusInternalServerError || !strings.Contains(got.text("main"), "SHA-256 sum differs") {
			t.Errorf("of altered bytes, %s answers %d %q", path, got.status, got.text("main"))
		}
	}
	draft := h.NewCase("Never Sent LLC", 1_000_00)
	if got := h.as(workflow.ProgramOfficer).ask("GET", pathOf(workflow.NounApplication, draft.Application)+"/receipt", nil); got.status != http.StatusNotFound {
		t.Errorf("the receipt of a draft: %d", got.status)
	}
	for _, path := range []string{"/receipt", "/receipt.json", "/receipt.pdf", "/receipt/snapshot"} {
		if got := me.ask("GET", pathOf(workflow.NounApplication, draft.Application)+path, nil); got.status != http.StatusNotFound {
			t.Errorf("somebody else's %s: %d", path, got.status)
		}
		if got := h.as(workflow.Reviewer).ask("GET", at+path, nil); got.status != http.StatusNotFound {
			t.Errorf("a reviewer's %s: %d", path, got.status)
		}
	}
}
