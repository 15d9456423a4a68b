package web

import (
	"github.com/labstack/echo/v4"

	"tranche/app/problem"
)

// audience says who reads the words of a problem. When that cannot be found out,
// as the database does not answer, it is somebody who is not signed in.
func (s *Server) audience(c echo.Context) problem.Audience { return s.anybody(c).audience() }

// anybody is open for pages that must not fail.
func (s *Server) anybody(c echo.Context) *visit {
	v, err := s.open(c)
	if err != nil {
		v = &visit{Context: c, server: s}
		s.fillShell(v)
		c.Set(visitKey, v)
	}
	return v
}

// problemPage answers no. The page of what is not there and that of what the
// reader may not know of are the same.
func (s *Server) problemPage(c echo.Context, p problem.Problem) error {
	v := s.anybody(c)
	shell := v.titled(p.Title)
	shell.Flash, shell.Others = nil, nil
	view := ProblemView{Shell: shell, Status: p.Status, Sentence: p.Detail, Back: Link{v.T("problem.back"), "/"}}
	if p.Status >= 500 {
		view.Reference = p.RequestID
	}
	for _, e := range p.Errors {
		if e.Message != p.Detail {
			view.Problems = append(view.Problems, Problem{Text: e.Message})
		}
	}
	return Show(v, p.Status, view)
}
