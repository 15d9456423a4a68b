package demo

import (
	"bytes"
	"fmt"
	"strings"
)

// workPlan is an invented work plan of one page, as a PDF. It has no compressed
// parts and no embedded font, so that thousands of them are small and quick.
// Source: ISO 32000-1, 7.5 for the parts of a file and 9.6.2.2 for the font.
func workPlan(title, company string) []byte {
	lines := []string{"Work plan (invented for the demonstration)", title, company, "1. Collect data.   2. Build.   3. Test every month.   4. Publish."}
	var text strings.Builder
	for i, line := range lines {
		fmt.Fprintf(&text, "BT /F1 12 Tf 72 %d Td (%s) Tj ET\n", 720-24*i, pdfText(line))
	}
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", text.Len(), text.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	out := bytes.NewBufferString("%PDF-1.4\n")
	var index strings.Builder
	for i, object := range objects {
		fmt.Fprintf(&index, "%010d 00000 n \n", out.Len())
		fmt.Fprintf(out, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := out.Len()
	fmt.Fprintf(out, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, index.String(), len(objects)+1, start)
	return out.Bytes()
}

// pdfText writes a line as the font has it: what is no ASCII becomes a question mark.
func pdfText(line string) string {
	var b strings.Builder
	for _, r := range line {
		switch {
		case r == '(' || r == ')' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r > '~':
			b.WriteByte('?')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
