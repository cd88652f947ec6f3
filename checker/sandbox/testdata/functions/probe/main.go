// Probe is a Lambda function that does what its event asks for. It is built and run by the tests of
// package sandbox.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"os/user"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type request struct {
	Do     string
	Millis int
	Text   string
}

var (
	invocations int
	hog         []byte
	begun       = time.Now() // in INIT
	logger      = lambdacontext.NewLogger()
	cut         context.Context // of an earlier invocation
)

type valueError struct{ text string }

func (e valueError) Error() string { return e.text }

type pointerError struct{ text string }

func (e *pointerError) Error() string { return e.text }

// errorOf is the error that an event asks for.
func errorOf(r request) error {
	err := errors.New(r.Text)
	switch r.Do {
	case "error":
		return err
	case "error-wrapped":
		return fmt.Errorf("wrapped: %w", err)
	case "error-joined":
		return errors.Join(err, errors.New("and another"))
	case "error-value":
		return valueError{r.Text}
	case "error-pointer":
		return &pointerError{r.Text}
	case "error-message":
		return messages.InvokeResponse_Error{
			Type: "Shop.OutOfTea", Message: r.Text,
			StackTrace: []*messages.InvokeResponse_Error_StackFrame{{Path: "tea.go", Line: 7, Label: "brew"}},
		}
	}
	return nil
}

func handle(ctx context.Context, r request) (any, error) {
	invocations++
	if err := errorOf(r); err != nil {
		return nil, err
	}
	wait := time.Duration(r.Millis) * time.Millisecond
	switch r.Do {
	case "echo":
		return r.Text, nil
	case "count":
		return invocations, nil
	case "environ":
		return os.Environ(), nil
	case "where":
		cwd, err := os.Getwd()
		return cwd, err
	case "context":
		lc, _ := lambdacontext.FromContext(ctx)
		deadline, _ := ctx.Deadline()
		return map[string]any{
			"traceInContext": ctx.Value("x-amzn-trace-id"), "identity": lc.Identity, "client": lc.ClientContext,
			"requestID": lc.AwsRequestID, "arn": lc.InvokedFunctionArn,
			"left": time.Until(deadline).Milliseconds(), "trace": os.Getenv("_X_AMZN_TRACE_ID"),
		}, nil
	case "log":
		fmt.Println(r.Text)
		fmt.Fprintln(os.Stderr, r.Text+" on stderr")
		fmt.Print("without an end of line")
		return nil, nil
	case "flood":
		line := strings.Repeat("x", 1023) + "\n"
		for range 8 << 10 {
			fmt.Print(line)
		}
		return nil, nil
	case "large":
		return strings.Repeat("x", 7<<20), nil
	case "memory":
		hog = make([]byte, r.Millis<<20)
		for n := range hog {
			hog[n] = 1
		}
		if r.Text == "and give it back" {
			hog = nil
			debug.FreeOSMemory()
		}
	case "panic":
		panic(r.Text)
	case "panic-map":
		var m map[string]int
		m[r.Text] = 1
	case "panic-index":
		return []int{}[r.Millis], nil
	case "panic-error":
		panic(&pointerError{r.Text})
	case "panic-goroutine":
		go func() { panic(r.Text) }()
		time.Sleep(time.Hour)
	case "fatal":
		log.Fatal(r.Text)
	case "channel":
		return make(chan int), nil
	case "function":
		return func() {}, nil
	case "sqs":
		return events.SQSEventResponse{}, nil
	case "http":
		return events.APIGatewayV2HTTPResponse{}, nil
	case "html":
		return "<b>&</b>", nil
	case "begun":
		return begun.UnixNano(), nil
	case "deadline-of":
		deadline, _ := ctx.Deadline()
		return deadline.UnixMilli(), nil
	case "leave-context":
		cut = ctx
	case "context-left":
		return fmt.Sprint(cut.Err()), nil
	case "logger":
		logger.DebugContext(ctx, "for debugging")
		logger.InfoContext(ctx, r.Text, "answer", 42)
	case "wait-for-file":
		for {
			if _, err := os.Stat(os.TempDir() + "/" + r.Text); err == nil {
				return nil, nil
			}
			time.Sleep(5 * time.Millisecond)
		}
	case "mark-sigterm":
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGTERM)
		go func() {
			<-signals
			_ = os.WriteFile(os.TempDir()+"/sigterm", nil, 0o600)
		}()
	case "ignore-signals":
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
		fmt.Println("ignoring signals")
		time.Sleep(time.Hour)
	case "memory-error":
		hog = make([]byte, r.Millis<<20)
		for n := range hog {
			hog[n] = 1
		}
		hog = nil
		debug.FreeOSMemory()
		return nil, errors.New(r.Text)
	case "exit":
		os.Exit(r.Millis)
	case "sleep":
		time.Sleep(wait)
	case "spin":
		spin(wait)
	case "spin-exit":
		spin(wait)
		os.Exit(5)
	case "deadline":
		<-ctx.Done()
		return nil, ctx.Err()
	case "leave":
		// Work that is left running: one tick every millisecond.
		go func() {
			for n := 0; ; n++ {
				time.Sleep(time.Millisecond)
				fmt.Println("tick")
			}
		}()
	case "leave-exit":
		go func() {
			time.Sleep(wait)
			os.Exit(7)
		}()
	case "child":
		cmd := exec.Command("/bin/sleep", "300")
		cmd.Stdout = os.Stdout // holds the output open
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: r.Text == "hidden"}
		if err := cmd.Start(); err != nil {
			return nil, err
		}
	case "write":
		return nil, os.WriteFile(os.TempDir()+"/kept", []byte(r.Text), 0o600)
	case "read":
		data, err := os.ReadFile(os.TempDir() + "/kept")
		return string(data), err
	case "access":
		// Where a function can write, and who it is.
		got := map[string]string{}
		for _, path := range []string{"file", "/var/task/file", "/file", "/etc/file", "/tmp/file"} {
			err := os.WriteFile(path, nil, 0o600)
			got[path] = fmt.Sprint(err)
		}
		wd, _ := os.Getwd()
		who, err := user.Current()
		if err != nil {
			return nil, err
		}
		_, home := os.UserHomeDir()
		got["cwd"], got["user"], got["home"] = wd, who.Username+" "+who.Uid+" "+who.Gid, fmt.Sprint(home)
		const rlimitNproc = 6 // of Linux
		for name, resource := range map[string]int{"files": syscall.RLIMIT_NOFILE, "processes": rlimitNproc} {
			var limit syscall.Rlimit
			_ = syscall.Getrlimit(resource, &limit) // 0 in the answer would show it
			got[name] = fmt.Sprint(limit.Max)
		}
		return got, nil
	}
	return nil, nil
}

