package export

import (
	"fmt"
	"strings"

	"tranche/app/ach"
)

// remittanceAdvice returns the X12 820 that goes with the n-th payment in an entry
// of class CTX: one payment, one reference, in an interchange of its own, whose
// control number is the sequence of the trace.
// Source: ASC X12 release 004010, transaction set 820, payment order/remittance
// advice; the Nacha rules for addenda of CTX, which allow '*' between elements and
// '\' behind segments.
func remittanceAdvice(b *Batch, n int, p *Payment) string {
	h := &b.ACH
	control := b.Trace(n).Sequence()
	day := h.Created.UTC()
	kind := "DA" // demand deposit
	if p.Savings {
		kind = "SG"
	}
	amount, company := p.Amount.String(), x12(h.CompanyID, 10)
	fromKind, from := "", x12(b.Account, 34)
	if from != "" {
		fromKind = "DA"
	}
	set := []string{
		"ST*820*0001",
		"BPR*C*" + amount + "*C*ACH*CTX*01*" + h.ODFI + "*" + fromKind + "*" + from + "*" + company + "**01*" + p.Routing + "*" + kind + "*" +
			x12(p.Account, 17) + "*" + h.Effective.Format("20060102"),
		"TRN*1*" + p.Number + "*" + company,
		"N1*PR*" + x12(h.OriginName, 60),
		"N1*PE*" + x12(p.Organization, 60),
		"ENT*1",
		"RMR*IV*" + p.Reference() + "**" + amount,
	}
	set = append(set, fmt.Sprintf("SE*%d*0001", len(set)+1))
	all := []string{
		fmt.Sprintf("ISA*00*%10s*00*%10s*ZZ*%-15s*ZZ*%-15s*%s*U*00401*%09d*0*P*:", "", "", company, p.Routing, day.Format("060102*1504"), control),
		fmt.Sprintf("GS*RA*%s*%s*%s*%d*X*004010", company, p.Routing, day.Format("20060102*1504"), control),
	}
	all = append(append(all, set...), fmt.Sprintf("GE*1*%d", control), fmt.Sprintf("IEA*1*%09d", control))
	return strings.Join(all, `\`) + `\`
}

// x12 folds a text and takes out what would begin another element or segment.
func x12(s string, width int) string {
	return strings.Join(strings.Fields(x12Marks.Replace(ach.Fold(s, width))), " ")
}

var x12Marks = strings.NewReplacer("*", " ", `\`, " ", ":", " ", "~", " ")
