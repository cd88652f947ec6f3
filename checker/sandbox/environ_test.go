package sandbox

import (
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What Lambda sets, and what is added to it here, so that a change of either shows in a diff.
// Recorded from provided.al2023 in January 2026.
func TestTheEnvironmentIsLambdas(t *testing.T) {
	t.Parallel()
	lambda := map[string]string{
		"_HANDLER": "bootstrap", "AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1",
		"AWS_LAMBDA_FUNCTION_NAME": "probe", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
		"AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/probe",
		"AWS_ACCESS_KEY_ID":         "ASIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
		"AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR", "AWS_XRAY_DAEMON_ADDRESS": "169.254.100.1:2000",
		"_AWS_XRAY_DAEMON_ADDRESS": "169.254.100.1", "_AWS_XRAY_DAEMON_PORT": "2000",
		"LAMBDA_TASK_ROOT": "/var/task", "LAMBDA_RUNTIME_DIR": "/var/runtime",
		"LANG": "en_US.UTF-8", "TZ": ":UTC",
		"PATH":       "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
		"TABLE_NAME": "items", // the function's own
	}
	local := map[string]string{
		"AWS_ENDPOINT_URL":          "http://127.0.0.1:1",
		"AWS_EC2_METADATA_DISABLED": "true",
	}
	withoutIsolation := map[string]string{"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull}
	for name, without := range map[string]bool{"isolated": false, "without isolation": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := deploy(t, env("TABLE_NAME", "items"), func(c *Config) { c.Endpoint, c.WithoutIsolation = "http://127.0.0.1:1", without })
			if !without {
				requireIsolation(t, f)
			}
			i := invoke(t, f, request{Do: "environ"})
			got := map[string]string{}
			for _, entry := range decode[[]string](t, i) {
				name, value, _ := strings.Cut(entry, "=")
				got[name] = value
			}
			want := maps.Clone(lambda)
			maps.Copy(want, local)
			if without {
				maps.Copy(want, withoutIsolation)
				want["LAMBDA_TASK_ROOT"] = f.config.Dir
				want["TMPDIR"] = f.tmp(1)
			}
			want["AWS_LAMBDA_LOG_STREAM_NAME"] = i.Environment
			for _, name := range []string{"AWS_LAMBDA_RUNTIME_API", "LD_LIBRARY_PATH", "_X_AMZN_TRACE_ID"} {
				assert.NotEmpty(t, got[name])
				want[name] = got[name]
			}
			assert.Equal(t, want, got)
		})
	}
}

func TestJSONLogsAreAnnouncedToTheFunction(t *testing.T) {
	t.Parallel()
	f := deploy(t, func(c *Config) { c.LogFormat, c.LogLevel = "JSON", "DEBUG" })
	environ := decode[[]string](t, invoke(t, f, request{Do: "environ"}))
	assert.Contains(t, environ, "AWS_LAMBDA_LOG_FORMAT=JSON")
	assert.Contains(t, environ, "AWS_LAMBDA_LOG_LEVEL=DEBUG")
}
