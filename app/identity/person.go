package identity

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"tranche/app/engine"
	"tranche/models"
	"tranche/workflow"
)

// A NewPerson is somebody to be added by the house itself: there are no accounts
// but those that were made on purpose.
type NewPerson struct {
	Name     string
	Email    string
	Language string // "" is the first of workflow.Languages
	Password string // "" when this person signs in with API tokens only, or not yet
	Grants   []NewGrant
	Key      string // makes it repeatable; "": a second time is refused. Up to 150 characters
}

// A NewGrant is one role to be given, in a program or in an organization.
type NewGrant struct {
	Role         workflow.Role
	Program      workflow.ID `json:",omitempty"`
	Organization workflow.ID `json:",omitempty"`
}

var house = &models.Viewer{System: true}

// AddPerson makes a person with roles, as the system. The error is a
// *PasswordError when the password is no good, and else what engine.Do returns.
// It stops at the first error; with a Key, the same call goes on where it stopped
// and returns the same person, whose password is then still the first one.
func (p *Passwords) AddPerson(ctx context.Context, e *engine.Engine, n NewPerson) (workflow.ID, error) {
	inputs := []workflow.Input{{Name: "name", Text: n.Name}, {Name: "email", Text: normalEmail(n.Email)}}
	if n.Language != "" {
		inputs = append(inputs, workflow.Input{Name: "language", Text: n.Language})
	}
	// A key is kept for good next to a fast sum of what it stands for: the
	// password must not be a part of that.
	key, err := systemKey(n.Key, "person", inputs)
	if err != nil {
		return 0, err
	}
	if n.Password != "" {
		hash, err := p.Hash(ctx, n.Email, n.Password)
		if err != nil {
			return 0, err
		}
		inputs = append(inputs, workflow.Input{Name: "password", Text: hash})
	}
	made, err := e.Do(ctx, engine.Request{Viewer: house, Key: key, Command: workflow.Command{
		Noun: workflow.NounPerson, Action: workflow.ActCreate, Received: e.Now(), Inputs: inputs}})
	if err != nil {
		return 0, err
	}
	for _, one := range n.Grants {
		if err := AddGrant(ctx, e, made.ID, one, n.Key); err != nil {
			return 0, err
		}
	}
	return made.ID, nil
}

// AddGrant gives person a role, as the system. key makes it repeatable, together
// with the grant itself; with "" a second time is refused.
func AddGrant(ctx context.Context, e *engine.Engine, person workflow.ID, n NewGrant, key string) error {
	inputs := []workflow.Input{{Name: "person", Int: int64(person)}, {Name: "role", Text: n.Role.String()}}
	if n.Program != 0 {
		inputs = append(inputs, workflow.Input{Name: "program", Int: int64(n.Program)})
	}
	if n.Organization != 0 {
		inputs = append(inputs, workflow.Input{Name: "organization", Int: int64(n.Organization)})
	}
	k, err := systemKey(key, fmt.Sprintf("grant/%s/%s/%s/%s", person, n.Role, n.Program, n.Organization), inputs)
	if err != nil {
		return err
	}
	_, err = e.Do(ctx, engine.Request{Viewer: house, Key: k, Command: workflow.Command{
		Noun: workflow.NounGrant, Action: workflow.ActCreate, Received: e.Now(), Inputs: inputs}})
	return err
}

// AddToken makes an API token for person, as the system, and returns its secret,
// which is stored nowhere.
func AddToken(ctx context.Context, e *engine.Engine, person workflow.ID, name string, scopes Scopes, until time.Time) (string, error) {
	full, stored := NewToken()
	_, err := e.Do(ctx, engine.Request{Viewer: house, Command: workflow.Command{Noun: workflow.NounToken, Action: workflow.ActCreate,
		Parent: person, Received: e.Now(), Inputs: TokenInputs(name, stored, scopes, until)}})
	return full, err
}

// systemKey returns the key under which the house does one thing once, nil for "".
func systemKey(key, what string, inputs []workflow.Input) (*models.Key, error) {
	if key == "" {
		return nil, nil
	}
	body, err := json.Marshal(inputs)
	if err != nil {
		return nil, fmt.Errorf("sum inputs of %s: %w", what, err)
	}
	return &models.Key{Route: "identity/" + what, Text: key, Body: sha256.Sum256(body)}, nil
}
