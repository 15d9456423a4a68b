package main

/*
#define _GNU_SOURCE
#include <stdlib.h>
#ifdef __GLIBC__
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

// A connection of SQLite that reads gives up its pages whenever somebody has written, and
// takes as many again for the next statement. Beyond 128 KiB the GNU C library gives such
// pages back to the system each time, and has them made anew: four tenths of what a server
// under load does. So up to 16 MiB that SQLite has freed stay with the process, once: SQLite
// counts its memory under a lock of its own, threads never allocate side by side, and one
// arena is enough as long as SQLITE_DEFAULT_MEMSTATUS is 1, which the driver leaves on. It is said before there are threads, which would have others already.
__attribute__((constructor)) static void keep_memory(void) {
	mallopt(M_TRIM_THRESHOLD, 16 << 20);
	mallopt(M_ARENA_MAX, 1);
}

// The first object is the program itself. What nobody can write to is the same as in
// its file, and comes back from there when it is next read.
static int unmap_file(struct dl_phdr_info *object, size_t size, void *unused) {
	size_t page = sysconf(_SC_PAGESIZE);
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &object->dlpi_phdr[i];
		size_t from = (object->dlpi_addr + part->p_vaddr) & ~(page - 1);
		if (part->p_type == PT_LOAD && !(part->p_flags & PF_W))
			madvise((void *)from, object->dlpi_addr + part->p_vaddr + part->p_memsz - from, MADV_DONTNEED);
	}
	return 1;
}

static void give_back(void) {
	malloc_trim(0);
	dl_iterate_phdr(unmap_file, NULL);
}
#else
static void give_back(void) {}
#endif
*/
import "C"

import "runtime/debug"

// giveBack returns the memory to the system that is not in use now: what was freed, and
// the pages of the program's own file, of which running needs fewer than starting.
func giveBack() {
	debug.FreeOSMemory()
	C.give_back()
}
