package notice

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"tranche/models"
)

// SMTP sends mails by a server. Make one with NewSMTP.
type SMTP struct {
	client *gomail.Client
	sender *mail.Address
}

// smtpTimeout is how long a server may take to answer.
const smtpTimeout = 20 * time.Second

// Whatever is wrong with the address of a mail server or with the sender's.
var (
	ErrServer = errors.New("notice: neither smtp://[user:password@]host[:port] nor smtps://…")
	ErrSender = errors.New("notice: not a mail address")
)

// NewSMTP reads where mails go and whose name stands on them. smtp:// is encrypted where
// the server offers it, and always when it is given a password; smtps:// is from the
// first byte. The error is ErrServer or ErrSender.
func NewSMTP(server, sender string) (*SMTP, error) {
	from, err := mail.ParseAddress(sender)
	if err != nil {
		return nil, ErrSender
	}
	u, err := url.Parse(server)
	if err != nil || u.Hostname() == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, ErrServer
	}
	options := []gomail.Option{gomail.WithTimeout(smtpTimeout)}
	port := gomail.DefaultPort
	switch {
	case u.Scheme == "smtps":
		options, port = append(options, gomail.WithSSL()), gomail.DefaultPortSSL
	case u.Scheme != "smtp":
		return nil, ErrServer
	case u.User != nil:
		options, port = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory)), gomail.DefaultPortTLS
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, ErrServer
		}
	}
	if u.User != nil {
		password, _ := u.User.Password()
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	client, err := gomail.NewClient(u.Hostname(), append(options, gomail.WithPort(port))...)
	if err != nil {
		return nil, ErrServer
	}
	return &SMTP{client, from}, nil
}

// errRefused means that another try would be answered alike.
var errRefused = errors.New("notice: refused for good")

// send hands m to the server. The same message has the same Message-ID every time, so
// that a reader's program knows one that came twice.
func (s *SMTP) send(ctx context.Context, m *models.Message) error {
	out := gomail.NewMsg()
	if err := errors.Join(out.FromFormat(s.sender.Name, s.sender.Address), out.AddToFormat(oneLine(m.Name), m.Address)); err != nil {
		return errors.Join(errRefused, err)
	}
	_, domain, _ := strings.Cut(s.sender.Address, "@")
	out.SetMessageIDWithValue(fmt.Sprintf("%d.%d@%s", m.Event, m.ID, domain))
	out.SetDateWithValue(m.Made)
	out.SetGenHeader(gomail.Header("Auto-Submitted"), "auto-generated") // RFC 3834: nobody's absence answers it
	out.SetGenHeader(gomail.HeaderContentLang, m.Language)
	out.Subject(oneLine(m.Subject))
	out.SetBodyString(gomail.TypeTextPlain, m.Body)
	err := s.client.DialAndSendWithContext(ctx, out)
	if out.IsDelivered() { // what went wrong afterwards does not take it back
		return nil
	}
	var no *gomail.SendError
	if errors.As(err, &no) && no.ErrorCode() >= 500 {
		return errors.Join(errRefused, err)
	}
	return err
}

// oneLine returns s without what could end a header.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}
