package downstream_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/downstream"
)

// soon is when something is given up that should have happened long before.
const soon = 10 * time.Second

func TestRequestsAreAnsweredAndRecorded(t *testing.T) {
	t.Parallel()
	s, c := listen(t, "echo"), client(t)
	status, body, err := post(t.Context(), c, s.URL()+"/a?b=1", "hello")
	require.NoError(t, err)
	assert.Equal(t, 200, status)
	assert.Equal(t, "hello", body)

	got := s.Requests() // whoever has the answer finds it there
	require.Len(t, got, 1)
	assert.Equal(t, "POST", got[0].Method)
	assert.Equal(t, "/a?b=1", got[0].Path)
	assert.Equal(t, "hello", got[0].Body)
	assert.Equal(t, "echo: POST /a?b=1: 200", got[0].String())
	assert.Len(t, s.About("hello"), 1)
	assert.Len(t, s.About("b=1"), 1)
	assert.Empty(t, s.About("other"))
}

func TestConnectionsAreCounted(t *testing.T) {
	t.Parallel()
	s := listen(t, "echo")
	kept := client(t)
	for range 3 {
		_, _, err := post(t.Context(), kept, s.URL(), "a")
		require.NoError(t, err)
	}
	assert.Equal(t, 1, s.Connections())
	assert.Equal(t, 1, s.Open())

	closing := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for range 3 {
		_, _, err := post(t.Context(), closing, s.URL(), "a")
		require.NoError(t, err)
	}
	assert.Equal(t, 4, s.Connections())
	assert.Eventually(t, func() bool { return s.Open() == 1 }, soon, time.Millisecond, "those that are closed are not open")
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		kind   downstream.Kind
		status int // 0 is no answer
		body   string
		line   string
	}{
		{"fail", downstream.Fail(), 503, "the service is overloaded", "s: POST /: 503 (failed before the effect by the checker)"},
		{"fail slowly", downstream.FailSlowly(time.Millisecond), 503, "the service is overloaded", "s: POST /: 503 (failed after 1ms by the checker)"},
		{"answer", downstream.Answer(404, "gone"), 404, "gone", "s: POST /: 404 (answered so by the checker)"},
		{"delay", downstream.Delay(time.Millisecond), 200, "x", "s: POST /: 200 (delayed for 1ms by the checker)"},
		{"cut", downstream.Cut(), 0, "", "s: POST /: no answer (cut off by the checker)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, c := listen(t, "s"), client(t)
			s.Inject(downstream.Fault{Kind: tt.kind})
			status, body, err := post(t.Context(), c, s.URL()+"/", "x")
			assert.Equal(t, tt.status == 0, err != nil, "%v", err)
			assert.Equal(t, tt.status, status)
			assert.Equal(t, tt.body, body)
			assert.Equal(t, tt.line, s.Requests()[0].String())
		})
	}
}

func TestFailAfterHasTheEffect(t *testing.T) {
	t.Parallel()
	effects := make(chan string, 1)
	s, err := downstream.Listen("s", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		effects <- r.URL.Path
		http.Error(w, "nobody reads this", http.StatusTeapot)
	}))
	require.NoError(t, err)
	t.Cleanup(s.Close)
	s.Inject(downstream.Fault{Kind: downstream.FailAfter()})
	status, body, err := post(t.Context(), client(t), s.URL()+"/effect", "")
	require.NoError(t, err)
	assert.Equal(t, 500, status)
	assert.Equal(t, "internal error", body)
	assert.Equal(t, "/effect", <-effects)
}

func TestAHangEndsWhenTheCallerGivesUp(t *testing.T) {
	t.Parallel()
	s := listen(t, "s")
	s.Inject(downstream.Fault{Kind: downstream.Hang()})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, _, err := post(ctx, client(t), s.URL()+"/", "x")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Eventually(t, func() bool { r := s.Requests(); return len(r) == 1 && r[0].Ended }, soon, time.Millisecond)
	assert.Equal(t, "s: POST /: no answer (held back by the checker)", s.Requests()[0].String())
}

