package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"tranche/models"
)

// receipts lists the proofs of an application's submissions, the newest first.
func receipts(a *api, c echo.Context, v *models.Viewer) error {
	id, err := recordID(c)
	if err != nil {
		return err
	}
	if err := noQuery(c); err != nil {
		return err
	}
	all, err := a.Records.Receipts(c.Request().Context(), v, id)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, struct {
		Items []models.Receipt `json:"items"`
	}{append([]models.Receipt{}, all...)})
}
