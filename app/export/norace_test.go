//go:build !race

package export_test

// raced: without the race detector, memory is the program's own.
const raced = false
