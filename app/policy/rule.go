package policy

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"tranche/workflow"
)

// What a rule may cost, in CEL's own units: about one for each step, more for
// long texts. MaxCost steps take less than half a millisecond, and about two where
// a pattern is looked for in the longest answers; see BenchmarkCostliestRule.
const (
	MaxCost       = 4_000 // at most, both as foretold by check and as counted by Judge
	maxExpression = 2_000 // characters of an expression
	maxNodes      = 1_000 // nodes of its tree, macros expanded
	maxDepth      = 30    // brackets in brackets
	maxLoops      = 2     // loops in loops
	maxRegex      = 200   // instructions of a compiled pattern
	maxTold       = 300   // characters of an error that a finding keeps
)

// How large evidence may be for the cost that check foretells; what is larger than
// this still stops at MaxCost and refers.
const (
	mostAffiliates = 100
	mostEntries    = 100   // answers, documents
	longestAnswer  = 8_000 // characters; source: the longest field of an application
	longestText    = 300   // characters of any other text
)

// Rules answers the rules of terms. It keeps compiled expressions by their text
// and is safe for use by many goroutines.
type Rules struct {
	env *cel.Env

	mu    sync.Mutex
	known map[string]compiled
}

// kept is how many compiled expressions are kept; past it the store begins anew.
const kept = 1_000

type compiled struct {
	program cel.Program
	asks    map[string]bool // the variables of the evidence that it looks at
	err     error
}

// NewRules makes a ruler. The error is a mistake in this package.
func NewRules() (*Rules, error) {
	options := append(variables(),
		cel.CustomTypeProvider(provider{types.NewEmptyRegistry()}),
		cel.CustomTypeAdapter(types.DefaultTypeAdapter),
		cel.Function("years_between", cel.Overload("years_between_timestamps", []*cel.Type{cel.TimestampType, cel.TimestampType}, cel.IntType,
			cel.BinaryBinding(between(yearsBetween)))),
		cel.Function("days_between", cel.Overload("days_between_timestamps", []*cel.Type{cel.TimestampType, cel.TimestampType}, cel.IntType,
			cel.BinaryBinding(between(daysBetween)))),
		cel.Function("date", cel.Overload("date_string", []*cel.Type{cel.StringType}, cel.TimestampType, cel.UnaryBinding(dateOf))),
		cel.ParserExpressionSizeLimit(maxExpression), cel.ParserRecursionLimit(maxDepth), cel.ExpressionNodeLimit(maxNodes),
		cel.RegexProgramSizeLimit(maxRegex), cel.StrictTimestampParsing(true), cel.DefaultUTCTimeZone(true),
		cel.ASTValidators(cel.ValidateDurationLiterals(), cel.ValidateTimestampLiterals(), cel.ValidateRegexLiterals(),
			cel.ValidateHomogeneousAggregateLiterals(), cel.ValidateComprehensionNestingLimit(maxLoops), literals{}))
	e, err := cel.NewEnv(options...)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	return &Rules{env: e, known: map[string]compiled{}}, nil
}

// Judge implements workflow.Ruler: one finding for each rule, in their order. A
// rule that cannot be answered, because something is not known, an operation has
// no result or MaxCost is reached, refers and says why. The error is always nil.
func (r *Rules) Judge(t *workflow.Terms, e *workflow.Evidence) ([]workflow.Finding, error) {
	if len(t.Rules) == 0 {
		return nil, nil
	}
	seen := activation(e)
	out := make([]workflow.Finding, len(t.Rules))
	for i := range t.Rules {
		out[i] = r.find(&t.Rules[i], seen)
	}
	return out, nil
}

func (r *Rules) find(rule *workflow.RuleTerm, seen map[string]any) workflow.Finding {
	met, err := r.met(rule.When, seen)
	switch {
	case err != nil:
		return workflow.Finding{Rule: rule.Code, Outcome: workflow.Refer, Label: rule.Label, Error: cut(err.Error(), maxTold)}
	case met:
		return workflow.Finding{Rule: rule.Code, Outcome: workflow.Pass}
	}
	return workflow.Finding{Rule: rule.Code, Outcome: rule.Outcome, Label: rule.Label}
}