// spin computes until the process has used that much more CPU time.
func spin(d time.Duration) {
	for begin := cpuTime(); cpuTime()-begin < d; {
	}
}

func cpuTime() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used) // cannot fail
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func main() {
	switch init := os.Getenv("INIT"); {
	case init == "exit":
		fmt.Println("INIT goes wrong")
		os.Exit(3)
	case init == "spin":
		spin(150 * time.Millisecond)
	case init == "hang":
		fmt.Println("INIT hangs")
		time.Sleep(time.Hour)
	case init == "fatal":
		log.Fatal("INIT cannot go on")
	case init == "panic":
		panic("INIT goes wrong")
	case init == "speak":
		fmt.Println("INIT speaks")
		fmt.Print("and does not end its line")
	case strings.HasPrefix(init, "slow:"):
		wait, err := time.ParseDuration(strings.TrimPrefix(init, "slow:"))
		if err != nil {
			log.Fatal(err)
		}
		time.Sleep(wait)
	case strings.HasPrefix(init, "once:"):
		// Fails the first time only: a mark in /tmp tells.
		if _, err := os.Stat(os.TempDir() + "/mark"); err != nil {
			_ = os.WriteFile(os.TempDir()+"/mark", nil, 0o600)
			os.Exit(4)
		}
	}
	var options []lambda.Option
	if os.Getenv("SIGTERM") != "" {
		options = append(options, lambda.WithEnableSIGTERM(func() {
			if os.Getenv("SIGTERM") == "hang" {
				time.Sleep(time.Hour)
			}
			_ = os.WriteFile(os.TempDir()+"/sigterm", nil, 0o600)
		}))
	}
	lambda.StartWithOptions(handle, options...)
}
