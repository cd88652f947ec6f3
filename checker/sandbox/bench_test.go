package sandbox

import (
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"
)

// From the event to the answer: of a function that has to be started first, and of one that is frozen.
func BenchmarkInvoke(b *testing.B) {
	path := binary(b, "probe")
	event, err := json.Marshal(request{Do: "count"})
	require.NoError(b, err)
	for name, without := range map[string]bool{"isolated": false, "without isolation": true} {
		config := func() Config {
			return Config{
				Name: "probe", Handler: "bootstrap", Region: "eu-central-1", Binary: path, MemorySize: 128, Timeout: 10 * time.Second,
				Dir: filepath.Join(b.TempDir(), "f"), WithoutIsolation: without,
				NewCredentials: func(string) aws.Credentials { return aws.Credentials{} },
			}
		}
		b.Run("cold, "+name, func(b *testing.B) {
			for b.Loop() {
				f, err := New(config())
				require.NoError(b, err)
				_, err = f.Invoke(b.Context(), event)
				require.NoError(b, err)
				f.Close()
			}
		})
		b.Run("warm, "+name, func(b *testing.B) {
			f, err := New(config())
			require.NoError(b, err)
			defer f.Close()
			for b.Loop() {
				_, err := f.Invoke(b.Context(), event)
				require.NoError(b, err)
			}
		})
	}
}

// INIT alone: from the start of a process to its first request for an event.
func BenchmarkColdStart(b *testing.B) {
	f := deploy(b)
	for b.Loop() {
		e, i, err := f.acquire(anyEnvironment)
		require.NoError(b, err)
		require.NoError(b, e.initialize(b.Context(), i))
		e.reset()
		f.release(e)
	}
}

// A build in which nothing has changed.
func BenchmarkBuildUnchanged(b *testing.B) {
	builder := &Builder{Root: module, Cache: filepath.Join(cache, "builds")}
	for b.Loop() {
		_, err := builder.Build(b.Context(),
			Source{Dir: filepath.Join(module, functions), Place: functions, Functions: []string{"probe"}}, b.TempDir())
		require.NoError(b, err)
	}
}
