package workflow

import "slices"

// AllReasons lists every reason that a refusal or a verdict can give, sorted and
// each once: those of the guards in all tables, of the machine, of the store and
// of the revenue rule. The word lists have a sentence for each of them.
func AllReasons() []Reason {
	all := []Reason{
		ReasonNoRow, ReasonRole, ReasonHeld,
		ReasonFunds, ReasonGroupCap, ReasonTaken, ReasonException,
		ReasonRevenueAtOrOverCap, ReasonRevenueEvidenceMissing, ReasonRevenueEvidenceStale, ReasonRevenueEvidenceAmbiguous,
		ReasonRevenuePeriodUnusual, ReasonRevenueAmountInvalid, ReasonAffiliateUnknown, ReasonRevenueQuestionIncomplete,
		ReasonRevenueDocumentMissing, ReasonRateMissing, ReasonEliminationInvalid,
		ReasonRules,
	}
	for _, l := range Lifecycles {
		for _, row := range l.Rows() {
			all = append(all, row.Reasons...)
		}
	}
	all = append(all, WhyParked...)
	slices.Sort(all)
	return slices.Compact(all)
}
