// Package seal keeps values secret that the database stores: account numbers are
// encrypted with authentication and bound to the record and column they stand
// in, so that a copied ciphertext opens nowhere else.
package seal

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"tranche/workflow"
)

// ErrOpen is returned when a value was not sealed with a key of this sealer, or
// for another place.
var ErrOpen = errors.New("seal: the value cannot be opened here")

// A Sealer seals and opens values with the keys of one file.
type Sealer struct {
	aead tink.AEAD
	sums []byte // the key of Sum
}

// Load reads the keys in file. When the file is not there and make is true, it is
// made with a new key, readable by its owner only.
func Load(file string, create bool) (*Sealer, error) {
	b, err := os.ReadFile(file)
	if create && errors.Is(err, fs.ErrNotExist) {
		b, err = newKeys(file)
	}
	if err != nil {
		return nil, fmt.Errorf("keys that seal account numbers: %w", err)
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(b)))
	if err != nil {
		return nil, fmt.Errorf("keys in %s: %w", file, err)
	}
	a, err := aead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("keys in %s: %w", file, err)
	}
	oldest := insecurecleartextkeyset.KeysetMaterial(handle).GetKey()[0]
	sums, err := hkdf.Key(sha256.New, oldest.GetKeyData().GetValue(), nil, "tranche/sum/1", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("keys in %s: %w", file, err)
	}
	return &Sealer{a, sums}, nil
}

// newKeys writes a new key to file and returns what it wrote. Of two processes
// that do so at once, both end with the keys of the first.
func newKeys(file string) ([]byte, error) {
	handle, err := keyset.NewHandle(aead.XAES256GCM192BitNonceKeyTemplate())
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&b)); err != nil {
		return nil, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".keys-*") // mode 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(b.Bytes())
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(tmp.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(file)
}

// Seal encrypts plain for one column of one record.
func (s *Sealer) Seal(plain string, place string, id workflow.ID) (string, error) {
	b, err := s.aead.Encrypt([]byte(plain), bound(place, id))
	return base64.StdEncoding.EncodeToString(b), err
}

// Open returns what was sealed for this column of this record. ErrOpen means that
// the value was made with another key or for another place.
func (s *Sealer) Open(sealed string, place string, id workflow.ID) (string, error) {
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return "", ErrOpen
	}
	plain, err := s.aead.Decrypt(b, bound(place, id))
	if err != nil {
		return "", ErrOpen
	}
	return string(plain), nil
}

// Sum opens what Seal returned for one column of one record, and returns a keyed sum of
// what normal makes of it: equal values have equal sums, whatever record they stand in,
// and without the keys no sum tells its value. The key is derived from the oldest one in
// the file, so that a new one beside it changes no sum.
func (s *Sealer) Sum(sealed, place string, id workflow.ID, normal func(string) string) (string, error) {
	plain, err := s.Open(sealed, place, id)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, s.sums)
	mac.Write([]byte(place + ":" + normal(plain))) // never fails
	return base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}

func bound(place string, id workflow.ID) []byte { return []byte(place + ":" + id.String()) }

// AccountNumber is the place of the account number of a bank account.
const AccountNumber = "bank_accounts.sealed"
