package sandbox

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"

	"example.com/serverless-patterns/checker/sandbox/isolation"
)

// lambdaEnvironment is what provided.al2023 sets for every function: "Defined runtime environment
// variables" in the AWS Lambda Developer Guide, less AWS_EXECUTION_ENV, which custom runtimes do not
// get, and HOME, which is not there either. _X_AMZN_TRACE_ID is set by the runtime itself.
func lambdaEnvironment(c Config, logStream string) map[string]string {
	return map[string]string{
		"_HANDLER":                        c.Handler,
		"AWS_REGION":                      c.Region,
		"AWS_DEFAULT_REGION":              c.Region,
		"AWS_LAMBDA_FUNCTION_NAME":        c.Name,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": fmt.Sprint(c.MemorySize),
		"AWS_LAMBDA_FUNCTION_VERSION":     "$LATEST",
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       "/aws/lambda/" + c.Name,
		"AWS_LAMBDA_LOG_STREAM_NAME":      logStream,
		"AWS_XRAY_CONTEXT_MISSING":        "LOG_ERROR",
		"AWS_XRAY_DAEMON_ADDRESS":         "169.254.100.1:2000",
		"_AWS_XRAY_DAEMON_ADDRESS":        "169.254.100.1",
		"_AWS_XRAY_DAEMON_PORT":           "2000",
		"LAMBDA_RUNTIME_DIR":              isolation.RuntimeDir,
		"LAMBDA_TASK_ROOT":                isolation.TaskRoot,
		"LANG":                            "en_US.UTF-8",
		"LD_LIBRARY_PATH":                 "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
		"PATH":                            "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
		"TZ":                              ":UTC",
	}
}

// localEnvironment is everything that differs from Lambda because the function runs here. It is kept
// as short as it can be: each line is something that a function could notice.
func localEnvironment(e *environment) map[string]string {
	all := map[string]string{
		// Lambda has these too, with other values.
		"AWS_LAMBDA_RUNTIME_API": e.api.address(),
		"AWS_ACCESS_KEY_ID":      e.credentials.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY":  e.credentials.SecretAccessKey,
		"AWS_SESSION_TOKEN":      e.credentials.SessionToken,
		// Lambda does not set these.
		"AWS_ENDPOINT_URL":          e.function.config.Endpoint, // every SDK client calls the checker, not AWS
		"AWS_EC2_METADATA_DISABLED": "true",                     // nothing looks for an instance role
	}
	if !e.function.isolated {
		maps.Copy(all, map[string]string{
			"LAMBDA_TASK_ROOT": e.view.Task,
			"TMPDIR":           e.view.Tmp,
			// Without HOME, the SDK finds the user's own ~/.aws all the same, by the password file.
			"AWS_CONFIG_FILE":             os.DevNull,
			"AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		})
	}
	return all
}

// environ is the whole environment of the process, sorted. A function's own variables win over
// Lambda's defaults, as for TZ and LANG on AWS, but not over what makes the run local.
func (e *environment) environ() []string {
	all := lambdaEnvironment(e.function.config, e.id)
	maps.Copy(all, e.function.config.Env)
	maps.Copy(all, e.variables)
	maps.Copy(all, localEnvironment(e))
	if c := e.function.config; c.LogFormat == "JSON" {
		all["AWS_LAMBDA_LOG_FORMAT"], all["AWS_LAMBDA_LOG_LEVEL"] = "JSON", cmp.Or(c.LogLevel, "INFO")
	}
	if e.function.config.Endpoint == "" {
		delete(all, "AWS_ENDPOINT_URL")
	}
	list := make([]string, 0, len(all))
	for name, value := range all {
		list = append(list, name+"="+value)
	}
	slices.Sort(list)
	return list
}
