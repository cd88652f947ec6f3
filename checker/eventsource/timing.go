package eventsource

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// timing says when a schedule comes round. What can be written is in "Creating a rule that runs on a schedule" in the
// EventBridge User Guide; the scheduler has at(…) besides.
type timing interface {
	// next is the first time after last; ok is false if there is none. A schedule exists since begin.
	next(begin, last time.Time) (at time.Time, ok bool)
}

// maxRate is more units than anybody waits for.
const maxRate = 10_000

var rateForm = regexp.MustCompile(`^rate\((\d+) (minute|hour|day)(s?)\)$`)

// parseTiming reads an expression, whose days and hours are those of a time zone. A rate counts hours of 60 minutes in any.
func parseTiming(expression string, version2 bool, zone *time.Location) (timing, error) {
	if found := rateForm.FindStringSubmatch(expression); found != nil {
		n, err := strconv.Atoi(found[1])
		if err != nil || n == 0 || n > maxRate {
			return nil, fmt.Errorf("%s: a rate is a number above 0, with minutes, hours or days", expression)
		}
		// The scheduler's documents have both forms for any number, and those of rules one.
		if agrees := (n == 1) == (found[3] == ""); !agrees && !version2 {
			return nil, fmt.Errorf("%s: the rate of a rule has minute, hour or day for 1, and minutes, hours or days for more", expression)
		}
		unit := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[found[2]]
		return rate(time.Duration(n) * unit), nil
	}
	if fields, ok := strings.CutPrefix(expression, "cron("); ok && strings.HasSuffix(fields, ")") {
		return parseCron(strings.Fields(strings.TrimSuffix(fields, ")")), zone)
	}
	if text, ok := strings.CutPrefix(expression, "at("); ok && version2 && strings.HasSuffix(text, ")") {
		at, err := time.ParseInLocation("2006-01-02T15:04:05", strings.TrimSuffix(text, ")"), zone)
		if err != nil {
			return nil, fmt.Errorf("%s: it is at(2026-11-20T13:00:00)", expression)
		}
		return once(at), nil
	}
	return nil, fmt.Errorf("%s is neither rate(5 minutes) nor cron(0 12 * * ? *)", expression)
}

type rate time.Duration

func (r rate) next(begin, last time.Time) (time.Time, bool) {
	every := time.Duration(r)
	return begin.Add((last.Sub(begin)/every + 1) * every), true
}

type once time.Time

func (o once) next(_, last time.Time) (time.Time, bool) {
	return time.Time(o), last.Before(time.Time(o))
}

// cron are the fields of a cron expression: sets of numbers, and of days also what depends on the month.
type cron struct {
	minutes, hours, months, years []int
	day                           func(time.Time) bool
	zone                          *time.Location
}

// lastYear is the latest that a cron expression may name.
const lastYear = 2199

func (c cron) next(_, last time.Time) (time.Time, bool) {
	year, month, date := last.In(c.zone).Date()
	// Days and hours are counted as if there were no change of the clocks.
	for day := time.Date(year, month, date, 0, 0, 0, 0, time.UTC); day.Year() <= lastYear; day = day.AddDate(0, 0, 1) {
		if !slices.Contains(c.years, day.Year()) {
			day = time.Date(day.Year(), 12, 31, 0, 0, 0, 0, time.UTC)
			continue
		}
		if !slices.Contains(c.months, int(day.Month())) || !c.day(day) {
			continue
		}
		for _, hour := range c.hours {
			for _, minute := range c.minutes {
				at, ok := onTheClock(day.Add(time.Duration(hour)*time.Hour+time.Duration(minute)*time.Minute), c.zone)
				if ok && at.After(last) {
					return at, true
				}
			}
		}
	}
	return time.Time{}, false
}

// onTheClock is when the clocks of a zone show a time, which is given in UTC. When they are set forward they never show some times, and
// ok is false. When they are set back they show some twice, and it is the first: the scheduler skips the one, and comes round
// once in the other ("Schedule types in EventBridge Scheduler", on daylight saving time).
func onTheClock(shown time.Time, zone *time.Location) (at time.Time, ok bool) {
	for _, near := range []time.Time{shown.Add(-24 * time.Hour), shown.Add(24 * time.Hour)} { // before and after a change
		_, offset := near.In(zone).Zone()
		at = shown.Add(-time.Duration(offset) * time.Second).In(zone)
		if at.Format(time.DateTime) == shown.Format(time.DateTime) {
			return at, true
		}
	}
	return time.Time{}, false
}

var (
	monthNames = []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}
	dayNames   = []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"} // SUN is 1
)

