package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"tranche/app/jobs"
	"tranche/app/notice"
)

// listening is how and where a server answers.
type listening struct {
	Addr    string   `help:"Address to listen on." env:"TRANCHE_ADDR" default:"localhost:8080" placeholder:"HOST:PORT"`
	URL     string   `help:"The address that people use, for links and cookies; https:// makes cookies secure." env:"TRANCHE_URL" placeholder:"URL"`
	Proxies []string `help:"Networks of proxies whose X-Forwarded-For is believed." env:"TRANCHE_PROXIES" placeholder:"CIDR"`
	Metrics bool     `help:"Answer /metrics." env:"TRANCHE_METRICS" default:"true" negatable:""`
}

// base returns the address that people use.
func (l *listening) base(at net.Addr) string {
	if l.URL != "" {
		return l.URL
	}
	port := 0
	if tcp, ok := at.(*net.TCPAddr); ok {
		port = tcp.Port
	}
	return "http://localhost:" + strconv.Itoa(port)
}

// listen opens the socket, or takes over the one that systemd or a predecessor
// hands in, so that a restart refuses nobody.
func (l *listening) listen(ctx context.Context) (net.Listener, error) {
	if os.Getenv("LISTEN_PID") == strconv.Itoa(os.Getpid()) && os.Getenv("LISTEN_FDS") == "1" {
		return net.FileListener(os.NewFile(3, "inherited socket"))
	}
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", l.Addr)
	if err != nil {
		return nil, fmt.Errorf("--addr (TRANCHE_ADDR): %w", err)
	}
	return ln, nil
}

// The times after which a connection is given up. A request is small; only
// exports take long to answer.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 60 * time.Second
	writeTimeout  = 120 * time.Second
	idleTimeout   = 120 * time.Second
	drainTimeout  = 20 * time.Second
)

// A server answers until it is told to stop.
type server struct {
	http  *http.Server
	site  *site
	ended chan error
	url   string
}

// start serves site on a listener of l. It returns when the first request can be taken.
func (l *listening) start(ctx context.Context, h *house, demo bool) (*server, error) {
	ln, err := l.listen(ctx)
	if err != nil {
		return nil, err
	}
	base := l.base(ln.Addr())
	s, err := newSite(h, l, base, demo)
	if err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	h.post.URL = strings.TrimRight(base, "/")
	h.runner.Owed(s.excuser.owed.oldest)
	if err := h.runner.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	srv := &server{site: s, url: base, ended: make(chan error, 1), http: &http.Server{
		Handler: s.handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}}
	go func() { srv.ended <- srv.http.Serve(ln) }()
	go func() {
		<-h.runner.CaughtUp()
		giveBack() // what start-up read and built once is not needed again
	}()
	return srv, nil
}

// stop lets the requests that are under way end, then the jobs.
func (s *server) stop(h *house) error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	s.site.drain()
	h.runner.Quiet(ctx)
	err := s.http.Shutdown(ctx)
	s.site.excuser.stop()
	return errors.Join(err, h.runner.Stop(ctx))
}

// wait serves until ctx ends or serving fails, and stops.
func (s *server) wait(ctx context.Context, h *house) error {
	select {
	case err := <-s.ended:
		return errors.Join(err, s.stop(h))
	case <-ctx.Done():
		slog.Info("stopping")
		return s.stop(h)
	}
}

// mails says how mails are sent.
type mails struct {
	SMTP     string `help:"The mail server: smtp://[user:password@]host[:port], encrypted where it can be, or smtps://…; without it mails are kept and not sent." name:"smtp" env:"TRANCHE_SMTP" placeholder:"URL"`
	MailFrom string `help:"Whose name and address stand on mails." env:"TRANCHE_MAIL_FROM" placeholder:"ADDRESS"`
}

// server returns where mails go; nil: nowhere.
func (m *mails) server() (to *notice.SMTP, err error) {
	switch {
	case m.SMTP == "" && m.MailFrom != "":
		return nil, errors.New("--smtp (TRANCHE_SMTP) is needed with --mail-from")
	case m.SMTP == "":
		return to, nil
	case m.MailFrom == "":
		return nil, errors.New("--mail-from (TRANCHE_MAIL_FROM) is needed with --smtp")
	}
	to, err = notice.NewSMTP(m.SMTP, m.MailFrom)
	switch {
	case errors.Is(err, notice.ErrSender):
		return nil, fmt.Errorf("--mail-from (TRANCHE_MAIL_FROM): %q is not a mail address", m.MailFrom)
	case err != nil: // what was given may hold a password
		return nil, errors.New("--smtp (TRANCHE_SMTP): expected smtp://[user:password@]host[:port] or smtps://…")
	}
	return to, nil
}

type serveCommand struct {
	database
	listening
	mails
	OutageRest time.Duration `help:"What a deadline that fell into an outage gets on top of the outage: 0s to 24h, whole seconds." env:"TRANCHE_OUTAGE_REST" default:"30m" placeholder:"DURATION"`
	Migrate    bool          `help:"Bring the schema up to date first." env:"TRANCHE_MIGRATE" default:"true" negatable:""`
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(ctx context.Context, s streams) error {
	slog.SetDefault(logger(false))
	if c.OutageRest < 0 || c.OutageRest > 24*time.Hour || c.OutageRest%time.Second != 0 {
		return fmt.Errorf("--outage-rest (TRANCHE_OUTAGE_REST): %s is not a whole number of seconds up to 24h", c.OutageRest)
	}
	smtp, err := c.server()
	if err != nil {
		return err
	}
	h, err := c.open(ctx, c.Migrate)
	if err != nil {
		return err
	}
	defer h.close()
	h.post.SMTP = smtp
	watch := jobs.UsualWatch
	watch.Rest = c.OutageRest
	h.runner.Watch(watch)
	srv, err := c.start(ctx, h, false)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.err, "Serving", srv.url)
	return srv.wait(ctx, h)
}

type healthCommand struct {
	Addr string `help:"Address of the server." env:"TRANCHE_ADDR" default:"localhost:8080"`
}

// Run asks the server whether it is ready.
func (c *healthCommand) Run(ctx context.Context, s streams) error {
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("--addr: %w", err)
	}
	if host == "" || net.ParseIP(host).IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", answer.Status)
	}
	_, err = fmt.Fprintln(s.out, "ready")
	return err
}
