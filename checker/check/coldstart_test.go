package check

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/anatomy"
	"example.com/serverless-patterns/checker/sandbox"
)

func TestColdStartsAreComparedWithTheLeastThatAFunctionCanBe(t *testing.T) {
	t.Parallel()
	answer := Event{Words: "a test", JSON: json.RawMessage(`{"Return":{"statusCode":200},"Calls":2}`)}
	r := run0(t, tiny(Check{ID: "init", Alone: true, Run: func(c *T) {
		echo := c.Function("EchoFunction")
		var together []ColdStart
		for n := range 2 { // what was built is taken again
			costs := c.ColdStarts(Start{c.Hello(), answer}, Start{echo, answer})
			together = Together(together, costs)
			assert.Len(t, together[1].taken, (n+1)*Samples)
			assert.Equal(t, median(together[1].taken, initCPU), together[1].InitCPU)
			assert.LessOrEqual(t, together[1].Wait, costs[1].Wait, "the least of more")
			assert.Equal(t, costs[1].Last, together[1].Last)
			for _, cost := range costs {
				assert.Positive(t, cost.Init)
				assert.Positive(t, cost.InitCPU)
				assert.Positive(t, cost.Took)
				assert.Greater(t, cost.CPU(), cost.InitCPU)
				assert.Empty(t, cost.Calls, "those of the event are not INIT's")
			}
			assert.JSONEq(t, `"hello, world"`, string(costs[0].Last.Payload))
			assert.Len(t, costs[1].Last.Calls(), 2)
			assert.True(t, costs[1].Last.ColdStart)
			assert.Greater(t, costs[1].Function.Size(), costs[0].Function.Size())
		}
		parts := echo.Anatomy(answer)
		names := map[string]anatomy.Part{}
		for _, p := range parts {
			names[p.Name] = p
		}
		assert.Positive(t, names["net"].Code)
		assert.Positive(t, names["net"].Init)
	}}))
	assert.Equal(t, Passed, r.Verdict, "%+v", r)
}

func TestAFunctionThatDoesNotAnswerItsFirstEventCannotBeMeasured(t *testing.T) {
	t.Parallel()
	f := finding(t, Check{ID: "init"}, func(t *T) {
		t.ColdStarts(Start{t.Function("EchoFunction"), Event{Words: "what makes it fail", JSON: json.RawMessage(`{"Error":"no"}`)}})
	})
	assert.Equal(t, "started EchoFunction several times, and sent each new process what makes it fail", f.Did)
	assert.Contains(t, f.Got, "an error returned to the runtime")
}

// What is measured needs room that the template may not give.
func TestFunctionsCanHaveAnotherMemorySizeThanTheTemplateSays(t *testing.T) {
	t.Parallel()
	r := run0(t, tiny(Check{ID: "init", Run: func(c *T) {
		c.MemorySize(999)
		echo := c.Function("EchoFunction")
		reply := echo.ColdStart(Event{Words: "a test", JSON: json.RawMessage(`{"Return":{"statusCode":200}}`)})
		assert.True(t, reply.ColdStart)
		assert.Equal(t, 999, reply.MemorySize)
		assert.Positive(t, reply.MaxMemoryUsed)
		assert.Equal(t, 128, echo.Declared().MemorySize)
	}}))
	assert.Equal(t, Passed, r.Verdict, "%+v", r)
}

func TestAReferenceHasBucketsOfItsOwn(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"template.yaml": {Data: []byte("Transform: AWS::Serverless-2016-10-31\nResources:\n  PhotosBucket:\n    Type: AWS::S3::Bucket\n")}}
	r := run0(t, tiny(Check{ID: "init", Run: func(c *T) {
		photos := c.Reference(files).Bucket("PhotosBucket")
		photos.Put("cat", "image/png", []byte("meow"))
		assert.Equal(t, []string{"cat"}, photos.Keys())
	}}))
	assert.Equal(t, Passed, r.Verdict, "%+v", r)
}

func TestAReferenceThatCannotBeBuiltIsTheChecksOwnFault(t *testing.T) {
	t.Parallel()
	r := run0(t, tiny(Check{ID: "init", Run: func(c *T) { c.Reference(os.DirFS(t.TempDir())) }}))
	assert.Equal(t, Errored, r.Checks[0].Verdict)
	assert.Contains(t, r.Checks[0].Error, "the reference to compare with: ")
}

func TestAReferenceIsKeptUnderANameOfWhatItHas(t *testing.T) {
	t.Parallel()
	own := t.TempDir()
	files := os.DirFS("hello")
	var builds referenceBuilds
	first, err := builds.build(t.Context(), module, own, files)
	require.NoError(t, err)
	var again referenceBuilds // as in another process
	second, err := again.build(t.Context(), module, own, files)
	require.NoError(t, err)
	assert.Equal(t, first.binaries, second.binaries)
	assert.Len(t, left(t, filepath.Join(own, "reference")), 1)
	assert.Empty(t, left(t, filepath.Join(own, "run")))
	assert.Contains(t, first.binaries, "hello/")
}

func TestWhatMeasuresRunsAloneAndLast(t *testing.T) {
	t.Parallel()
	var running, measuring, ended atomic.Int32
	beside := Check{Run: func(*T) {
		running.Add(1)
		time.Sleep(10 * time.Millisecond)
		assert.Zero(t, measuring.Load())
		running.Add(-1)
		ended.Add(1)
	}}
	measure := Check{Alone: true, Run: func(*T) {
		assert.Equal(t, int32(1), measuring.Add(1))
		assert.Zero(t, running.Load())
		assert.Equal(t, int32(3), ended.Load())
		measuring.Add(-1)
	}}
	named := func(id string, c Check) Check { c.ID = id; return c }
	asked := 0
	ask := func(o *Options) {
		o.Alone = func() {
			asked++
			assert.Equal(t, int32(3), ended.Load(), "others of this machine are not kept waiting for longer than it measures")
			assert.Zero(t, measuring.Load())
		}
	}
	r := run0(t, tiny(named("a", beside), named("b", beside), named("c", beside), named("x", measure), named("y", measure)), ask)
	assert.Equal(t, Passed, r.Verdict, "%+v", r)
	assert.Equal(t, 1, asked)
	run0(t, tiny(named("x", measure), named("a", beside)), only("a"), ask)
	assert.Equal(t, 1, asked, "there is nothing to measure")
}

func TestAMedianIsNeitherTheFastestNorTheSlowest(t *testing.T) {
	t.Parallel()
	var all []*sandbox.Invocation
	for _, ms := range []time.Duration{900, 3, 5, 4, 1} {
		all = append(all, &sandbox.Invocation{InitDuration: ms * time.Millisecond, Duration: ms * time.Second})
	}
	assert.Equal(t, 4*time.Millisecond, median(all, initCPU), "where CPU time cannot be read it is the time that passed")
	assert.Equal(t, 4*time.Second, median(all, eventCPU))
	all[0].InitCPUTime, all[0].CPUTime = time.Millisecond, time.Second
	assert.Equal(t, time.Millisecond, initCPU(all[0]))
	assert.Equal(t, time.Second, eventCPU(all[0]))
}

func TestFiguresAreWrittenAsPeopleReadThem(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "1234.6 0.4 10.2", strings.Join([]string{Milliseconds(1234567 * time.Microsecond), Milliseconds(400 * time.Microsecond), Megabytes(10248354)}, " "))
	assert.InDelta(t, 2.5, Times(5*time.Second, 2*time.Second), 0)
	assert.InDelta(t, 7, Times(int64(7), 0), 0, "nothing is divided by zero")
}
