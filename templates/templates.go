// Package templates holds everything that a person reads or sees, embedded in
// the binary: the layout, parts and pages of the site, the words of both
// languages, the icons, and the style sheet, fonts and images.
package templates

import "embed"

// Pages holds layout.html, parts/*.html and pages/*.html.
//
//go:embed layout.html parts/*.html pages/*.html
var Pages embed.FS

// Icons holds icons/*.svg, drawn on a field of 24 by 24.
//
//go:embed icons/*.svg
var Icons embed.FS

// Program is the file of the program that ships with Tranche,
// programs/ai-voucher.yaml: to be applied as it is, or copied.
//
//go:embed programs/ai-voucher.yaml
var Program []byte
