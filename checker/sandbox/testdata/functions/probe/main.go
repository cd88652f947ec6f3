// Probe is a Lambda function that does what its event asks for. It is built and run by the tests of
// package sandbox.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
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
)

func handle(ctx context.Context, r request) (any, error) {
	invocations++
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
		time.Sleep(20 * time.Millisecond)
	case "error":
		return nil, errors.New(r.Text)
	case "panic":
		panic(r.Text)
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
		var files syscall.Rlimit
		_ = syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files) // 0 in the answer would show it
		got["files"] = fmt.Sprint(files.Max)
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
		time.Sleep(time.Hour)
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
			_ = os.WriteFile(os.TempDir()+"/"+os.Getenv("SIGTERM"), json.RawMessage(`"terminated"`), 0o600)
		}))
	}
	lambda.StartWithOptions(handle, options...)
}
