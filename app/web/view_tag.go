package web

// Tag is a state as colour, icon and word: each alone is enough.
type Tag struct {
	Tone string // "info", "progress", "good", "warn", "bad" or "neutral"
	Icon string
	Word string
}

// look is how a state is drawn.
type look struct {
	tone, icon string
}

// looks gives every state its look: violet while people work on it, green when
// it is as it should be, amber when somebody waits for an answer, red when it
// ended badly, gray when it is over or not yet begun. A noun's own entry wins.
var looks = map[string]look{
	"forecasted": {"neutral", "event"},
	"open":       {"good", "lock_open"},
	"paused":     {"warn", "hourglass_empty"},
	"closed":     {"neutral", "lock"},
	"archived":   {"neutral", "history"},
	"cancelled":  {"neutral", "cancel"},

	"draft":               {"neutral", "edit"},
	"submitted":           {"info", "mail"},
	"screening":           {"warn", "verified"},
	"ineligible":          {"bad", "do_not_disturb"},
	"in_review":           {"progress", "people"},
	"needs_information":   {"warn", "comment"},
	"recommended":         {"progress", "thumb_up_alt"},
	"decline_recommended": {"progress", "flag"},
	"waitlisted":          {"info", "list"},
	"awarded":             {"good", "check_circle"},
	"declined":            {"bad", "do_not_disturb"},
	"appealed":            {"warn", "campaign"},
	"not_accepted":        {"neutral", "cancel"},
	"expired":             {"neutral", "schedule"},
	"withdrawn":           {"neutral", "undo"},

	"offered":          {"info", "mail"},
	"change_requested": {"warn", "comment"},
	"accepted":         {"progress", "check"},
	"refused":          {"neutral", "cancel"},
	"lapsed":           {"neutral", "schedule"},
	"rescinded":        {"bad", "do_not_disturb"},
	"active":           {"good", "check_circle"},
	"suspended":        {"warn", "warning"},
	"closing":          {"progress", "schedule"},

	"queried":  {"warn", "comment"},
	"verified": {"progress", "verified"},
	"approved": {"good", "thumb_up_alt"},
	"rejected": {"bad", "do_not_disturb"},
	"paid":     {"good", "attach_money"},

	"ready":        {"info", "attach_money"},
	"held":         {"warn", "warning"},
	"batched":      {"progress", "list"},
	"exported":     {"progress", "send"},
	"recalled":     {"warn", "undo"},
	"settled":      {"good", "check_circle"},
	"returned":     {"bad", "undo"},
	"misdirected":  {"bad", "error"},
	"acknowledged": {"progress", "check"},
	"completed":    {"good", "check_circle"},

	"invited":       {"info", "mail"},
	"recused":       {"neutral", "do_not_disturb"},
	"entered":       {"warn", "edit"},
	"half_verified": {"progress", "verified"},
	"superseded":    {"neutral", "history"},
	"placed":        {"warn", "lock"},
	"lifted":        {"neutral", "lock_open"},
	"requested":     {"info", "mail"},
	"denied":        {"bad", "do_not_disturb"},
	"used":          {"neutral", "check"},
	"revoked":       {"neutral", "cancel"},

	"required": {"warn", "hourglass_empty"},
	"cleared":  {"good", "check_circle"},
	"waived":   {"neutral", "verified"},

	"issued": {"good", "mail"},

	"confirmed":              {"bad", "error"},
	"dismissed":              {"neutral", "check"},
	"hit.open":               {"warn", "warning"},
	"duplicate.open":         {"warn", "warning"},
	"panel.open":             {"progress", "people"},
	"deliberation.open":      {"progress", "people"},
	"deliberation.confirmed": {"good", "check_circle"},
	"conflict.open":          {"warn", "warning"},
	"conflict.confirmed":     {"bad", "do_not_disturb"},
	"applying":               {"progress", "hourglass_empty"},
	"due":                    {"warn", "schedule"},
	"answered":               {"progress", "comment"},
	"sustained":              {"bad", "error"},
	"identified":             {"warn", "warning"},
	"demanded":               {"progress", "mail"},
	"disputed":               {"warn", "comment"},
	"repaying":               {"progress", "attach_money"},
	"offset":                 {"progress", "attach_money"},
	"referred":               {"info", "account_balance"},
	"written_off":            {"neutral", "cancel"},
	"finding.open":           {"warn", "warning"},
	"parked":                 {"warn", "warning"},
	"signed":                 {"good", "check"},
	"linked":                 {"info", "link"},
	"merged":                 {"neutral", "link"},
	"award.expired":          {"neutral", "schedule"},
	"batch.open":             {"neutral", "edit"},
	"batch.submitted":        {"progress", "schedule"},
	"batch.approved":         {"good", "verified"},
	"bank_account.verified":  {"good", "verified"},
	"clearance.refused":      {"bad", "do_not_disturb"},
	"claim.verified":         {"progress", "verified"},
	"claim.approved":         {"good", "thumb_up_alt"},
	"review.accepted":        {"progress", "edit"},
	"review.submitted":       {"good", "check_circle"},
	"review.declined":        {"neutral", "cancel"},
}

// unknown is the look of a state that looks does not have.
var unknown = look{"neutral", "info"}

func lookOf(noun, state string) look {
	if own, ok := looks[noun+"."+state]; ok {
		return own
	}
	if shared, ok := looks[state]; ok {
		return shared
	}
	return unknown
}

// Mark returns the tag for a state of a record.
func (s Shell) Mark(noun, state string) Tag {
	l := lookOf(noun, state)
	return Tag{Tone: l.tone, Icon: l.icon, Word: s.State(noun, state)}
}
