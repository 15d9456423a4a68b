package main

/*
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
static void keep_memory(int bytes) { mallopt(M_TRIM_THRESHOLD, bytes); }
static void give_back(void) { malloc_trim(0); }
#else
static void keep_memory(int bytes) {}
static void give_back(void) {}
#endif
*/
import "C"

import "runtime/debug"

// keptMemory is how much memory that SQLite has freed stays with the process, in
// bytes for each arena of the C library.
const keptMemory = 16 << 20

// A connection of SQLite that reads gives up its pages whenever somebody has written,
// and takes as many again for the next statement. Beyond 128 KiB the GNU C library
// gives such pages back to the system each time, and has them made anew: four tenths
// of what a server under load does.
func init() { C.keep_memory(keptMemory) }

// giveBack returns the memory to the system that is not in use now.
func giveBack() {
	debug.FreeOSMemory()
	C.give_back()
}
