package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"tranche/models"
)

// A reconciled is what became of money that was exported.
type reconciled struct {
	Batch    any   `json:"batch,omitempty"`
	Fund     any   `json:"fund,omitempty"`
	Name     any   `json:"name,omitempty"`
	Day      any   `json:"day,omitempty"`
	Exported money `json:"exported"`
	Settled  money `json:"settled"`
	Returned money `json:"returned"`
	InFlight money `json:"in_flight"`
	Refused  money `json:"refused"`
	Open     money `json:"difference"`
}

func reconciledOf(r *models.Reconciled) reconciled {
	out := reconciled{Exported: usd(r.Exported), Settled: usd(r.Settled), Returned: usd(r.Returned), InFlight: usd(r.InFlight),
		Refused: usd(r.Refused), Open: usd(r.Difference())}
	if r.Day != 0 {
		out.Day = r.Day.String()
	}
	if r.Name != "" {
		out.Name = r.Name
	}
	return out
}

// reconcile explains what was exported, by batch, by day and by fund.
func reconcile(a *api, c echo.Context, v *models.Viewer) error {
	if err := noQuery(c); err != nil {
		return err
	}
	if !v.SeesPayments() {
		return models.ErrNotFound
	}
	found, err := a.Records.Reconcile(c.Request().Context(), v)
	if err != nil {
		return err
	}
	out := struct {
		Sum     reconciled   `json:"sum"`
		Whole   bool         `json:"whole"`
		Batches []reconciled `json:"batches"`
		Days    []reconciled `json:"days"`
		Funds   []reconciled `json:"funds"`
	}{Sum: reconciledOf(&found.Sum), Whole: found.Whole, Batches: []reconciled{}, Days: []reconciled{}, Funds: []reconciled{}}
	for i := range found.Batches {
		one := reconciledOf(&found.Batches[i])
		one.Batch = int64(found.Batches[i].ID)
		out.Batches = append(out.Batches, one)
	}
	for i := range found.Days {
		out.Days = append(out.Days, reconciledOf(&found.Days[i]))
	}
	for i := range found.Funds {
		one := reconciledOf(&found.Funds[i])
		one.Fund = int64(found.Funds[i].ID)
		out.Funds = append(out.Funds, one)
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, out)
}
