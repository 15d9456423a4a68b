package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"tranche/app/engine"
	"tranche/app/export"
	"tranche/app/identity"
	"tranche/app/trial"
	"tranche/models"
	"tranche/templates"
	"tranche/workflow"
)

// An Engine changes records: *engine.Engine does.
type Engine interface {
	Do(context.Context, engine.Request) (engine.Answer, error)
}

// A Server is what the site needs from the rest of the program. Members without
// "or" in their comment must be set.
type Server struct {
	Engine  Engine
	Reader  models.Reader
	Gate    *identity.Gate
	Cookies identity.Cookies
	Trial   *trial.Trial     // tries program files
	Turns   Turns            // lead each to a case of their own
	Now     func() time.Time // UTC
	Version string
	Demo    bool // people and amounts are invented: every page says so

	API     func(*echo.Group) error     // mounts the API on its group; or nil
	Waiting func() int                  // commands that wait to be written, for /metrics; or nil
	Pressed func(time.Time) func()      // is told of submissions that come; what it returns is called when they are answered. Needed with Turned
	Turned  func(TurnedAway)            // is told of submissions that were turned away by our own fault; or nil
	Preview Previewer                   // sets out letters before they are sent; or nil
	Ready   func(context.Context) error // says why the server cannot work, if it cannot; or nil: it can
	Log     *slog.Logger                // or nil: the default one
	Secure  bool                        // people reach the site by https only
	Trusted []*net.IPNet                // proxies whose word on the client's address counts; or nil: none
	Rate    float64                     // requests a second of one session or token, ten times as many of one address; or zero: no limit
	Metrics bool                        // /metrics answers

	renderer *Renderer
	places   map[workflow.Noun]place
	meter    *meter
}

// Handler returns the whole site. The error is a mistake in what is embedded.
func (s *Server) Handler() (http.Handler, error) {
	if s.Log == nil {
		s.Log = slog.Default()
	}
	var err error
	if s.renderer, err = NewRenderer(s.missing); err != nil {
		return nil, err
	}
	e := echo.New()
	e.HideBanner, e.HidePort, e.Renderer = true, true, s.renderer
	s.guard(e)
	return e, s.route(e)
}

// missing logs a word that the list lacks. The page shows a plain one instead.
func (s *Server) missing(language, id string) {
	s.Log.Error("word missing", "language", language, "id", id)
}

// getter mounts what answers GET, and HEAD with it.
func getter(e *echo.Echo) func(path string, h echo.HandlerFunc) {
	return func(path string, h echo.HandlerFunc) {
		e.GET(path, h)
		e.HEAD(path, h)
	}
}

// route is the whole site on one screen: the pages here, the records in homes.
func (s *Server) route(e *echo.Echo) error {
	get := getter(e)
	get("/", s.anyone(s.front))
	get("/start", s.member(s.start))
	get("/opportunities", s.anyone(s.opportunities))
	get("/eligibility", s.anyone(s.eligibility))
	e.POST("/eligibility", s.anyone(s.checkEligibility))
	get("/sign-in", s.anyone(s.signInPage))
	e.POST("/sign-in", s.anyone(s.signIn))
	e.POST("/sign-out", s.anyone(s.signOut))

	get("/my-applications", s.member(s.myApplications))
	get("/applications", s.member(s.queue))
	get("/applications/next", s.member(s.nextCase))
	get("/applications/bulk", s.member(s.bulkForm))
	e.POST("/applications/bulk", s.member(s.doBulk))
	e.POST("/applications/:id/skip", s.member(s.skipCase))
	for _, f := range export.SheetFormats() {
		get("/applications"+f.Extension, s.member(s.exportQueue(f)))
		get("/ledger"+f.Extension, s.member(s.exportLedger(f)))
	}
	get("/applications/:id/edit", s.one(s.resumeDraft))
	get("/applications/:id/edit/:section", s.one(s.sectionPage))
	e.POST("/applications/:id/edit/:section", s.member(s.saveSection))
	get("/applications/:id/verdict", s.member(s.verdictPage))
	for _, f := range verdictFiles {
		get("/applications/:id/verdict"+f.suffix, s.member(s.verdictDocument(f)))
	}
	get("/applications/:id/receipt", s.member(s.receiptPage))
	for _, f := range receiptFiles {
		get("/applications/:id/"+f.path, s.member(s.receiptDocument(f)))
	}
	get("/applications/:id/documents/:code", s.member(s.attachment))
	get("/letters/:id/documents/:code", s.member(s.kept(workflow.NounLetter, workflow.LetterMedia)))
	get("/journals", s.member(s.journals))
	get("/journals/:id/documents/:code", s.member(s.kept(workflow.NounJournal, export.SheetMedia)))
	get("/reviews", s.member(s.myReviews))
	get("/awards", s.member(s.awards))
	get("/awards/:id/claims/new", s.one(s.newClaim))
	e.POST("/awards/:id/claims/new", s.member(s.startClaim))
	get("/claims", s.member(s.claims))
	get("/claims/:id/edit", s.one(s.claimForm))
	e.POST("/claims/:id/edit", s.member(s.saveClaim))
	get("/claims/:id/check", s.one(s.claimCheckPage))
	e.POST("/claims/:id/check", s.member(s.submitClaim))
	get("/payments", s.member(s.payments))
	get("/batches", s.member(s.batches))
	get("/batches/new", s.member(s.newBatch))
	get("/batches/:id/files/:file", s.member(s.batchFile))
	get("/answer-files", s.member(s.answerFiles))
	get("/debts", s.member(s.debts))
	get("/reconciliation", s.member(s.reconciliation))
	get("/desk", s.member(s.desk))
	get("/workload", s.member(s.workload))
	get("/reviewers", s.member(s.pool))
	get("/holds", s.member(s.holds))
	get("/saved-views", s.member(s.savedViews))
	get("/ledger", s.member(s.ledger))
	get("/hits", s.member(s.hits))
	get("/duplicates", s.member(s.duplicates))
	get("/lists", s.member(s.lists))
	get("/rates", s.member(s.rates))
	get("/statements/:id/document", s.member(s.evidence(workflow.NounStatement)))
	get("/eliminations/:id/document", s.member(s.evidence(workflow.NounElimination)))
	get("/people", s.member(s.people))
	get("/people/new", s.member(s.newPerson))
	get("/programs", s.member(s.programs))
	e.POST("/programs/:id/file", s.member(s.tryFile))
	get("/policies/:id/file", s.member(s.policyFile))

	s.routeRecords(e)
	get(templates.AssetRoot+"*", s.renderer.ServeAssets())
	get("/healthz", s.alive)
	get("/readyz", s.ready)
	if s.Metrics {
		get("/metrics", s.meter.handler())
	}
	if s.API == nil {
		return nil
	}
	return s.API(e.Group("/api/v1"))
}

