// Package web answers people: it reads their requests, asks the engine, and
// shows pages. Every page is one view struct that holds exactly what the page
// shows, already decided, and one template of the same stem.
package web

import (
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"tranche/templates"
)

// View is what a page shows. Its type belongs to exactly one template.
type View interface {
	// Page returns the stem of the template: "queue" for pages/queue.html.
	Page() string
}

// Show answers with the page of v. A template that fails is a fault of ours and
// returned; nothing has been written then.
func Show(c echo.Context, status int, v View) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.Render(status, v.Page(), v)
}

// Renderer makes HTML from views. It is safe for use by many goroutines.
type Renderer struct {
	Words  *templates.Words
	Assets *templates.Assets
	pages  *template.Template
}

// NewRenderer reads all embedded templates, words and files, so that a mistake
// in one of them stops the start and not a page. onMissing is told of words
// that the list does not have; nil tells nobody.
func NewRenderer(onMissing func(language, id string)) (*Renderer, error) {
	words, err := templates.NewWords(onMissing)
	if err != nil {
		return nil, err
	}
	assets, err := templates.NewAssets()
	if err != nil {
		return nil, err
	}
	pages, err := parsePages(assets)
	if err != nil {
		return nil, err
	}
	return &Renderer{Words: words, Assets: assets, pages: pages}, nil
}

// Render implements echo.Renderer. Echo gives it a buffer, so a template that
// fails in the middle sends nothing.
func (r *Renderer) Render(w io.Writer, name string, view any, _ echo.Context) error {
	if err := r.pages.ExecuteTemplate(w, "page/"+name, view); err != nil {
		return fmt.Errorf("web: show %s: %w", name, err)
	}
	return nil
}

// ServeAssets answers the requests below templates.AssetRoot.
func (r *Renderer) ServeAssets() echo.HandlerFunc { return echo.WrapHandler(http.Handler(r.Assets)) }

// parsePages makes one set of the layout, all parts and all pages: a set for each
// page would hold as many copies of the layout and the parts. A page called x is
// defined as "page/x".
func parsePages(assets *templates.Assets) (*template.Template, error) {
	icons, err := readIcons()
	if err != nil {
		return nil, err
	}
	return template.New("").Funcs(template.FuncMap{
		"asset": assets.URL,
		"icon":  icons.draw,
		"piece": piece,
	}).ParseFS(templates.Pages, "layout.html", "parts/*.html", "pages/*.html")
}

// Piece is what a part of a page gets when it needs the words of the shell
// beside the thing that it shows.
type Piece struct {
	Shell
	It any
}

func piece(s Shell, it any) Piece { return Piece{s, it} }

// iconSet is the markup of every icon, by name.
type iconSet map[string]template.HTML

// readIcons reads the embedded drawings. They are ours, so they may be written
// into a page as they are.
func readIcons() (iconSet, error) {
	files, err := fs.Glob(templates.Icons, "icons/*.svg")
	if err != nil {
		return nil, err
	}
	set := make(iconSet, len(files))
	for _, file := range files {
		svg, err := fs.ReadFile(templates.Icons, file)
		if err != nil {
			return nil, err
		}
		_, drawing, _ := strings.Cut(string(svg), ">")
		drawing = strings.TrimSuffix(strings.TrimSpace(drawing), "</svg>")
		set[strings.TrimSuffix(path.Base(file), ".svg")] = template.HTML(
			`<svg class="ic" viewBox="0 0 24 24" aria-hidden="true" focusable="false">` + drawing + `</svg>`)
	}
	return set, nil
}

func (set iconSet) draw(name string) (template.HTML, error) {
	svg, ok := set[name]
	if !ok {
		return "", fmt.Errorf("web: no icon is called %q", name)
	}
	return svg, nil
}
