package sam

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Function is a Lambda function, with Globals.Function merged in.
type Function struct {
	Resource
	FunctionName Value  // zero if AWS is to choose one
	CodeUri      string // directory of the code, relative to the template's; "." if not given
	Handler      string
	Runtime      string // such as "provided.al2023"

	Architecture string        // "x86_64" or "arm64"
	MemorySize   int           // MB
	Timeout      time.Duration // whole seconds

	Environment map[string]Value // variables; never nil
	Policies    []Policy
	Events      []Event
	Tags        map[string]Value // never nil

	VpcConfig       *VpcConfig // nil outside a VPC
	Tracing         string     // "Active", "PassThrough", "Disabled", or "" if not given
	Logging         Logging
	DeadLetterQueue *DeadLetterQueue // for asynchronous invocations; nil if there is none

	// ReservedConcurrency is nil if none is reserved; 0 lets the function never run.
	ReservedConcurrency *int

	BuildMethod string // Metadata.BuildMethod, such as "go1.x" or "makefile"; "" if not given
}

// VpcConfig places a function in a VPC.
type VpcConfig struct {
	SubnetIds        []Value
	SecurityGroupIds []Value
}

// Logging is a function's LoggingConfig.
type Logging struct {
	LogFormat           string // "Text" or "JSON"
	ApplicationLogLevel string // such as "INFO"; "" if not given
	SystemLogLevel      string
	LogGroup            Value
}

// DeadLetterQueue is where events go that an asynchronous invocation could not process.
type DeadLetterQueue struct {
	Type      string // "SQS" or "SNS"
	TargetArn Value
}

// Lambda's defaults and limits.
const (
	defaultTimeout, maxTimeout          = 3, 900 // seconds
	defaultMemory, minMemory, maxMemory = 128, 128, 10240
	maxReservedConcurrency              = 1_000_000
	architectureX86, architectureARM    = "x86_64", "arm64"
	logFormatText, logFormatJSON        = "Text", "JSON"
)

// Runtimes for Go, and those that were once.
var (
	goRuntimes     = []string{"provided.al2023", "provided.al2"}
	formerRuntimes = []string{"go1.x", "provided"}
)

