// Bench measures what the checker costs a learner, beside what cannot be saved: the same build by a bare
// go command, the same DynamoDB call made directly. `make bench` runs it.
//
// Each row of its table is a comparison within one run. Baseline and candidate take turns, ABAB…, so that
// a machine that becomes slower meanwhile is slower for both; what is shown is the median of what the
// pairs give, a ratio or a difference, with its quartiles. So rows can be compared between machines, and
// nothing in the project's tests depends on a clock.
//
// Two budgets are kept apart. What a check orders to be waited for, such as a function's deadline or the
// further tries of the SDK, is not the checker's cost: such checks declare it in their Waits, are left out
// of the rows about the checker, and are measured in a row of their own. A check that takes long and
// declares nothing is named under the table. Checks that measure cold starts, and have the machine to
// themselves for it, are left out of the lessons' shares likewise.
//
// Everything happens in a copy of the course in a temporary directory, which is removed at the end, also
// after an interrupt. Lessons, progress and kept binaries of the user are not touched. Only containers are
// left running, as each check leaves them; `checker down` removes them.
package main
