package main

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"

	"github.com/shirou/gopsutil/v4/load"
)

// Machine is where something was measured. Load is the number of processes that computed or waited to,
// over the last minute, before and after: what others did is in it, too. It is negative where it cannot
// be read.
type Machine struct {
	System string  `json:"system"` // linux/amd64
	CPUs   int     `json:"cpus"`
	Go     string  `json:"go"` // of the go command that builds lessons
	Before float64 `json:"loadBefore"`
	After  float64 `json:"loadAfter"`
}

func examine(ctx context.Context) (Machine, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOVERSION").Output()
	if err != nil {
		return Machine{}, fmt.Errorf("cannot ask the go command for its version: %w", err)
	}
	return Machine{
		System: runtime.GOOS + "/" + runtime.GOARCH,
		CPUs:   runtime.NumCPU(),
		Go:     strings.TrimSpace(string(out)),
		Before: loadNow(ctx),
	}, nil
}

func loadNow(ctx context.Context) float64 {
	average, err := load.AvgWithContext(ctx)
	if err != nil {
		return -1
	}
	return average.Load1
}

func (m Machine) String() string {
	text := fmt.Sprintf("%d CPUs, %s, %s", m.CPUs, m.System, m.Go)
	if m.Before >= 0 && m.After >= 0 {
		text += fmt.Sprintf(", load %.1f before and %.1f after", m.Before, m.After)
	}
	return text
}
