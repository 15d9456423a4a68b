//go:build race

package export_test

// raced: the race detector takes memory of its own, several times over.
const raced = true
