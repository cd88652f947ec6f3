package sam

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// globalNames are the properties that SAM takes in each part of Globals; nil where that is not checked.
var globalNames = map[string][]string{
	"Api": {
		"AccessLogSetting", "AlwaysDeploy", "Auth", "BinaryMediaTypes", "CacheClusterEnabled", "CacheClusterSize",
		"CanarySetting", "Cors", "DefinitionUri", "Domain", "EndpointAccessMode", "EndpointConfiguration",
		"GatewayResponses", "MergeDefinitions", "MethodSettings", "MinimumCompressionSize", "Name", "OpenApiVersion",
		"PropagateTags", "SecurityPolicy", "Tags", "TracingEnabled", "Variables",
	},
	"Function": {
		"Architectures", "AssumeRolePolicyDocument", "AutoPublishAlias", "AutoPublishAliasAllProperties",
		"CapacityProviderConfig", "CodeSigningConfigArn", "CodeUri", "DeadLetterQueue", "DeploymentPreference",
		"Description", "DurableConfig", "Environment", "EphemeralStorage", "EventInvokeConfig", "FileSystemConfigs",
		"FunctionScalingConfig", "FunctionUrlConfig", "Handler", "KmsKeyArn", "Layers", "LoggingConfig", "MemorySize",
		"PermissionsBoundary", "PropagateTags", "ProvisionedConcurrencyConfig", "PublishToLatestPublished",
		"RecursiveLoop", "ReservedConcurrentExecutions", "RolePath", "Runtime", "RuntimeManagementConfig", "SnapStart",
		"SourceKMSKeyArn", "Tags", "TenancyConfig", "Timeout", "Tracing", "VersionDeletionPolicy", "VpcConfig",
	},
	"HttpApi": {
		"AccessLogSettings", "Auth", "CorsConfiguration", "DefaultRouteSettings", "Domain", "FailOnWarnings",
		"PropagateTags", "RouteSettings", "StageVariables", "Tags",
	},
	"SimpleTable": {"SSESpecification"},

	"CapacityProvider": nil, "LayerVersion": nil, "MicrovmImage": nil, "NetworkConnector": nil,
	"StateMachine": nil, "WebFunction": nil, "WebSocketApi": nil,
}

func (d *decoder) readGlobals(section *object) {
	for _, name := range slices.Sorted(maps.Keys(globalNames)) {
		known := globalNames[name]
		part := section.object(name)
		if part == nil {
			continue
		}
		if known == nil {
			continue // its resources are not typed here
		}
		// Only what SAM takes is handed on, so that a fault is reported once.
		refused := slices.DeleteFunc(slices.Clone(part.keys), func(key string) bool { return slices.Contains(known, key) })
		d.globals[name] = without(part.node, refused)
		part.skip(known...)
		for _, key := range part.keys {
			// SAM refuses these in Globals, and people try.
			if name == "Function" && slices.Contains([]string{"Policies", "Events", "FunctionName", "Role"}, key) {
				part.skip(key)
				d.problem(part.key(key), "%s cannot be set for all functions; move it into each function", key)
			}
		}
		part.done("property that Globals." + name + " may have")
	}
	section.done("part of Globals")
}

// properties returns those of a resource with Globals merged in, less what its IgnoreGlobals names.
func (d *decoder) properties(resource *object) *yaml.Node {
	own := resource.get("Properties")
	if own == nil || isNull(own) {
		line := resource.node
		own = d.node(&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: line.Line, Column: line.Column}, d.paths[line]+".Properties")
	}
	kind, _ := strings.CutPrefix(resource.fields["Type"].value.Value, "AWS::Serverless::")
	global := d.globals[kind]
	ignore := resource.get("IgnoreGlobals")
	if global == nil || kind == resource.fields["Type"].value.Value {
		return own
	}
	if ignore != nil && ignore.Value == "*" {
		return own
	}
	if ignore != nil {
		global = without(global, resource.texts("IgnoreGlobals"))
	}
	return d.merge(global, own)
}

func without(mapping *yaml.Node, names []string) *yaml.Node {
	out := *mapping
	out.Content = nil
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if !slices.Contains(names, mapping.Content[i].Value) {
			out.Content = append(out.Content, mapping.Content[i], mapping.Content[i+1])
		}
	}
	return &out
}

// merge puts a resource's own value over that of Globals, as SAM does: mappings key by key, lists one
// after the other, everything else (functions too) replaced.
func (d *decoder) merge(global, own *yaml.Node) *yaml.Node {
	if global.Kind != own.Kind || isFunction(global) || isFunction(own) {
		return own
	}
	out := *own
	switch own.Kind {
	case yaml.SequenceNode:
		out.Content = slices.Concat(global.Content, own.Content)
	case yaml.MappingNode:
		out.Content = slices.Clone(global.Content)
		for i := 0; i+1 < len(own.Content); i += 2 {
			key, value := own.Content[i], own.Content[i+1]
			at := 0
			for at < len(global.Content) && global.Content[at].Value != key.Value {
				at += 2
			}
			if at < len(global.Content) {
				out.Content[at], out.Content[at+1] = key, d.merge(global.Content[at+1], value)
				continue
			}
			out.Content = append(out.Content, key, value)
		}
	default:
		return own
	}
	return d.node(&out, d.paths[own])
}
