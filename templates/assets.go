package templates

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed static
var static embed.FS

// assetTypes are the media types of the embedded files. The operating system's
// own list is not asked, so that every machine answers alike.
var assetTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
}

// AssetRoot is where the embedded files are served.
const AssetRoot = "/static/"

// Assets serves the embedded style sheet, script, fonts and images under
// addresses that change with their content, so that browsers may keep them for
// good. It is safe for use by many goroutines.
type Assets struct {
	tree  string // hash of all files: one for all, so that url(../fonts/…) in CSS needs no rewriting
	files map[string]*asset
}

type asset struct {
	kind   string
	plain  []byte
	zipped func() []byte // nil when compressing gains nothing
}

// NewAssets reads the embedded files. A file of a kind that it does not know is
// an error.
func NewAssets() (*Assets, error) {
	a := &Assets{files: map[string]*asset{}}
	sum := sha256.New()
	err := fs.WalkDir(static, "static", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) == "" {
			return err
		}
		kind, ok := assetTypes[path.Ext(name)]
		if !ok {
			return fmt.Errorf("templates: %s is of no known kind", name)
		}
		body, err := static.ReadFile(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(body))
		sum.Write(body)
		a.files[strings.TrimPrefix(name, "static/")] = newAsset(kind, body)
		return nil
	})
	a.tree = hex.EncodeToString(sum.Sum(nil))[:12]
	return a, err
}

func newAsset(kind string, body []byte) *asset {
	f := &asset{kind: kind, plain: body}
	if kind != assetTypes[".woff2"] {
		f.zipped = sync.OnceValue(func() []byte { return zip(body) })
	}
	return f
}

// zip compresses body. Writing to memory cannot fail.
func zip(body []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		panic(err)
	}
	if _, err := w.Write(body); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// URL returns the address of name, such as "css/app.css", and an error when
// there is no such file.
func (a *Assets) URL(name string) (string, error) {
	if a.files[name] == nil {
		return "", fmt.Errorf("templates: no static file %q", name)
	}
	return AssetRoot + a.tree + "/" + name, nil
}

// ServeHTTP answers GET and HEAD below AssetRoot. An address with another hash,
// as a page from another release asks for, gets the file of this release and is
// not kept by the browser.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, AssetRoot), "/")
	f := a.files[name]
	if f == nil {
		http.NotFound(w, r)
		return
	}
	head := w.Header()
	head.Set("Content-Type", f.kind)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Cache-Control", "no-cache")
	if hash == a.tree {
		head.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body := f.plain
	if f.zipped != nil {
		head.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			head.Set("Content-Encoding", "gzip")
			body = f.zipped()
		}
	}
	head.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method != http.MethodHead {
		// The reader may have gone away; there is nobody left to tell.
		_, _ = w.Write(body)
	}
}
