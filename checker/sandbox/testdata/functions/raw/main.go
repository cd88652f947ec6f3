// Raw is a runtime of its own, without the Go runtime library: it speaks the runtime API as its events ask it
// to, also wrongly, and writes a line for each answer that it got.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

type event struct {
	Steps []step
	// Millis is how long to wait after the answer before asking for the next event.
	Millis int
}

// step is a request. {id} and {last} in its path are the ids of this invocation and of the one before.
type step struct {
	Method, Path, Body string
	Header             map[string]string
	Size               int // of a body of spaces; instead of Body
	Wait               int // milliseconds for an answer; 0 is long enough
}

// result is what a step came to. It is a line of the log.
type result struct {
	Status int
	Body   string
	Header http.Header
	Err    string
}

var api = "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API")

func request(s step) result {
	body := s.Body
	if s.Size > 0 {
		body = strings.Repeat(" ", s.Size)
	}
	r, err := http.NewRequest(s.Method, api+s.Path, strings.NewReader(body))
	if err != nil {
		return result{Err: err.Error()}
	}
	for name, value := range s.Header {
		r.Header.Set(name, value)
	}
	client := http.Client{Timeout: time.Duration(s.Wait) * time.Millisecond}
	response, err := client.Do(r)
	if err != nil {
		return result{Err: err.Error()}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return result{Err: err.Error()}
	}
	return result{Status: response.StatusCode, Body: string(text), Header: response.Header}
}

func (r result) log() {
	line, _ := json.Marshal(r)
	fmt.Println(string(line))
}

const invocation = "/2018-06-01/runtime/invocation/"

func main() {
	if os.Getenv("INIT") == "error" {
		request(step{Method: "POST", Path: "/2018-06-01/runtime/init/error", Body: `{"errorMessage":"no tea","errorType":"Shop.NoTea"}`}).log()
		os.Exit(1)
	}
	last := ""
	for {
		next := request(step{Method: "GET", Path: invocation + "next"})
		if next.Status != http.StatusOK {
			next.log()
			os.Exit(1)
		}
		id := next.Header.Get("Lambda-Runtime-Aws-Request-Id")
		var e event
		if err := json.NewDecoder(bytes.NewReader([]byte(next.Body))).Decode(&e); err != nil {
			fmt.Println(err)
		}
		for _, s := range e.Steps {
			s.Path = strings.NewReplacer("{id}", id, "{last}", last).Replace(s.Path)
			request(s).log()
		}
		if len(e.Steps) == 0 {
			answer, _ := json.Marshal(next)
			request(step{Method: "POST", Path: invocation + id + "/response", Body: string(answer)})
		}
		time.Sleep(time.Duration(e.Millis) * time.Millisecond)
		last = id
	}
}