func parseCron(fields []string, zone *time.Location) (timing, error) {
	if len(fields) != 6 {
		return nil, fmt.Errorf("cron has six fields, minutes, hours, day of month, month, day of week and year, not %d", len(fields))
	}
	if (fields[2] == "?") == (fields[4] == "?") {
		return nil, errors.New("of day of month and day of week one is ?, and the other says when")
	}
	c := cron{zone: zone}
	var all [4]error
	c.minutes, all[0] = parseField(fields[0], 0, 59, nil)
	c.hours, all[1] = parseField(fields[1], 0, 23, nil)
	c.months, all[2] = parseField(fields[3], 1, 12, monthNames)
	c.years, all[3] = parseField(fields[5], 1970, lastYear, nil)
	var err error
	if fields[4] == "?" {
		c.day, err = parseDayOfMonth(fields[2])
	} else {
		c.day, err = parseDayOfWeek(fields[4])
	}
	return c, errors.Join(append(all[:], err)...)
}

// parseField reads *, numbers or names, ranges, steps and lists of them, as numbers in order.
func parseField(field string, first, last int, names []string) ([]int, error) {
	bad := fmt.Errorf("%q is not a list of numbers, ranges and steps from %d to %d", field, first, last)
	number := func(text string) (int, bool) {
		if at := slices.Index(names, strings.ToUpper(text)); at >= 0 {
			return first + at, true
		}
		n, err := strconv.Atoi(text)
		return n, err == nil && first <= n && n <= last
	}
	var all []int
	for part := range strings.SplitSeq(field, ",") {
		span, stepText, stepped := strings.Cut(part, "/")
		from, to, step := first, last, 1
		ok := true
		if span != "*" {
			begin, end, ranged := strings.Cut(span, "-")
			from, ok = number(begin)
			switch {
			case ranged:
				var fine bool
				to, fine = number(end)
				ok = ok && fine && from <= to
			case !stepped:
				to = from
			}
		}
		if stepped {
			n, err := strconv.Atoi(stepText)
			step, ok = n, ok && err == nil && n > 0 && n <= last
		}
		if !ok {
			return nil, bad
		}
		for n := from; n <= to; n += step {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// daysIn is how many days the month of a day has.
func daysIn(day time.Time) int {
	return time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// parseDayOfMonth reads a field that may also be L, the last day, or 15W, the weekday that is nearest to a day.
func parseDayOfMonth(field string) (func(time.Time) bool, error) {
	if field == "L" {
		return func(day time.Time) bool { return day.Day() == daysIn(day) }, nil
	}
	if text, ok := strings.CutSuffix(field, "W"); ok {
		wanted, err := strconv.Atoi(text)
		if err != nil || wanted < 1 || wanted > 31 {
			return nil, fmt.Errorf("%q is not a day of the month with W", field)
		}
		return func(day time.Time) bool { return day.Day() == nearestWeekday(day, wanted) }, nil
	}
	days, err := parseField(field, 1, 31, nil)
	return func(day time.Time) bool { return slices.Contains(days, day.Day()) }, err
}

// nearestWeekday is the day of a month that is a weekday, and next to a day of it without leaving the month; 0 if the month
// does not have that day.
func nearestWeekday(month time.Time, wanted int) int {
	if wanted > daysIn(month) {
		return 0
	}
	switch time.Date(month.Year(), month.Month(), wanted, 0, 0, 0, 0, time.UTC).Weekday() {
	case time.Saturday:
		if wanted == 1 {
			return 3
		}
		return wanted - 1
	case time.Sunday:
		if wanted == daysIn(month) {
			return wanted - 2
		}
		return wanted + 1
	}
	return wanted
}

// parseDayOfWeek reads a field that may also be 6L, the last Friday of a month, or 3#2, its second Tuesday.
func parseDayOfWeek(field string) (func(time.Time) bool, error) {
	if text, ok := strings.CutSuffix(field, "L"); ok {
		if text == "" {
			text = "7"
		}
		days, err := parseField(text, 1, 7, dayNames)
		return func(day time.Time) bool {
			return slices.Contains(days, int(day.Weekday())+1) && day.Day() > daysIn(day)-7
		}, err
	}
	if text, count, ok := strings.Cut(field, "#"); ok {
		n, err := strconv.Atoi(count)
		if err != nil || n < 1 || n > 5 {
			return nil, fmt.Errorf("%q is not a day of the week with # and a number from 1 to 5", field)
		}
		days, err := parseField(text, 1, 7, dayNames)
		return func(day time.Time) bool {
			return slices.Contains(days, int(day.Weekday())+1) && (day.Day()-1)/7+1 == n
		}, err
	}
	days, err := parseField(field, 1, 7, dayNames)
	return func(day time.Time) bool { return slices.Contains(days, int(day.Weekday())+1) }, err
}
