package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// The widths of a desk and of a telephone, in CSS pixels.
const (
	desk      = 1280
	telephone = 390
)

// wide makes the browser's window so many CSS pixels wide.
func (j *journey) wide(pixels int64) {
	j.t.Helper()
	j.do("resize", chromedp.EmulateViewport(pixels, 900))
}

// withoutScript has pages carry out no JavaScript from the next one on.
func (j *journey) withoutScript() {
	j.t.Helper()
	j.do("switch JavaScript off", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
}

// tooWide names what sticks out of the window to the right, "" for nothing. What
// scrolls by itself may be wider inside.
const tooWide = `(() => {
	const room = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth <= room) return '';
	const out = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > room + 1);
	return document.documentElement.scrollWidth + ' of ' + room + ' px: ' + out.slice(0, 5).map(e => e.tagName + '#' + e.id + '.' + e.className).join(', ');
})()`

// unlabelled names the fields that have no label, or that cannot be reached by the
// keyboard; "" for none.
const unlabelled = `[...document.querySelectorAll('main input:not([type=hidden]), main select, main textarea')].filter(f => {
	for (let d = f.closest('details'); d; d = d.parentElement.closest('details')) d.open = true;
	f.focus();
	const said = f.getAttribute('aria-label') || [...(f.labels || [])].map(l => l.textContent.trim()).join('');
	return !said || document.activeElement !== f;
}).map(f => f.name).join(', ')`

// sound looks at the page at both widths: nothing sticks out, and each field has a
// label and takes the keyboard.
func (j *journey) sound() {
	j.t.Helper()
	for _, pixels := range []int64{desk, telephone} {
		j.wide(pixels)
		if out := j.value(unlabelled); out != "" {
			j.t.Errorf("%s at %d px: fields without a label, or out of reach: %s", j.path(), pixels, out)
		}
		if out := j.value(tooWide); out != "" {
			j.t.Errorf("%s sticks out: %s", j.path(), out)
		}
	}
}

// refused presses and wants what comes back to say what is wrong: in a summary that
// has the keyboard, whose links lead to the fields.
func (j *journey) refused(selector string, says ...string) {
	j.t.Helper()
	j.leave(selector)
	if at := j.value("document.activeElement.id"); at != "errors" {
		j.t.Errorf("%s after %s: the keyboard is at %q, not at the summary of what is wrong", j.path(), selector, at)
	}
	summary := j.text("#errors")
	for _, want := range says {
		if !strings.Contains(summary, want) {
			j.t.Errorf("%s after %s: the summary does not say %q:\n%s", j.path(), selector, want, summary)
		}
	}
	lost := j.value(`[...document.querySelectorAll('#errors a')].filter(a => {
		a.click();
		return '#' + document.activeElement.id !== a.hash || document.activeElement.getAttribute('aria-invalid') !== 'true';
	}).map(a => a.textContent).join(', ')`)
	if lost != "" || j.value("String(document.querySelectorAll('#errors a').length)") != fmt.Sprint(len(says)) {
		j.t.Errorf("%s after %s: %d links to fields are wanted, and these lead to none: %q\n%s", j.path(), selector, len(says), lost, summary)
	}
	j.sound()
}

// choose puts a file of this computer into a field.
func (j *journey) choose(field, name, body string) {
	j.t.Helper()
	path := filepath.Join(j.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		j.t.Fatal(err)
	}
	j.do("choose "+name, chromedp.SetUploadFiles(chromedp.CSS(field), []string{path}))
}

// shows wants the page to say all of this.
func (j *journey) shows(all ...string) {
	j.t.Helper()
	text := strings.ReplaceAll(j.text("main"), "\u00a0", " ")
	for _, want := range all {
		if !strings.Contains(text, want) {
			j.t.Errorf("%s does not show %q:\n%s", j.path(), want, text)
		}
	}
}

// opened unfolds the part of the page that a form is in.
func (j *journey) opened(form string) string {
	j.t.Helper()
	j.value(fmt.Sprintf("(f => { for (let d = f && f.closest('details'); d; d = d.parentElement.closest('details')) d.open = true; return '' })(document.querySelector(%q))", form))
	return form
}
