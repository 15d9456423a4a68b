package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// serving returns a client of a server that h answers for.
func serving(t *testing.T, h http.HandlerFunc) *client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return newClient(s.URL, 2)
}

func TestAWriteCarriesPersonKeyVersionAndBody(t *testing.T) {
	c := serving(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got := []string{r.Method, r.URL.Path, r.Header.Get("Authorization"), r.Header.Get("Idempotency-Key"), r.Header.Get("If-Match"),
			r.Header.Get("Content-Type"), string(body)}
		want := []string{"POST", "/api/v1/awards/7/actions/accept", "Bearer tr_x", "demo/K/accept", `"3"`, "application/json", "{}"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		fmt.Fprint(w, `{"id":7,"state":"accepted","version":4}`)
	})
	body, err := c.send(t.Context(), call{method: "POST", path: "/awards/7/actions/accept", token: "tr_x", key: "demo/K/accept", version: 3, body: []byte("{}")})
	if err != nil {
		t.Fatal(err)
	}
	var got record
	if err := json.Unmarshal(body, &got); err != nil || got != (record{7, "accepted", 4}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestARefusalIsAProblemAndIsNotSentAgain(t *testing.T) {
	var asked atomic.Int64
	c := serving(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprint(w, `{"status":422,"title":"No","detail":"Too much.","reason":"over_award_cap","errors":[{"field":"requested","reason":"over_award_cap","message":"m"}]}`)
	})
	_, err := c.send(t.Context(), call{method: "POST", path: "/x", key: "k"})
	var p *Problem
	if !errors.As(err, &p) || p.Reason != "over_award_cap" || p.Status != 422 || p.Errors[0].Field != "requested" {
		t.Errorf("%v", err)
	}
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
}

func TestABusyServerIsAskedAgain(t *testing.T) {
	var asked atomic.Int64
	c := serving(t, func(w http.ResponseWriter, r *http.Request) {
		switch asked.Add(1) {
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 2: // the connection breaks in the middle of an answer
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, `{"id":`)
		default:
			fmt.Fprint(w, `{"id":1}`)
		}
	})
	if _, err := c.send(t.Context(), call{method: "POST", path: "/x", key: "k"}); err != nil {
		t.Error(err)
	}
	if asked.Load() != 3 {
		t.Errorf("asked %d times", asked.Load())
	}
}

func TestAListIsReadToItsLastPage(t *testing.T) {
	c := serving(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("limit") != "200" || q.Get("batch_id") != "9" {
			t.Errorf("query %v", q)
		}
		switch q.Get("cursor") {
		case "":
			fmt.Fprint(w, `{"items":[{"id":5},{"id":4}],"next":"4"}`)
		case "4":
			fmt.Fprint(w, `{"items":[{"id":3}]}`)
		default:
			t.Errorf("cursor %q", q.Get("cursor"))
		}
	})
	got, err := list[record](t.Context(), c, "tr_x", "/payments", url.Values{"batch_id": {"9"}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]record{{ID: 5}, {ID: 4}, {ID: 3}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
