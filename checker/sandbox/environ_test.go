package sandbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What Lambda sets, and what is added to it here, so that a change of either shows in a diff.
// Recorded from provided.al2023 in January 2026.
func TestTheEnvironmentIsLambdas(t *testing.T) {
	t.Parallel()
	f := deploy(t, env("TABLE_NAME", "items"), func(c *Config) { c.Endpoint = "http://127.0.0.1:1" })
	i := invoke(t, f, request{Do: "environ"})
	got := map[string]string{}
	for _, entry := range decode[[]string](t, i) {
		name, value, _ := strings.Cut(entry, "=")
		got[name] = value
	}
	local := map[string]string{
		"AWS_ENDPOINT_URL":          "http://127.0.0.1:1",
		"AWS_EC2_METADATA_DISABLED": "true",
		"TMPDIR":                    got["TMPDIR"],

		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	}
	want := map[string]string{
		"_HANDLER": "bootstrap", "AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1",
		"AWS_LAMBDA_FUNCTION_NAME": "probe", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
		"AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/probe", "AWS_LAMBDA_LOG_STREAM_NAME": i.Environment,
		"AWS_LAMBDA_RUNTIME_API": got["AWS_LAMBDA_RUNTIME_API"],
		"AWS_ACCESS_KEY_ID":      "ASIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
		"AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR", "AWS_XRAY_DAEMON_ADDRESS": "169.254.100.1:2000",
		"_AWS_XRAY_DAEMON_ADDRESS": "169.254.100.1", "_AWS_XRAY_DAEMON_PORT": "2000",
		"LAMBDA_TASK_ROOT": got["LAMBDA_TASK_ROOT"], "LAMBDA_RUNTIME_DIR": "/var/runtime",
		"LANG": "en_US.UTF-8", "TZ": ":UTC", "LD_LIBRARY_PATH": got["LD_LIBRARY_PATH"],
		"PATH":             "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
		"_X_AMZN_TRACE_ID": got["_X_AMZN_TRACE_ID"], // set by the runtime library
		"TABLE_NAME":       "items",                 // the function's own
	}
	for name, value := range local {
		want[name] = value
	}
	assert.Equal(t, want, got)
	assert.Equal(t, filepath.Join(f.config.Dir, "task"), got["LAMBDA_TASK_ROOT"])
	assert.Equal(t, "tmp", filepath.Base(got["TMPDIR"]))
	for _, name := range []string{"AWS_LAMBDA_LOG_FORMAT", "HOME", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_TIMEOUT", "HTTPS_PROXY", "AWS_PROFILE"} {
		assert.NotContains(t, got, name)
	}
}

func TestJSONLogsAreAnnouncedToTheFunction(t *testing.T) {
	t.Parallel()
	f := deploy(t, func(c *Config) { c.LogFormat, c.LogLevel = "JSON", "DEBUG" })
	environ := decode[[]string](t, invoke(t, f, request{Do: "environ"}))
	assert.Contains(t, environ, "AWS_LAMBDA_LOG_FORMAT=JSON")
	assert.Contains(t, environ, "AWS_LAMBDA_LOG_LEVEL=DEBUG")
}
