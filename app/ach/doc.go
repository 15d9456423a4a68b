// Package ach holds the NACHA file layout: one streaming writer of CCD+ and CTX credits,
// one strict streaming reader for files of either direction, and the meaning of
// return and change codes. The packages export and intake stand on it, so that
// what leaves the house and what comes back are held to the same rules.
//
// Positions are those of the Nacha Operating Rules, Appendix Three: 1-based,
// both ends included. Every record is 94 characters of printable ASCII, lines
// come in blocks of ten, and unused lines of the last block are filled with
// nines.
package ach
