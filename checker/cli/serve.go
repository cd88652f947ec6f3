package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"example.com/serverless-patterns/checker/course"
	"example.com/serverless-patterns/checker/report"
	"example.com/serverless-patterns/checker/serve"
)

type serveCommand struct {
	Lesson    string            `arg:"" optional:"" help:"The lesson, by number or directory."`
	Dir       string            `help:"Where the numbered lesson directories are: lessons, solutions, or any directory. Default: lessons."`
	Template  string            `help:"A SAM template with functions in Go, of any project, in place of a lesson." placeholder:"FILE"`
	Parameter map[string]string `help:"The value of a parameter of the template, as NAME=VALUE." placeholder:"NAME=VALUE"`
	Backend   string            `help:"Where the data is: embedded, containers, or the URL of an endpoint." default:"embedded" placeholder:"BACKEND"`
	Port      int               `help:"Where the first API listens; other APIs and the AWS endpoint follow. Default: free ports." placeholder:"PORT"`
	Debug     string            `help:"A function to run under delve, which waits for a debugger, without deadline and freeze." placeholder:"FUNCTION"`
	DebugPort int               `help:"Where the debugger connects." default:"2345" placeholder:"PORT"`
	Hurry     bool              `help:"Messages that were not processed come back at once, and not after their visibility timeout."`
	Seed      uint64            `help:"Everything random but ids follows from this number: the region, and the credentials for AWS's clients." default:"1"`

	images
}

// Run serves until it is interrupted.
func (c *serveCommand) Run(ctx context.Context, p Process) error {
	if (c.Lesson == "") == (c.Template == "") {
		return usageError{errors.New("serve takes either a lesson or --template FILE")}
	}
	if c.Port < 0 || c.Port > 65_000 {
		return usageError{fmt.Errorf("--port %d: a port is from 1 to 65000", c.Port)}
	}
	if c.DebugPort < 1 || c.DebugPort > 65_535 {
		return usageError{fmt.Errorf("--debug-port %d: a port is from 1 to 65535", c.DebugPort)}
	}
	if err := known(c.Backend, embeddedBackend, containersBackend); err != nil {
		return err
	}
	place, err := locate(p)
	if err != nil {
		return err
	}
	debug, err := c.debug(place)
	if err != nil {
		return err
	}
	project, err := c.project(p, place)
	if err != nil {
		return err
	}
	announce := announceBuild(p, project.Title)
	defer announce.Stop()
	err = serve.Run(ctx, serve.Options{
		Project: project, State: place.State, Open: opener(c.Backend, c.images, p), Port: c.Port, Seed: c.Seed, Parameters: c.Parameter, Debug: debug, Hurry: c.Hurry,
		Live: report.NewLive(p.Stdout, p.Environ), Built: func() { announce.Stop() },
	})
	if errors.Is(err, serve.ErrFault) {
		return status(ExitBuild)
	}
	return err
}

// debug finds delve, if a function is to be debugged.
func (c *serveCommand) debug(place course.Place) (*serve.Debug, error) {
	if c.Debug == "" {
		return nil, nil
	}
	program, err := exec.LookPath(filepath.Join(place.Root, "bin", "dlv"))
	if err != nil {
		program, err = exec.LookPath("dlv")
	}
	if err != nil {
		return nil, errors.New("--debug needs delve, which is neither in bin/ nor in PATH: make bin/dlv builds it")
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(c.DebugPort))
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("the debugger cannot listen at %s (%w): end what does, or give another --debug-port", address, err)
	}
	return &serve.Debug{Function: c.Debug, Program: program, Address: address}, listener.Close()
}

// project is what is to be served.
func (c *serveCommand) project(p Process, place course.Place) (serve.Project, error) {
	if c.Template != "" {
		path := c.Template
		if !filepath.IsAbs(path) {
			path = filepath.Join(p.Dir, path)
		}
		if info, err := os.Stat(path); err != nil || info.IsDir() {
			return serve.Project{}, usageError{fmt.Errorf("--template %s: there is no such file", c.Template)}
		}
		return serve.Project{Name: stackName(path), Title: "Template", Template: path}, nil
	}
	l, err := course.Find(c.Lesson)
	if err != nil {
		return serve.Project{}, err
	}
	dir, err := place.Lessons(c.Dir)
	if err != nil {
		return serve.Project{}, usageError{err}
	}
	lesson, err := lessonIn(dir, l.ID)
	if err != nil {
		return serve.Project{}, err
	}
	return serve.Project{
		Name: "lesson-" + l.ID, Title: fmt.Sprintf("Lesson %d: %s", l.Number, l.Title),
		Template: filepath.Join(lesson, "template.yaml"), Root: place.Root, Place: "lessons/" + l.ID,
	}, nil
}

// stackName is the template's directory as the name of a stack, which has letters, digits and hyphens.
func stackName(template string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, filepath.Base(filepath.Dir(template)))
	return strings.Trim("app-"+name, "-")
}