func TestAHangMayHaveItsEffectAndSpareTheFirstRequests(t *testing.T) {
	t.Parallel()
	effects := make(chan string, 2)
	s, err := downstream.Listen("s", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		effects <- r.URL.Path
		w.WriteHeader(http.StatusCreated)
	}))
	require.NoError(t, err)
	t.Cleanup(s.Close)
	s.Inject(downstream.Fault{Kind: downstream.HangAfter()})
	s.Inject(downstream.Fault{First: 1, Kind: downstream.Usual()})
	c := client(t)
	status, _, err := post(t.Context(), c, s.URL()+"/first", "")
	require.NoError(t, err)
	assert.Equal(t, 201, status)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, _, err := post(ctx, c, s.URL()+"/second", "")
		ended <- err
	}()
	assert.Equal(t, "/first", <-effects)
	assert.Equal(t, "/second", <-effects)
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
	assert.Equal(t, "s: POST /first: 201", s.Requests()[0].String())
	assert.Equal(t, "s: POST /second: no answer (held back after the effect by the checker)", s.Requests()[1].String())
}

func TestAHangEndsWithTheService(t *testing.T) {
	t.Parallel()
	s, err := downstream.Listen("s", http.NotFoundHandler())
	require.NoError(t, err)
	s.Inject(downstream.Fault{Kind: downstream.Hang()})
	ended := make(chan error, 1)
	go func() {
		_, _, err := post(context.WithoutCancel(t.Context()), client(t), s.URL(), "x")
		ended <- err
	}()
	require.Eventually(t, func() bool { return len(s.Requests()) == 1 }, soon, time.Millisecond)
	assert.Equal(t, "s: POST /: no answer (held back by the checker)", s.Requests()[0].String())
	s.Close()
	assert.Error(t, <-ended)
}

func TestAFaultIsForWhatItIsAboutAndAsOftenAsItSays(t *testing.T) {
	t.Parallel()
	s, c := listen(t, "s"), client(t)
	remove := s.Inject(downstream.Fault{About: "kettle", First: 1, Kind: downstream.Fail()})
	status := func(body string) int {
		t.Helper()
		status, _, err := post(t.Context(), c, s.URL(), body)
		require.NoError(t, err)
		return status
	}
	assert.Equal(t, 200, status("teapot"))
	assert.Equal(t, 503, status("kettle"))
	assert.Equal(t, 200, status("kettle"), "only the first one")
	s.Inject(downstream.Fault{Kind: downstream.Answer(404, "")})
	assert.Equal(t, 404, status("kettle"), "the latest fault")
	remove()
	assert.Equal(t, 404, status("kettle"))
}

func TestAFailureMayComeLater(t *testing.T) {
	t.Parallel()
	s := listen(t, "s")
	s.Inject(downstream.Fault{Kind: downstream.Answer(500, "").After(20 * time.Millisecond)})
	begin := time.Now()
	status, _, err := post(t.Context(), client(t), s.URL(), "x")
	require.NoError(t, err)
	assert.Equal(t, 500, status)
	assert.GreaterOrEqual(t, time.Since(begin), 20*time.Millisecond)
	assert.Equal(t, "s: POST /: 500 (answered so by the checker)", s.Requests()[0].String())
}

func TestAMeetingTellsWhetherServicesAreAskedAtOnce(t *testing.T) {
	t.Parallel()
	one, other, c := listen(t, "one"), listen(t, "other"), client(t)
	together := downstream.NewMeeting(2)
	one.Inject(downstream.Fault{Kind: together.Attend()})
	other.Inject(downstream.Fault{Kind: together.Attend()})
	ended := make(chan error, 1)
	go func() {
		_, _, err := post(t.Context(), c, one.URL(), "a")
		ended <- err
	}()
	_, _, err := post(t.Context(), c, other.URL(), "a")
	require.NoError(t, err)
	require.NoError(t, <-ended)
	assert.ElementsMatch(t, []string{"one", "other"}, together.There())
}

func TestAMeetingIsOverWhenACallerGivesUp(t *testing.T) {
	t.Parallel()
	one, other, c := listen(t, "one"), listen(t, "other"), client(t)
	apart := downstream.NewMeeting(2)
	one.Inject(downstream.Fault{Kind: apart.Attend()})
	other.Inject(downstream.Fault{Kind: apart.Attend()})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, _, err := post(ctx, c, one.URL(), "a")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	// The caller knows that it has given up before the service does.
	require.Eventually(t, func() bool { return one.Requests()[0].Ended }, soon, time.Millisecond)
	_, _, err = post(t.Context(), c, other.URL(), "a") // it does not wait
	require.NoError(t, err)
	assert.Equal(t, []string{"one"}, apart.There())
}
