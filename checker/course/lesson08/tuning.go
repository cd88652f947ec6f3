package lesson08

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"time"

	"example.com/serverless-patterns/checker/check"
)

// goal is how long the function may compute for a thumbnail of the largest scan.
const goal = 2 * time.Second

// yardstickTakes is how long a whole vCPU of Lambda computes for the yardstick. Nobody measured it there: it makes the
// goal mean the same on a slow machine as on a fast one.
const yardstickTakes = 300 * time.Millisecond

// What is too slow, and what would do just as well, by the model. Between the two, neighbors of the best size are
// all taken: the model itself is that exact, and measuring on a busy machine is.
const (
	tooSlow    = goal * 13 / 10
	fastEnough = goal * 6 / 10
)

// fullCPU is the MemorySize, in MB, with a whole vCPU ("Configure Lambda function memory").
const fullCPU = 1769

// rounds is how often is measured before it is said that something is too much, and samples what a round takes.
const (
	rounds  = 3
	samples = 3
)

// What Lambda costs in USD, the first tier in US East (N. Virginia): "AWS Lambda Pricing", as it was in 2024. For a GB-second by
// the architecture, and for a million requests.
var (
	perGBSecond = map[string]float64{"arm64": 0.0000133334, "x86_64": 0.0000166667}
	perMillion  = 0.20
)

// yardstickFiles are those of a function that reads what the learner's reads, and computes no more than it has to.
//
//go:embed yardstick/template.yaml yardstick/yardstick/main.go
var yardstickFiles embed.FS

var memorySize = check.Check{
	ID:          "memory-size",
	Requirement: "MemorySize is the smallest with which a thumbnail of the largest scan is computed within 2 s, and Timeout is enough for that; a neighbor of it is right, too",
	Why: "With its memory a function gets a share of a CPU: a whole one at 1,769 MB. Below that, half the memory computes for twice as long, for the " +
		"same price. What lies above the need is paid for each millisecond, and makes nothing faster.",
	Next:  "Look at the table, and write the smallest size that computes within 2 s into the template.",
	Alone: true,
	Run: func(t *check.T) {
		t.MemorySize(10240) // nothing is killed that is to be measured
		m := newTuning(t)
		for round := 1; ; round++ {
			m.measure()
			finding := m.finding()
			if finding != nil && round < rounds {
				continue
			}
			t.Measure(m.table())
			if finding != nil {
				m.last.Fail(*finding)
			}
			return
		}
	},
}

// tuning is what is measured of the function, and of the yardstick on the same machine: the least of several figures,
// since others on the machine can only add to them.
type tuning struct {
	own, yardstick    *check.Function
	event, comparison check.Event
	size              int           // that the template has, in MB
	timeout           time.Duration // and its Timeout
	price             float64
	cpu, yardstickCPU time.Duration
	wait              time.Duration // in which the function does not compute
	peak              int           // MB
	last              *check.Reply
}

func newTuning(t *check.T) *tuning {
	files, err := fs.Sub(yardstickFiles, "yardstick")
	if err != nil {
		panic(err) // the name is in this file
	}
	const key = "largest.ppm"
	reference := t.Reference(files)
	scans := reference.Bucket("ScansBucket")
	scans.Put(key, "image/x-portable-pixmap", largest().content)
	t.Bucket(uploads).Put(key, "image/x-portable-pixmap", largest().content)
	own := t.Function(function)
	m := &tuning{
		own: own, yardstick: reference.Function("YardstickFunction"),
		event:      uploaded(t, key, largest()),
		comparison: check.Event{Words: "the same scan", JSON: fmt.Appendf(nil, `{"Bucket":%q,"Key":%q}`, scans.Name(), key)},
		size:       own.Declared().MemorySize,
		timeout:    own.Declared().Timeout,
		price:      perGBSecond[own.Declared().Architecture],
		cpu:        math.MaxInt64, yardstickCPU: math.MaxInt64, wait: math.MaxInt64,
	}
	m.own.Invoke(uploaded(t, key, largest())).Answered() // the first event of a process is not like the others
	m.yardstick.Invoke(m.comparison).Answered()
	return m
}

// measure takes turns, so that what disturbs one disturbs both.
func (m *tuning) measure() {
	for range samples {
		yardstick := m.yardstick.Invoke(m.comparison)
		yardstick.Answered()
		m.last = m.own.Invoke(m.event)
		m.last.Answered()
		cpu := computed(m.last)
		m.yardstickCPU = min(m.yardstickCPU, computed(yardstick))
		m.cpu = min(m.cpu, cpu)
		m.wait = min(m.wait, max(0, m.last.Duration-cpu))
		m.peak = m.last.MaxMemoryUsed
	}
}

// computed is the CPU time of an invocation, or how long it took where that cannot be read.
func computed(r *check.Reply) time.Duration {
	return cmp.Or(r.CPUTime, r.Duration)
}

