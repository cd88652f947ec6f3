package cli

import (
	"context"
	"fmt"
	"strings"

	"example.com/serverless-patterns/checker/backend/containers"
	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/verify"
)

type verifyCommand struct {
	Lessons []string `arg:"" optional:"" help:"Lessons, by number or directory. All of them if none is named."`
	Backend string   `help:"Which backends: all, embedded, containers, or the URL of an endpoint. auto is the embedded one, and containers if Docker answers." default:"auto" placeholder:"BACKEND"`
	images
	Runs     int    `help:"How often solutions, starters and other right answers are run." default:"1"`
	Pristine bool   `help:"Require that the lessons directory holds the starters."`
	Seed     uint64 `help:"The seed of the first run. Transcripts are those of 1, and are not compared with another." default:"1"`
	Update   bool   `help:"Write transcripts and starters instead of comparing them."`
}

// Run proves lessons: each answer is built once, and judged on one backend after the other.
func (c *verifyCommand) Run(ctx context.Context, p Process) error {
	if err := known(c.Backend, autoBackend, "all", embeddedBackend, containersBackend); err != nil {
		return err
	}
	place, err := course.FindPlace(p.Dir, p.Program)
	if err != nil {
		return err
	}
	lessons, err := named(c.Lessons)
	if err != nil {
		return err
	}
	var backends []verify.Backend
	for _, name := range c.backends(ctx, p) {
		backends = append(backends, verify.Backend{Name: shown(name), Open: opener(name, c.images, p)})
	}
	rows, err := verify.Run(ctx, verify.Options{
		Place: place, Lessons: lessons, Backends: backends, Runs: max(1, c.Runs), Seed: c.Seed, Pristine: c.Pristine, Update: c.Update,
		Done: func(r verify.Row) { printRow(p, r) },
	})
	if err != nil {
		return err
	}
	for _, l := range lessons {
		fmt.Fprintf(p.Stdout, "\n%s", verify.Matrix(l, backends[0].Name, rows))
	}
	fmt.Fprintln(p.Stdout)
	proven := true
	for _, b := range backends {
		answers, anywhere, problems := 0, 0, 0
		for _, r := range rows {
			if r.Backend != b.Name {
				continue
			}
			problems += len(r.Problems)
			switch r.Kind {
			case verify.WholeLesson:
			case verify.WholeCourse:
				fmt.Fprintf(p.Stdout, "%s: all lessons have %s\n", b.Name, r.Tally)
			default:
				answers++
				if r.Anywhere {
					anywhere++
				}
			}
		}
		without := ""
		if anywhere > 0 {
			without = fmt.Sprintf(" (%d without table and queue, judged on %s for all)", anywhere, backends[0].Name)
		}
		fmt.Fprintf(p.Stdout, "%s: %d answers judged%s, %d problems\n", b.Name, answers, without, problems)
		proven = proven && problems == 0
	}
	if !proven {
		return status(ExitFailed)
	}
	return nil
}

func (c *verifyCommand) backends(ctx context.Context, p Process) []string {
	switch c.Backend {
	case "all":
		return []string{embeddedBackend, containersBackend}
	case autoBackend:
		if err := containers.Available(ctx); err != nil {
			fmt.Fprintf(p.Stdout, "Not proven on containers: %v\n", err)
			return []string{embeddedBackend}
		}
		return []string{embeddedBackend, containersBackend}
	}
	return []string{c.Backend}
}

func printRow(p Process, r verify.Row) {
	mark := "ok     "
	if len(r.Problems) > 0 {
		mark = "PROBLEM"
	}
	fmt.Fprintf(p.Stdout, "%s  %-24s  %-10s  %-8s  %-28s  %s\n", mark, r.Lesson, r.Backend, r.Kind, r.Name, strings.Join(r.Failed, " "))
	for _, problem := range r.Problems {
		fmt.Fprintf(p.Stdout, "         %s\n", strings.ReplaceAll(problem, "\n", "\n         "))
	}
}
