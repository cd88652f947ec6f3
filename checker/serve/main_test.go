package serve

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/backend"
	"example.com/serverless-patterns/checker/backend/embedded"
	"example.com/serverless-patterns/checker/report"
	"example.com/serverless-patterns/checker/scratch"
)

const (
	module = "../.."
	tiny   = "../check/testdata/lessons/90-tiny"

	// patience is the deadline of everything that a test waits for.
	patience = 60 * time.Second
	tick     = 5 * time.Millisecond
)

var cache string

func TestMain(m *testing.M) { scratch.Main(m, &cache, nil) }

// screen is where a server writes.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(data []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(data)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// held is a backend whose GetItem can be made to wait.
type held struct {
	backend.Backend
	arrived chan struct{}
	release chan struct{} // nil does not wait
}

func (h *held) Handler(s backend.Service) http.Handler {
	inner := h.Backend.Handler(s)
	if inner == nil || h.release == nil {
		return inner
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".GetItem") {
			h.arrived <- struct{}{}
			<-h.release
		}
		inner.ServeHTTP(w, r)
	})
}

// arrival waits for a GetItem.
func (h *held) arrival(t *testing.T) {
	t.Helper()
	select {
	case <-h.arrived:
	case <-time.After(patience):
		require.Fail(t, "no GetItem came")
	}
}

// hold returns a backend that holds every GetItem until free is called.
func hold(t *testing.T) (h *held, free func()) {
	t.Helper()
	h = &held{Backend: embedded.New(), arrived: make(chan struct{}, 1), release: make(chan struct{})}
	free = sync.OnceFunc(func() { close(h.release) })
	return h, free
}

// running is a server under test, on a copy of the tiny lesson or on another template.
type running struct {
	*screen
	t       *testing.T
	dir     string // of the template
	state   string
	options Options
	stop    context.CancelFunc
	ended   chan error
}

// tinyProject is a copy of the tiny lesson.
func tinyProject(t *testing.T) Project {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "90-tiny")
	require.NoError(t, os.CopyFS(dir, os.DirFS(tiny)))
	root, err := filepath.Abs(module)
	require.NoError(t, err)
	return Project{Name: "tiny", Title: "The tiny lesson", Template: filepath.Join(dir, "template.yaml"), Root: root, Place: "lessons/90-tiny"}
}

// serveTiny serves a copy of the tiny lesson.
func serveTiny(t *testing.T, changes ...func(*Options)) *running {
	t.Helper()
	r := start(t, tinyProject(t), changes...)
	r.await("Ctrl-C")
	return r
}

func start(t *testing.T, p Project, changes ...func(*Options)) *running {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r := &running{screen: &screen{}, t: t, dir: filepath.Dir(p.Template), state: t.TempDir(), stop: stop, ended: make(chan error, 1)}
	r.options = Options{
		Project: p, State: r.state, Seed: 1, Live: report.NewLive(r.screen, nil), Interval: 10 * time.Millisecond,
		Open: func(context.Context, []backend.Service) (backend.Backend, error) { return embedded.New(), nil },
	}
	for _, change := range changes {
		change(&r.options)
	}
	go func() { r.ended <- Run(ctx, r.options) }()
	t.Cleanup(func() {
		r.stop()
		_ = r.ending() // tests that want to know have asked
	})
	return r
}

// end interrupts the server, and returns how it ended.
func (r *running) end() error {
	r.stop()
	err := <-r.ended
	r.ended <- err // for the cleanup
	return err
}

// ending waits until the server has ended by itself, and returns how.
func (r *running) ending() error {
	err := <-r.ended
	r.ended <- err // for the cleanup
	return err
}

// await waits until the screen shows a text.
func (r *running) await(text string) {
	r.t.Helper()
	require.Eventually(r.t, func() bool { return strings.Contains(r.String(), text) }, patience, tick, "%q does not come", text)
}

// url is the address of an API, as the screen shows it.
func (r *running) url(api string) string {
	r.t.Helper()
	found := regexp.MustCompile(`API ` + api + `  (http://\S+)`).FindStringSubmatch(r.String())
	require.NotNil(r.t, found, "%s", r)
	return found[1]
}

// client is the address for AWS's own clients.
func (r *running) client() string {
	r.t.Helper()
	found := regexp.MustCompile(`AWS_ENDPOINT_URL=(\S+)`).FindStringSubmatch(r.String())
	require.NotNil(r.t, found, "%s", r)
	return found[1]
}

// try sends a request, from any goroutine.
func try(url, body string, fields ...string) (status int, header http.Header, text string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return 0, nil, "", err
	}
	q.Header.Set("Content-Type", "application/json")
	for n := 0; n+1 < len(fields); n += 2 {
		q.Header.Set(fields[n], fields[n+1])
	}
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(q)
	if err != nil {
		return 0, nil, "", err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	return response.StatusCode, response.Header, string(data), err
}

func (r *running) post(url, body string, fields ...string) (status int, header http.Header, text string) {
	r.t.Helper()
	status, header, text, err := try(url, body, fields...)
	require.NoError(r.t, err)
	return status, header, text
}

// edit replaces a text in a file of the project, as an editor saves it.
func (r *running) edit(file, old, text string) {
	r.t.Helper()
	path := filepath.Join(r.dir, file)
	data, err := os.ReadFile(path)
	require.NoError(r.t, err)
	require.Contains(r.t, string(data), old)
	require.NoError(r.t, os.WriteFile(path, []byte(strings.Replace(string(data), old, text, 1)), 0o600))
}

// nothingLeft asserts that a server that has ended has left no files of its run.
func (r *running) nothingLeft() {
	r.t.Helper()
	entries, err := os.ReadDir(filepath.Join(r.state, "run"))
	require.NoError(r.t, err)
	assert.Empty(r.t, entries)
}