func (r *Rules) met(when string, seen map[string]any) (bool, error) {
	c := r.compiled(when)
	if c.err != nil {
		return false, c.err
	}
	value, _, err := c.program.Eval(seen)
	if err != nil {
		return false, err
	}
	met, ok := value.Value().(bool)
	if !ok {
		return false, fmt.Errorf("it gives %s, not true or false", value.Type().TypeName())
	}
	return met, nil
}

// compiled returns what became of an expression, compiled once.
func (r *Rules) compiled(when string) compiled {
	r.mu.Lock()
	c, ok := r.known[when]
	r.mu.Unlock()
	if ok {
		return c
	}
	c = r.plan(when)
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.known) >= kept {
		clear(r.known)
	}
	r.known[when] = c
	return c
}

func (r *Rules) plan(when string) (c compiled) {
	tree, issues := r.env.Compile(when)
	if c.err = issues.Err(); c.err != nil {
		return c
	}
	c.asks = asks(tree.NativeRep())
	c.program, c.err = r.env.Program(tree, cel.CostLimit(MaxCost), cel.EvalOptions(cel.OptOptimize))
	return c
}

// A fault is what is wrong with an expression: at which character, counted from
// zero, of which line, counted from one.
type fault struct {
	reason workflow.Reason
	line   int
	column int
	words  workflow.Words
}

// check compiles an expression and returns what is wrong with it, or what it mentions.
func (r *Rules) check(when string) (faults []fault, asks []mention) {
	tree, issues := r.env.Compile(when)
	for _, e := range issues.Errors() {
		faults = append(faults, fault{reasonRule, max(e.Location.Line(), 1), max(e.Location.Column(), 0), workflow.Words{"detail": told(e)}})
	}
	if len(faults) > 0 {
		return faults, nil
	}
	asks = mentions(tree.NativeRep())
	if t := tree.OutputType(); !t.IsExactType(cel.BoolType) {
		return []fault{{reasonRuleNotBool, 1, 0, workflow.Words{"found": t.String()}}}, asks
	}
	estimate, err := r.env.EstimateCost(tree, sizes{})
	if err != nil {
		return []fault{{reasonRule, 1, 0, workflow.Words{"detail": err.Error()}}}, asks
	}
	if estimate.Max > MaxCost {
		return []fault{{reasonRuleCostly, 1, 0, workflow.Words{"cost": estimate.Max, "most": MaxCost}}}, asks
	}
	return nil, asks
}

// A mention is an answer or a document that an expression asks for by its name.
type mention struct {
	of   string // answers or documents
	name string
}

// mentions lists what an expression asks for by name: application.answers["x"],
// application.answers.x, "x" in application.answers and in application.documents.
func mentions(tree *ast.AST) (out []mention) {
	root := ast.NavigateAST(tree)
	for _, e := range ast.MatchDescendants(root, ast.KindMatcher(ast.SelectKind)) {
		if s := e.AsSelect(); listOf(s.Operand()) == "answers" {
			out = append(out, mention{"answers", s.FieldName()})
		}
	}
	for _, e := range ast.MatchDescendants(root, ast.KindMatcher(ast.CallKind)) {
		call := e.AsCall()
		if len(call.Args()) != 2 {
			continue
		}
		list, name := call.Args()[0], call.Args()[1]
		switch call.FunctionName() {
		case operators.In:
			list, name = name, list
		case operators.Index:
		default:
			continue
		}
		if of := listOf(list); of != "" && name.Kind() == ast.LiteralKind {
			if text, ok := name.AsLiteral().Value().(string); ok {
				out = append(out, mention{of, text})
			}
		}
	}
	return out
}

// Asks reports whether an expression looks at a variable of the evidence, such as
// "application". One that does not compile looks at nothing.
func (r *Rules) Asks(when, variable string) bool { return r.compiled(when).asks[variable] }

// asks lists the variables that an expression looks at. A loop may have one of the
// same name, which is of another type.
func asks(tree *ast.AST) map[string]bool {
	out := map[string]bool{}
	for _, e := range ast.MatchDescendants(ast.NavigateAST(tree), ast.KindMatcher(ast.IdentKind)) {
		if f := evidence.fields[e.AsIdent()]; f != nil && e.Type().IsExactType(f.typ) {
			out[e.AsIdent()] = true
		}
	}
	return out
}

