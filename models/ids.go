package models

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"tranche/workflow"
)

const (
	// idBlock is how many IDs a process takes from the database at once. What it
	// has not used when it ends is never used: numbers may have gaps.
	idBlock = 1000
	// idReserve is what must be at hand before a transaction begins: inside one,
	// no block can be taken, since a rollback would give the same block out again.
	idReserve = 500
)

// idBlocks hands out IDs that no other process hands out.
type idBlocks struct {
	db         *DB
	refill     sync.Mutex  // held while a block is taken from the database; never inside a transaction
	mu         sync.Mutex  // guards the members below; never held while the database is asked
	next, last workflow.ID // the block in use, ends included when next > 0
	spare      workflow.ID // first ID of a block that is not in use yet; zero: none
}

// ensure sees to it that a transaction can take idReserve IDs. It must not be
// called while the caller holds a connection.
func (b *idBlocks) ensure(ctx context.Context) error {
	b.refill.Lock()
	defer b.refill.Unlock()
	if b.enough() {
		return nil
	}
	var end int64
	const take = "UPDATE id_blocks SET taken = taken + ? WHERE one = 1 RETURNING taken"
	if err := b.db.write.QueryRowContext(ctx, b.db.bind(take), idBlock).Scan(&end); err != nil {
		return fmt.Errorf("take a block of ids: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spare = workflow.ID(end - idBlock + 1)
	return nil
}

func (b *idBlocks) enough() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.spare != 0 || b.next != 0 && b.last-b.next >= idReserve
}

var errNoIDs = errors.New("models: the transaction asks for more ids than are at hand")

func (b *idBlocks) take() (workflow.ID, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == 0 || b.next > b.last {
		if b.spare == 0 {
			return 0, &Unavailable{errNoIDs}
		}
		b.next, b.last, b.spare = b.spare, b.spare+idBlock-1, 0
	}
	id := b.next
	b.next++
	return id, nil
}

// NextID returns an ID that has never been used.
func (t *Tx) NextID() (workflow.ID, error) { return t.db.ids.take() }

// NextID returns an ID that has never been used, for a caller outside any transaction.
func (d *DB) NextID(ctx context.Context) (workflow.ID, error) {
	if err := d.ids.ensure(ctx); err != nil {
		return 0, &Unavailable{err}
	}
	return d.ids.take()
}
