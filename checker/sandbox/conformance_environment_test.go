package sandbox

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/conformance"
	"example.com/serverless-patterns/checker/sam"
)

// variables are the environment variables of a function.
func variables(t *testing.T, changes ...func(*Config)) (*Invocation, map[string]string) {
	t.Helper()
	i := invoke(t, deploy(t, changes...), request{Do: "environ"})
	got := map[string]string{}
	for _, entry := range decode[[]string](t, i) {
		name, value, _ := strings.Cut(entry, "=")
		got[name] = value
	}
	return i, got
}

// has tests variables with these values.
func has(want map[string]string) func(*testing.T) {
	return func(t *testing.T) {
		_, got := variables(t)
		for name, value := range want {
			assert.Equal(t, value, got[name], name)
		}
	}
}

// The whole environment, with what is added to it here, is in environ_test.go.
var environmentRows = []conformance.Row{
	{
		ID: "environment-handler", Certainty: conformance.Recorded, Fact: "_HANDLER is the template's Handler",
		Test: has(map[string]string{"_HANDLER": "bootstrap"}),
	},
	{
		ID: "environment-region", Certainty: conformance.Recorded, Fact: "AWS_REGION and AWS_DEFAULT_REGION are the function's region",
		Test: has(map[string]string{"AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1"}),
	},
	{
		ID: "environment-function", Certainty: conformance.Recorded,
		Fact: "AWS_LAMBDA_FUNCTION_NAME, …_MEMORY_SIZE in MB and …_VERSION say which function it is",
		Test: has(map[string]string{
			"AWS_LAMBDA_FUNCTION_NAME": "probe", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
		}),
	},
	{
		ID: "environment-initialization-type", Certainty: conformance.Recorded, Fact: "AWS_LAMBDA_INITIALIZATION_TYPE is on-demand",
		Test: has(map[string]string{"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}),
	},
	{
		ID: "environment-logs", Certainty: conformance.Recorded,
		Fact: "AWS_LAMBDA_LOG_GROUP_NAME is /aws/lambda/ and the name, AWS_LAMBDA_LOG_STREAM_NAME that of the execution environment",
		Test: func(t *testing.T) {
			i, got := variables(t)
			assert.Equal(t, "/aws/lambda/probe", got["AWS_LAMBDA_LOG_GROUP_NAME"])
			assert.Equal(t, i.Environment, got["AWS_LAMBDA_LOG_STREAM_NAME"])
			assert.Regexp(t, `^\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}$`, i.Environment)
		},
	},
	{
		ID: "environment-runtime-api", Certainty: conformance.Recorded, Fact: "AWS_LAMBDA_RUNTIME_API is an address and a port, without a scheme",
		Test: func(t *testing.T) {
			_, got := variables(t)
			assert.Regexp(t, `^[0-9.]+:\d+$`, got["AWS_LAMBDA_RUNTIME_API"])
		},
	},
	{
		ID: "environment-credentials", Certainty: conformance.Recorded,
		Fact: "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN are temporary credentials of the function's role",
		Test: has(map[string]string{"AWS_ACCESS_KEY_ID": "ASIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token"}),
	},
	{
		ID: "environment-xray", Certainty: conformance.Recorded, Fact: "AWS_XRAY_CONTEXT_MISSING and the daemon's address are set, with or without tracing",
		Test: has(map[string]string{
			"AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR", "AWS_XRAY_DAEMON_ADDRESS": "169.254.100.1:2000",
			"_AWS_XRAY_DAEMON_ADDRESS": "169.254.100.1", "_AWS_XRAY_DAEMON_PORT": "2000",
		}),
	},
	{
		ID: "environment-runtime-dir", Certainty: conformance.Recorded, Fact: "LAMBDA_RUNTIME_DIR is /var/runtime",
		Test: has(map[string]string{"LAMBDA_RUNTIME_DIR": "/var/runtime"}),
	},
	{
		ID: "environment-locale", Certainty: conformance.Recorded, Fact: "LANG is en_US.UTF-8, and TZ is :UTC",
		Test: has(map[string]string{"LANG": "en_US.UTF-8", "TZ": ":UTC"}),
	},
	{
		ID: "environment-paths", Certainty: conformance.Recorded, Fact: "PATH and LD_LIBRARY_PATH lead to the runtime, the system and the layers in /opt",
		Test: func(t *testing.T) {
			_, got := variables(t)
			assert.Equal(t, "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin", got["PATH"])
			for _, dir := range []string{"/var/lang/lib", "/var/runtime", "/var/task/lib", "/opt/lib"} {
				assert.Contains(t, strings.Split(got["LD_LIBRARY_PATH"], ":"), dir)
			}
		},
	},
	{
		ID: "environment-user-variables", Certainty: conformance.Recorded,
		Fact: "The function's own variables are there; where Lambda has a default that is not reserved, they win",
		Test: func(t *testing.T) {
			_, got := variables(t, env("TABLE_NAME", "items = 1"), env("TZ", "Europe/Vienna"))
			assert.Equal(t, "items = 1", got["TABLE_NAME"])
			assert.Equal(t, "Europe/Vienna", got["TZ"])
		},
	},
	{
		ID: "environment-absent", Certainty: conformance.Recorded,
		Fact: "AWS_EXECUTION_ENV (custom runtimes), HOME and AWS_LAMBDA_FUNCTION_TIMEOUT are not set",
		Test: func(t *testing.T) {
			_, got := variables(t)
			for _, name := range []string{"AWS_EXECUTION_ENV", "HOME", "AWS_LAMBDA_FUNCTION_TIMEOUT"} {
				assert.NotContains(t, got, name)
			}
		},
	},
	{
		ID: "environment-trace-id", Certainty: conformance.Source,
		Fact: "_X_AMZN_TRACE_ID is set by the runtime library, for each invocation",
		Test: func(t *testing.T) {
			f := deploy(t)
			for range 2 {
				i := invoke(t, f, request{Do: "context"})
				assert.Contains(t, decode[map[string]any](t, i)["trace"], "Root="+i.TraceID+";")
			}
		},
	},
	{
		ID: "environment-log-format", Certainty: conformance.Recorded,
		Fact: "AWS_LAMBDA_LOG_FORMAT and AWS_LAMBDA_LOG_LEVEL are set only with logs in JSON",
		Test: func(t *testing.T) {
			_, text := variables(t, func(c *Config) { c.LogFormat = "Text" })
			assert.NotContains(t, text, "AWS_LAMBDA_LOG_FORMAT")
			assert.NotContains(t, text, "AWS_LAMBDA_LOG_LEVEL")
			_, json := variables(t, func(c *Config) { c.LogFormat, c.LogLevel = "JSON", "DEBUG" })
			assert.Equal(t, "JSON", json["AWS_LAMBDA_LOG_FORMAT"])
			assert.Equal(t, "DEBUG", json["AWS_LAMBDA_LOG_LEVEL"])
		},
	},
	{
		ID: "environment-size", Certainty: conformance.Documented,
		Fact: "All environment variables of a function together may have 4 KB; more is refused",
		Test: func(t *testing.T) {
			config := func(size int) Config {
				return Config{
					Name: "f", Binary: binary(t, "probe"), Dir: filepath.Join(t.TempDir(), "f"),
					Env: map[string]string{"TEXT": strings.Repeat("x", size-len(`{"TEXT":""}`))},
				}
			}
			f, err := New(config(4096))
			require.NoError(t, err)
			f.Close()
			_, err = New(config(4097))
			var refused *RequestError
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, 400, refused.Status)
			assert.Equal(t, "InvalidParameterValueException", refused.Code)
			assert.Contains(t, refused.Message, "take 4097 bytes as JSON; Lambda has room for 4096")
		},
	},
	{
		ID: "environment-reserved", Certainty: conformance.Documented,
		Fact: "A function cannot set the variables that Lambda reserves",
		Test: func(t *testing.T) {
			for _, name := range []string{
				"AWS_REGION", "AWS_LAMBDA_FUNCTION_NAME", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "_HANDLER", "_X_AMZN_TRACE_ID",
			} {
				_, err := sam.Parse("template.yaml", []byte(functionWith("Environment: {Variables: {"+name+": x}}")))
				require.ErrorContains(t, err, name)
			}
		},
	},
}

// functionWith is a template of a function that has a property besides those that it needs.
func functionWith(property string) string {
	return "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: " +
		"{CodeUri: f/, Handler: bootstrap, Runtime: provided.al2023, " + property + "}\n"
}
