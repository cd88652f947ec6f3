package check

// Severity says what a failed check means for its lesson.
type Severity string

// A must decides whether the lesson is passed. A should is shown, and does not.
const (
	Must   Severity = "must"
	Should Severity = "should"
)

// Check is one requirement of a lesson.
type Check struct {
	// ID names the check on the command line and in results: lower-case words with hyphens.
	ID string
	// Requirement is the sentence that the lesson's README and the report both show.
	Requirement string
	// Severity is Must if it is empty.
	Severity Severity
	// Why says what happens on AWS to code that does not meet the requirement. An assertion may say
	// it more exactly.
	Why string
	// Next is the next step. An assertion may say it more exactly.
	Next string
	// Waits is what the check orders to be waited for, to go on after "it waits for": a deadline, or
	// tries of the SDK. It is no cost of the checker's, and is measured apart. "" is nothing.
	Waits string
	// Alone has the check run when all others of the lesson have ended, and no other such check of this process does: it
	// measures, and what ran beside it would be in the figures. It stands at the end of the lesson's checks.
	Alone bool
	// After is the id of a check before this one which leaves it its stack, where that was passed: functions are warm there, as
	// mostly on AWS, and need not be started again. "" is none. It is for checks that what is left there cannot help to pass: neither
	// items, nor what a process has made by then. Code may answer a wrong request only behind a right one, so the first request of
	// such a check to a function ends like one that another check starts the function with, or no right one was there before. A check
	// that does not pass there is run again on a stack of its own, and what comes of that is its result.
	After string
	// Run shows whether the requirement is met. It returns when it is.
	Run func(*T)
}

func (c Check) severity() Severity {
	if c.Severity == "" {
		return Must
	}
	return c.Severity
}

// Lesson is what there is to check in one numbered directory.
type Lesson struct {
	Number  int
	ID      string // the directory: 01-handler
	Title   string
	Minutes int // what a learner should plan for
	Checks  []Check
	// Hints lead to a requirement step by step, by the check's id: where to look, the concept, the
	// shape, almost the code.
	Hints map[string][]string
}