// listOf returns "answers" of application.answers, "documents" of
// application.documents, and "" of anything else.
func listOf(e ast.Expr) string {
	if e.Kind() != ast.SelectKind {
		return ""
	}
	s := e.AsSelect()
	if s.Operand().Kind() != ast.IdentKind || s.Operand().AsIdent() != "application" || s.FieldName() != "answers" && s.FieldName() != "documents" {
		return ""
	}
	return s.FieldName()
}

// told is an error of the CEL compiler on one line, without the list of
// everything that its grammar would have taken.
func told(e *common.Error) string {
	message, _, _ := strings.Cut(strings.Join(strings.Fields(e.Message), " "), " expecting {")
	return cut(message, maxTold)
}

// cut returns s, or the first n characters of it and an ellipsis.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// sizes tells the cost estimator how large evidence gets.
type sizes struct{}

// EstimateSize implements cost.Estimator.
func (sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	path := strings.Join(n.Path(), ".")
	most := uint64(longestText)
	switch {
	case path == "":
		return nil
	case path == "affiliates":
		most = mostAffiliates
	case path == "application.answers", path == "application.documents":
		most = mostEntries
	case strings.HasPrefix(path, "application.answers."):
		most = longestAnswer
	}
	return &cost.SizeEstimate{Max: most}
}

// EstimateCallCost implements cost.Estimator: calls cost what CEL says.
func (sizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

// literals refuses what would fail each time: a date that the calendar does not
// have, and records that an expression makes up.
type literals struct{}

// Name implements cel.ASTValidator.
func (literals) Name() string { return "tranche.literals" }

// ToConfig implements cel.ASTValidator.
func (l literals) ToConfig() *env.Validator { return env.NewValidator(l.Name()) }

// Validate implements cel.ASTValidator.
func (literals) Validate(_ *cel.Env, _ cel.ValidatorConfig, a *ast.AST, issues *cel.Issues) {
	root := ast.NavigateAST(a)
	for _, e := range ast.MatchDescendants(root, ast.FunctionMatcher("date")) {
		arg := e.AsCall().Args()[0]
		if arg.Kind() != ast.LiteralKind {
			continue
		}
		if err, bad := dateOf(arg.AsLiteral()).(*types.Err); bad {
			issues.ReportErrorAtID(arg.ID(), "%s", err.Error())
		}
	}
	for _, e := range ast.MatchDescendants(root, ast.KindMatcher(ast.StructKind)) {
		issues.ReportErrorAtID(e.ID(), "a rule only looks at records and makes none")
	}
}

// dateOf reads a date such as "2026-09-30" as the instant at which it begins in UTC.
func dateOf(v ref.Val) ref.Val {
	text, ok := v.Value().(string)
	if !ok {
		return types.MaybeNoSuchOverloadErr(v)
	}
	d, err := workflow.ParseDate(text)
	if err != nil {
		return types.NewErr("%q is not a date such as 2026-09-30", cut(text, 40))
	}
	return types.Timestamp{Time: d.Time()}
}

var errNoMoments = errors.New("two dates are needed")

// between makes a function of two moments.
func between(count func(a, b time.Time) int) func(a, b ref.Val) ref.Val {
	return func(a, b ref.Val) ref.Val {
		x, ok := a.(types.Timestamp)
		y, also := b.(types.Timestamp)
		if !ok || !also {
			return types.WrapErr(errNoMoments)
		}
		return types.Int(count(x.Time, y.Time))
	}
}

// yearsBetween counts the full years from a to b, negative when b is earlier: on
// its birthday a company is a year older, one founded on February 29 on March 1.
func yearsBetween(a, b time.Time) int {
	if b.Before(a) {
		return -yearsBetween(b, a)
	}
	a, b = a.UTC(), b.UTC()
	years := b.Year() - a.Year()
	if a.AddDate(years, 0, 0).After(b) {
		years--
	}
	return years
}

// daysBetween counts the days from a to b, negative when b is earlier.
func daysBetween(a, b time.Time) int {
	return workflow.DateOf(b).DaysSince(workflow.DateOf(a))
}
