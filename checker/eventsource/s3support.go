package eventsource

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/sam"
)

// eventTypes are those of "Event notification types and destinations" in the S3 User Guide.
var eventTypes = []string{
	"s3:TestEvent", "s3:ObjectCreated:*", "s3:ObjectCreated:Put", "s3:ObjectCreated:Post", "s3:ObjectCreated:Copy",
	"s3:ObjectCreated:CompleteMultipartUpload", "s3:ObjectRemoved:*", "s3:ObjectRemoved:Delete", "s3:ObjectRemoved:DeleteMarkerCreated",
	"s3:ObjectRestore:*", "s3:ObjectRestore:Post", "s3:ObjectRestore:Completed", "s3:ObjectRestore:Delete", "s3:ReducedRedundancyLostObject",
	"s3:Replication:*", "s3:Replication:OperationFailedReplication", "s3:Replication:OperationMissedThreshold",
	"s3:Replication:OperationReplicatedAfterThreshold", "s3:Replication:OperationNotTracked", "s3:LifecycleExpiration:*",
	"s3:LifecycleExpiration:Delete", "s3:LifecycleExpiration:DeleteMarkerCreated", "s3:LifecycleTransition", "s3:IntelligentTiering",
	"s3:ObjectTagging:*", "s3:ObjectTagging:Put", "s3:ObjectTagging:Delete", "s3:ObjectAcl:Put",
}

func (c configuration) refuse(code, message string) error {
	return &RequestError{c.template, c.line, c.function, c.name, code, message}
}

// refusedConfigurations is what S3 says when a bucket is to notify what it cannot.
func refusedConfigurations(all []configuration) error {
	for n, c := range all {
		for _, event := range c.events {
			if !slices.Contains(eventTypes, event) {
				return c.refuse("InvalidArgument", "The event '"+event+"' is not supported for notifications")
			}
		}
		for _, other := range all[:n] {
			if c.bucket == other.bucket && c.overlaps(other) {
				return c.refuse("InvalidArgument", "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules "+
					"if the prefixes are overlapping for the same event type.")
			}
		}
	}
	return nil
}

// overlaps tells whether one change could fit both, so far as S3 looks.
func (c configuration) overlaps(other configuration) bool {
	sameType := slices.ContainsFunc(c.events, func(a string) bool {
		return slices.ContainsFunc(other.events, func(b string) bool { return covers(a, b) || covers(b, a) })
	})
	return sameType && (strings.HasPrefix(c.prefix, other.prefix) || strings.HasPrefix(other.prefix, c.prefix)) &&
		(strings.HasSuffix(c.suffix, other.suffix) || strings.HasSuffix(other.suffix, c.suffix))
}

// circular is what CloudFormation says of a function whose variables or policies refer to the bucket that notifies it: the
// bucket is made after the function that it notifies, and the function, by its role, after the bucket.
func circular(t *sam.Template, f *sam.Function, e sam.Event, bucket string) error {
	refers := func(values ...sam.Value) bool {
		return slices.ContainsFunc(values, func(v sam.Value) bool {
			return slices.ContainsFunc(v.References(), func(r sam.Reference) bool { return r.LogicalID == bucket })
		})
	}
	var by string
	for _, name := range slices.Sorted(maps.Keys(f.Environment)) {
		if refers(f.Environment[name]) {
			by = "the variable " + name
		}
	}
	for _, p := range f.Policies {
		switch p := p.(type) {
		case *sam.PolicyTemplate:
			for _, v := range p.Parameters {
				if refers(v) {
					by = "the policy " + p.Name
				}
			}
		case *sam.PolicyStatement:
			if refers(append(slices.Clone(p.Resources), p.NotResources...)...) {
				by = "a statement of its policies"
			}
		}
	}
	if by == "" {
		return nil
	}
	return &RequestError{t.File, e.Line, f.LogicalID, e.Name, "ValidationError", fmt.Sprintf(
		"Circular dependency between resources: [%s, %s, %sRole, %s%sPermission]: %s refers to %s, which can be made only after the function that it notifies",
		bucket, f.LogicalID, f.LogicalID, f.LogicalID, e.Name, by, bucket)}
}
