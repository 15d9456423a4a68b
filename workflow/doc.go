// Package workflow decides what may happen in a voucher programme.
//
// It is tables and arithmetic on the standard library alone: no clock, no
// context, no database, no log. Each lifecycle is one file that holds the
// record, the facts a decision may look at, the inputs an action asks for, the
// guards, and the table. [Machine.Decide] reads the table; pages, the API, the
// diagrams and the documentation are made from the same rows.
package workflow