// homes says where the forms of each noun stand. What is missing here, and a
// record page that is nil, is recordPage.
func (s *Server) homes() map[workflow.Noun]place {
	return map[workflow.Noun]place{
		workflow.NounProgram:      {record: s.programPage},
		workflow.NounPolicy:       {record: s.policyPage, maker: s.policyMaker},
		workflow.NounOpportunity:  {record: s.opportunityPage, public: true},
		workflow.NounApplication:  {record: s.applicationPage, maker: s.opportunityPage},
		workflow.NounClearance:    {record: s.atHome(workflow.NounClearance)},
		workflow.NounLetter:       {record: s.atHome(workflow.NounLetter)},
		workflow.NounReview:       {record: s.reviewPage, maker: s.applicationPage},
		workflow.NounAward:        {record: s.awardPage},
		workflow.NounAmendment:    {record: s.amendmentPage, maker: s.awardPage},
		workflow.NounClaim:        {record: s.claimPage, maker: s.newClaim},
		workflow.NounPayment:      {record: s.paymentPage},
		workflow.NounReport:       {record: s.reportPage},
		workflow.NounFinding:      {maker: s.awardPage},
		workflow.NounBatch:        {record: s.batchPage, maker: s.batchMaker},
		workflow.NounAnswerFile:   {record: s.answerFilePage, maker: s.answerFilesPage},
		workflow.NounOrganization: {record: s.organizationPage},
		workflow.NounStatement:    {record: s.statementPage, maker: s.organizationPage},
		workflow.NounElimination:  {record: s.ofStatement, maker: s.statementPage},
		workflow.NounAffiliation:  {maker: s.affiliated},
		workflow.NounRate:         {maker: s.ratesPage},
		workflow.NounJournal:      {maker: s.journalsPage},
		workflow.NounBankAccount:  {maker: s.organizationPage},
		workflow.NounHold:         {maker: s.whereHeld},
		workflow.NounHit:          {record: s.hitPage},
		workflow.NounDuplicate:    {record: s.duplicatePage},
		workflow.NounPanel:        {record: s.panelPage, maker: s.opportunityPage},
		workflow.NounDeliberation: {record: s.deliberationPage},
		workflow.NounConflict:     {record: s.conflictPage},
		workflow.NounInterest:     {maker: s.interested},
		workflow.NounSavedView:    {record: s.savedViewPage, maker: s.savedViewsPage},
		workflow.NounList:         {record: s.listPage, maker: s.listsPage},
		workflow.NounScreening:    {record: s.atHome(workflow.NounScreening), maker: s.organizationPage},
		workflow.NounException:    {maker: s.whereExcepted},
		workflow.NounPerson:       {record: s.personPage, maker: s.personMaker},
		workflow.NounGrant:        {record: s.grantPage, maker: s.granted},
		workflow.NounDelegation:   {maker: s.delegating},
		workflow.NounToken:        {record: s.atHome(workflow.NounToken), maker: s.personPage},
	}
}

// routeRecords gives each lifecycle its record page and the routes of its forms.
func (s *Server) routeRecords(e *echo.Echo) {
	get := getter(e)
	s.places = s.homes()
	for _, l := range workflow.Lifecycles {
		noun := l.Noun()
		at, list := s.places[noun], "/"+noun.Plural()
		if at.record == nil {
			at.record = s.recordPage(noun)
			s.places[noun] = at
		}
		if at.public {
			get(list+"/:id", s.anyone(byID(at.record)))
		} else {
			get(list+"/:id", s.one(at.record))
		}
		e.POST(list+"/:id/actions/:action", s.member(s.doAction(noun)))
		if makes(noun) != workflow.NoAction {
			e.POST(list, s.member(s.doMake(noun)))
		}
	}
}

// alive answers that the process runs.
func (s *Server) alive(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// ready answers whether the server can work.
func (s *Server) ready(c echo.Context) error {
	if s.Ready != nil {
		if err := s.Ready(c.Request().Context()); err != nil {
			s.Log.Error("not ready", "err", err)
			return c.String(http.StatusServiceUnavailable, "not ready\n")
		}
	}
	return c.String(http.StatusOK, "ready\n")
}
