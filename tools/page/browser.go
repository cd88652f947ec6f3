package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// programs are the names of Chromium on the systems that have it.
var programs = []string{
	"chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
}

var errNoBrowser = errors.New("there is no Chromium on this machine; on Debian: apt-get install chromium")

// find is where Chromium is. The error is errNoBrowser.
func find() (string, error) {
	for _, name := range programs {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errNoBrowser
}

// heard is what a page did that nobody sees: what it asked the network for, and what it complained of. It may be used by
// several goroutines.
type heard struct {
	mu       sync.Mutex
	requests []string // but for files and data, which are in the page
	errors   []string // of the console, warnings included
	loaded   int      // files that were asked for
}

func (h *heard) hear(event any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		switch {
		case strings.HasPrefix(e.Request.URL, "file:"):
			h.loaded++
		case !strings.HasPrefix(e.Request.URL, "data:"):
			h.requests = append(h.requests, e.Request.URL)
		}
	case *network.EventWebSocketCreated:
		h.requests = append(h.requests, e.URL)
	case *runtime.EventConsoleAPICalled:
		h.errors = append(h.errors, fmt.Sprintf("%s: %s", e.Type, said(e.Args)))
	case *runtime.EventExceptionThrown:
		h.errors = append(h.errors, fmt.Sprintf("%s: %s", e.ExceptionDetails.Text, said([]*runtime.RemoteObject{e.ExceptionDetails.Exception})))
	case *log.EventEntryAdded:
		h.errors = append(h.errors, fmt.Sprintf("%s: %s", e.Entry.Level, e.Entry.Text))
	}
}

func said(args []*runtime.RemoteObject) string {
	var words []string
	for _, a := range args {
		if a != nil {
			words = append(words, string(a.Value)+a.Description)
		}
	}
	return strings.Join(words, " ")
}

// open shows a file in a browser of its own, which ends with the context's cancel function.
func open(parent context.Context, program, file string) (context.Context, *heard, context.CancelFunc, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium does not start as root otherwise; the page is our own
	}
	allocator, stop := chromedp.NewExecAllocator(parent, options...)
	ctx, closeTab := chromedp.NewContext(allocator)
	end := func() { closeTab(); stop() }
	path, err := filepath.Abs(file)
	if err != nil {
		return nil, nil, end, err
	}
	h := &heard{}
	if err := listen(ctx, h); err != nil {
		return nil, nil, end, fmt.Errorf("%s does not start: %w", program, err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate("file://"+path)); err != nil {
		return nil, nil, end, fmt.Errorf("%s cannot be shown in %s: %w", file, program, err)
	}
	return ctx, h, end, nil
}

func listen(ctx context.Context, h *heard) error {
	if err := chromedp.Listen(ctx, h.hear); err != nil {
		return err
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		return err
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		return err
	}
	_, err := chromedp.Call(ctx, runtime.Enable, cdp.Empty{})
	return err
}

// scheme has the page take the system for light or dark, and for a screen or paper.
func scheme(ctx context.Context, name, medium string) error {
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: medium, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
	})
	return err
}