var variableName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]+$`)

// reservedVariables are set by Lambda; it refuses a function that sets them itself.
var reservedVariables = []string{
	"AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV",
	"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
	"AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
	"AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
	"LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
}

func (d *decoder) function(r Resource, o *object) {
	f := &Function{
		Resource:     r,
		FunctionName: o.value("FunctionName"),
		CodeUri:      d.codeURI(o),
		Handler:      o.text("Handler"),
		Runtime:      d.runtime(o),
		Architecture: d.architecture(o),
		MemorySize:   o.integer("MemorySize", defaultMemory, minMemory, maxMemory, "MB"),
		Timeout:      o.seconds("Timeout", defaultTimeout, 1, maxTimeout),
		Environment:  map[string]Value{},
		Policies:     d.policies(o),
		Tags:         o.valueMap("Tags"),
		Tracing:      o.oneOf("Tracing", "", "Active", "PassThrough", "Disabled"),
		Logging:      d.logging(o),
	}
	if environment := o.object("Environment"); environment != nil {
		f.Environment = environment.valueMap("Variables")
		d.checkVariables(environment)
		environment.done("property of Environment")
	}
	if vpc := o.object("VpcConfig"); vpc != nil {
		f.VpcConfig = &VpcConfig{SubnetIds: vpc.values("SubnetIds"), SecurityGroupIds: vpc.values("SecurityGroupIds")}
		vpc.skip("Ipv6AllowedForDualStack")
		vpc.done("property of VpcConfig")
	}
	if queue := o.object("DeadLetterQueue"); queue != nil {
		f.DeadLetterQueue = &DeadLetterQueue{Type: queue.oneOf("Type", "", "SQS", "SNS"), TargetArn: queue.value("TargetArn")}
		queue.require("Type", "TargetArn")
		queue.done("property of DeadLetterQueue")
	}
	if o.has("ReservedConcurrentExecutions") {
		n := o.integer("ReservedConcurrentExecutions", 0, 0, maxReservedConcurrency, "")
		f.ReservedConcurrency = &n
	}
	if r.Metadata != nil {
		if method := child(r.Metadata, "BuildMethod"); method != nil {
			f.BuildMethod, _ = d.plain(method)
		}
	}
	f.Untyped = o.untyped(
		"AssumeRolePolicyDocument", "AutoPublishAlias", "AutoPublishAliasAllProperties", "AutoPublishCodeSha256",
		"CapacityProviderConfig", "CodeSigningConfigArn", "DeploymentPreference", "Description", "DurableConfig",
		"EphemeralStorage", "EventInvokeConfig", "FileSystemConfigs", "FunctionScalingConfig", "FunctionUrlConfig",
		"ImageConfig", "ImageUri", "InlineCode", "KmsKeyArn", "Layers", "PackageType", "PermissionsBoundary",
		"PropagateTags", "ProvisionedConcurrencyConfig", "PublishToLatestPublished", "RecursiveLoop", "Role",
		"RolePath", "RuntimeManagementConfig", "SnapStart", "SourceKMSKeyArn", "TenancyConfig",
		"VersionDeletionPolicy", "VersionDescription",
	)
	if f.Untyped["ImageUri"] == nil && f.Untyped["PackageType"] == nil {
		o.require("Handler", "Runtime")
	}
	d.generated[r.LogicalID+"Role"] = "AWS::IAM::Role"
	d.generated[r.LogicalID+"Url"] = "AWS::Lambda::Url"
	if alias := f.Untyped["AutoPublishAlias"]; alias != nil {
		d.generated[r.LogicalID+"Alias"+alias.Value] = "AWS::Lambda::Alias"
	}
	f.Events = d.events(r.LogicalID, o)
	o.done("property of " + r.Type)
	d.result.Functions = append(d.result.Functions, f)
}

// runtime refuses what cannot run Go on AWS. A foreign template may have functions in other languages, too.
func (d *decoder) runtime(o *object) string {
	n, name := o.get("Runtime"), o.text("Runtime")
	switch {
	case name == "" || d.lenient || slices.Contains(goRuntimes, name):
	case slices.Contains(formerRuntimes, name):
		d.problem(n, "%s is deprecated, and Lambda makes no function with it any more; write provided.al2023, which runs the executable bootstrap", name)
	default:
		d.problem(n, "is %q, which runs no Go; write provided.al2023", name)
	}
	return name
}

func (d *decoder) codeURI(o *object) string {
	n := o.get("CodeUri")
	if n != nil && (n.Kind == yaml.MappingNode && !isFunction(n) || strings.HasPrefix(n.Value, "s3://")) {
		d.limit(n, "AWS takes code from S3, and the checker does not; give the directory of the function's source here")
		return ""
	}
	uri := o.textOr("CodeUri", ".")
	if n != nil && !d.lenient && !filepath.IsLocal(filepath.FromSlash(uri)) {
		d.problem(n, "is %q, which leads out of the template's directory; give a directory below it", uri)
		return ""
	}
	return uri
}

func (d *decoder) architecture(o *object) string {
	n := o.get("Architectures")
	if n == nil {
		return architectureX86
	}
	all := o.texts("Architectures")
	if len(all) != 1 {
		// Globals' list and the function's are joined, which people do not expect.
		d.problem(n, "has %d values %q, counting those of Globals; Lambda takes exactly one", len(all), all)
		return architectureX86
	}
	if options := []string{architectureX86, architectureARM}; !slices.Contains(options, all[0]) {
		d.problem(n, "%q is not an architecture of Lambda%s; it has x86_64 and arm64", all[0], strings.TrimSuffix(didYouMean(all[0], options), "?"))
	}
	return all[0]
}

func (d *decoder) logging(o *object) Logging {
	l := Logging{LogFormat: logFormatText}
	if config := o.object("LoggingConfig"); config != nil {
		l.LogFormat = config.oneOf("LogFormat", logFormatText, logFormatText, logFormatJSON)
		l.ApplicationLogLevel = config.oneOf("ApplicationLogLevel", "", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
		l.SystemLogLevel = config.oneOf("SystemLogLevel", "", "DEBUG", "INFO", "WARN")
		l.LogGroup = config.value("LogGroup")
		config.done("property of LoggingConfig")
	}
	return l
}

func (d *decoder) checkVariables(environment *object) {
	variables := environment.object("Variables")
	if variables == nil {
		return
	}
	for _, name := range variables.keys {
		switch {
		case !variableName.MatchString(name):
			d.problem(variables.key(name), "%q is not a name that Lambda takes; use letters, digits and _, at least two, beginning with a letter", name)
		case slices.Contains(reservedVariables, name):
			d.problem(variables.key(name), "%s is set by Lambda, which refuses functions that set it; use another name", name)
		}
	}
}
