package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"tranche/models"
	"tranche/workflow"
)

// A poolReviewer is one reviewer in one program.
type poolReviewer struct {
	Grant      workflow.ID `json:"grant"` // whose update changes expertise and max_reviews
	Person     workflow.ID `json:"person"`
	Name       string      `json:"name"`
	Program    workflow.ID `json:"program"`
	Version    int64       `json:"version"`
	Expertise  []string    `json:"expertise"`
	MaxReviews int64       `json:"max_reviews"` // 0: any number
	Open       int         `json:"open"`
	Submitted  int         `json:"submitted"`
	Declined   int         `json:"declined"`
	Recused    int         `json:"recused"`
	Conflicts  int         `json:"conflicts"`
}

// reviewers lists the reviewers of the programs that the viewer is of the staff of.
func reviewers(a *api, c echo.Context, v *models.Viewer) error {
	if err := noQuery(c); err != nil {
		return err
	}
	pool, err := a.Records.ReviewerPool(c.Request().Context(), v)
	if err != nil {
		return err
	}
	out := struct {
		Items []poolReviewer `json:"items"`
	}{[]poolReviewer{}}
	for i := range pool {
		p, g := &pool[i], &pool[i].Grant
		expertise := slices.DeleteFunc(strings.Split(g.Expertise, ","), func(code string) bool { return code == "" })
		out.Items = append(out.Items, poolReviewer{g.ID, g.Person, p.Name, g.Program, g.Version, expertise, g.MaxReviews,
			p.Open, p.Submitted, p.Declined, p.Recused, p.Conflicts})
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, out)
}