// at is how long the function computes with a size, in MB: modelled, as [sandbox.Invocation.DurationAt] is.
func (m *tuning) at(size int) time.Duration {
	whole := float64(m.cpu) / float64(m.yardstickCPU) * float64(yardstickTakes)
	return time.Duration(whole * max(1, fullCPU/float64(size)))
}

// cost is that of a million invocations with a size, in USD.
func (m *tuning) cost(size int) float64 {
	billed := math.Ceil((m.at(size)+m.wait).Seconds()*1000) / 1000
	return 1e6*billed*float64(size)/1024*m.price + perMillion
}

// finding says what is wrong with the size that the template has; nil if it will do.
func (m *tuning) finding() *check.Finding {
	switch best := m.smallest(goal); {
	case m.at(m.size) > tooSlow && m.at(fullCPU) > tooSlow:
		return &check.Finding{
			Got:  fmt.Sprintf("with MemorySize %d it computes for ≈%d ms, and with a whole vCPU still for ≈%d ms", m.size, m.at(m.size).Milliseconds(), m.at(fullCPU).Milliseconds()),
			Want: fmt.Sprintf("at most %v", goal),
			Next: "No size makes this fast enough: have it compute less first. Add up the bytes of a row as they are, without a color.Color for each pixel, " +
				"and read whole rows instead of single bytes.",
		}
	case m.at(m.size) > tooSlow:
		return &check.Finding{
			Got:  fmt.Sprintf("with MemorySize %d it computes for ≈%d ms", m.size, m.at(m.size).Milliseconds()),
			Want: fmt.Sprintf("at most %v, as with MemorySize ≈%d", goal, best),
		}
	}
	if m.at(m.size)*100/115 > m.timeout { // the model may be 15 % too much
		return &check.Finding{
			Got:  fmt.Sprintf("with MemorySize %d it computes for ≈%d ms, and Timeout is %v", m.size, m.at(m.size).Milliseconds(), m.timeout),
			Want: "a Timeout that is longer than that",
			Why: "The CPU of this machine is not slowed down to what MemorySize has on Lambda, so the function was in time here. There it is killed at its Timeout, three times, " +
				"and the largest scans never have a thumbnail.",
			Next: "Raise Timeout in the template. It costs nothing: what is billed is the time that the function takes. How long S3 takes to send comes on top.",
		}
	}
	for _, smaller := range []int{m.size / 2, fullCPU} {
		if 2*m.size >= 3*smaller && m.at(smaller) <= fastEnough && m.fits(smaller) {
			return &check.Finding{
				Got: fmt.Sprintf("MemorySize %d, with which it computes for ≈%d ms, and a million thumbnails cost ≈%.2f USD; MemorySize %d computes for ≈%d ms, and costs ≈%.2f USD",
					m.size, m.at(m.size).Milliseconds(), m.cost(m.size), smaller, m.at(smaller).Milliseconds(), m.cost(smaller)),
				Want: fmt.Sprintf("the smallest size that computes within %v, about MemorySize ≈%d", goal, m.smallest(goal)),
			}
		}
	}
	return nil
}

// sizes are those that the table shows, in MB.
var sizes = []int{128, 256, 512, 1024, fullCPU, 3008}

// smallest is the smallest of the sizes that keeps a limit, or the fastest.
func (m *tuning) smallest(limit time.Duration) int {
	for _, size := range sizes {
		if m.at(size) <= limit && m.fits(size) {
			return size
		}
	}
	return fullCPU
}

// fits tells whether the function is not killed with a size, with some room for what differs from run to run.
func (m *tuning) fits(size int) bool { return 10*m.peak <= 9*size }

// table is what the learner sees change.
func (m *tuning) table() check.Measure {
	shown := slices.Clone(sizes)
	if !slices.Contains(shown, m.size) {
		shown = append(shown, m.size)
		slices.Sort(shown)
	}
	var rows [][]string
	for _, size := range shown {
		name := fmt.Sprint(size)
		if size == m.size {
			name += ", yours"
		}
		rows = append(rows, []string{
			name, fmt.Sprint(m.at(size).Milliseconds()), fmt.Sprint((m.at(size) + m.wait).Milliseconds()), fmt.Sprintf("%.2f", m.cost(size)), fmt.Sprint(m.peak),
		})
	}
	return check.Measure{
		Title: "What the largest scan costs with other sizes",
		Columns: []check.Column{
			{Name: "MemorySize (MB)"}, {Name: "computes (ms)", Varies: true}, {Name: "with waiting (ms)", Varies: true}, {Name: "USD per million", Varies: true},
			{Name: "Max Memory Used (MB)", Varies: true},
		},
		Rows: rows,
		Note: "Modelled, not measured on AWS: the CPU time that it took here, as if a whole vCPU took 300 ms for a function that reads the same scan and adds " +
			"up its bytes, times 1769/MemorySize below a whole vCPU, which is between 15 % too much and 8 % too little. How fast S3 sends is not in it. " +
			"Prices: AWS Lambda Pricing, US East (N. Virginia), 2024. A process that needs more than MemorySize is killed.",
	}
}
