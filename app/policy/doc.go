// Package policy reads a program's file: one YAML text that says who may have a
// voucher, until when, how much, and who is asked. Compile turns it into a
// workflow.Plan or into every mistake in it, each with its place. Rules answers
// the file's eligibility rules, which are CEL expressions, from evidence. Compare
// tells two plans apart. Nothing here reads a clock, a file or a database.
package policy
