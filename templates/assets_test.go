package templates

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
)

func newAssets(t *testing.T) *Assets {
	t.Helper()
	a, err := NewAssets()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func get(a *Assets, url, encoding string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, url, nil)
	r.Header.Set("Accept-Encoding", encoding)
	rec := httptest.NewRecorder()
	a.ServeHTTP(rec, r)
	return rec.Result()
}

func body(t *testing.T, r io.Reader) []byte {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAnAssetIsKeptForGoodUnderItsHash(t *testing.T) {
	a := newAssets(t)
	url, err := a.URL("css/app.css")
	if err != nil {
		t.Fatal(err)
	}
	got := get(a, url, "")
	if got.StatusCode != 200 || got.Header.Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(got.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%d %v", got.StatusCode, got.Header)
	}
	old := get(a, AssetRoot+"000000000000/css/app.css", "")
	if old.StatusCode != 200 || old.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("under another hash: %d %v", old.StatusCode, old.Header)
	}
}

func TestAnAssetIsTheSameCompressed(t *testing.T) {
	a := newAssets(t)
	for name := range a.files {
		url, err := a.URL(name)
		if err != nil {
			t.Fatal(err)
		}
		plain := body(t, get(a, url, "").Body)
		answer := get(a, url, "gzip, br")
		packed := body(t, answer.Body)
		if answer.Header.Get("Content-Encoding") == "" {
			if path.Ext(name) != ".woff2" || !bytes.Equal(packed, plain) {
				t.Errorf("%s is not compressed", name)
			}
			continue
		}
		unpacked, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(body(t, unpacked), plain) {
			t.Errorf("%s differs when compressed", name)
		}
	}
}

func TestHeadAnswersWithoutBody(t *testing.T) {
	a := newAssets(t)
	rec := httptest.NewRecorder()
	url, err := a.URL("js/app.js")
	if err != nil {
		t.Fatal(err)
	}
	a.ServeHTTP(rec, httptest.NewRequest(http.MethodHead, url, nil))
	if rec.Code != 200 || rec.Body.Len() != 0 || rec.Header().Get("Content-Length") == "0" {
		t.Errorf("%d, %d bytes, %v", rec.Code, rec.Body.Len(), rec.Header())
	}
}

func TestWhatIsNotAnAssetIsNotFound(t *testing.T) {
	a := newAssets(t)
	if _, err := a.URL("css/none.css"); err == nil {
		t.Error("a file that is not there has an address")
	}
	for _, url := range []string{"/static/", "/static/x", "/static/x/css", "/static/x/NOTICE", "/static/x/../words.go"} {
		if got := get(a, url, "").StatusCode; got != 404 {
			t.Errorf("%s answers %d", url, got)
		}
	}
}

func TestEveryFileThatAStyleSheetNamesIsThere(t *testing.T) {
	a := newAssets(t)
	link := regexp.MustCompile(`url\("?([^")]+)"?\)`)
	found := 0
	for name, f := range a.files {
		if path.Ext(name) != ".css" {
			continue
		}
		for _, m := range link.FindAllSubmatch(f.plain, -1) {
			found++
			if target := path.Join(path.Dir(name), string(m[1])); a.files[target] == nil {
				t.Errorf("%s names %s, which is not there", name, target)
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d names were found", found)
	}
}
