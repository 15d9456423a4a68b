// Package input turns text into typed values: forms, JSON bodies, query strings
// and the headers that carry versions and keys. The descriptions that make a form
// and document the API, []workflow.Field, are the ones that read it here.
//
// Text that no form and no careful client could have sent is *Unreadable; an
// answer that a person can correct is one of Errors.
package input
