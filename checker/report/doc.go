// Package report shows results: as text for people and as JSON for programs.
//
// It is the only place that knows colours and widths. Without a terminal, or with NO_COLOR set, the
// text is plain, and complete all the same: every symbol has a word beside it.
package report
