package stack

import (
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/wire/iam"
)

// A place is a table, queue or bucket of the template.
type place struct {
	logicalID string
	physical  string // the name
	service   string
	rest      string // what follows the name in an ARN: /index/by-day, /key
	notifying string // the name as it is written in the template, of a bucket that cannot be referred to
}

// places find the resource of the template that an ARN is of.
type places struct{ r resolver }

func (s *Stack) places() places { return places{resolver{s}} }

// of finds the table, queue or bucket that an ARN is of.
func (p places) of(arn string) (place, bool) {
	for id, name := range p.r.names {
		resource, _ := p.r.template.Resource(id)
		at := place{logicalID: id, physical: name}
		var whole string
		switch resource.Type {
		case "AWS::DynamoDB::Table", "AWS::Serverless::SimpleTable":
			at.service, whole = "dynamodb", p.r.resourceARN("dynamodb", "table/"+name)
		case "AWS::SQS::Queue":
			at.service, whole = "sqs", p.r.resourceARN("sqs", name)
		case "AWS::S3::Bucket":
			at.service, whole, at.notifying = "s3", p.r.resourceARN("s3", name), p.notifying(id)
		default:
			continue
		}
		rest, ok := strings.CutPrefix(arn, whole)
		if ok && (rest == "" || rest[0] == '/') {
			at.rest = rest
			return at, true
		}
	}
	return place{}, false
}

// name is an ARN in the template's words: ItemsTable, ItemsTable/index/by-day. What is not of the template
// stays as it is.
func (p places) name(arn string) string {
	if at, ok := p.of(arn); ok {
		return at.logicalID + at.rest
	}
	return arn
}

// Declared is the logical id of the table, queue or bucket that an ARN is of, in whatever region; "" if it is none of the template's.
func (s *Stack) Declared(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && parts[3] != "" {
		arn = s.places().r.resourceARN(parts[2], parts[5])
	}
	at, _ := s.places().of(arn)
	return at.logicalID
}

// parameter is what a policy template calls the resource, and what is written for it.
func (at place) parameter() (name, value string) {
	switch {
	case at.service == "sqs":
		return "QueueName", "!GetAtt " + at.logicalID + ".QueueName"
	case at.notifying != "":
		return "BucketName", at.notifying
	case at.service == "s3":
		return "BucketName", "!Ref " + at.logicalID
	}
	return "TableName", "!Ref " + at.logicalID
}

// notifying is the name of a bucket as the template has it, if the bucket notifies a function: it is made after that one and
// its role, which cannot refer to it. It is "" for any other.
func (p places) notifying(logicalID string) string {
	for _, f := range p.r.template.Functions {
		for _, e := range f.Events {
			if s3, ok := e.Source.(*sam.S3Event); !ok || s3.Bucket != logicalID {
				continue
			}
			for _, b := range p.r.template.Buckets {
				if b.LogicalID == logicalID {
					return b.BucketName.String()
				}
			}
		}
	}
	return ""
}

// written is the ARN of the resource as it is written in a template. The keys of a bucket are one.
func (at place) written() string {
	text, isSub := strings.CutPrefix(at.notifying, `!Sub "`)
	switch {
	case at.notifying != "" && (isSub || !strings.HasPrefix(at.notifying, "!")):
		arn := "!Sub arn:${AWS::Partition}:s3:::" + strings.TrimSuffix(text, `"`)
		if at.rest != "" {
			arn += "/*"
		}
		return arn
	case at.rest == "":
		return "!GetAtt " + at.logicalID + ".Arn"
	case at.service == "s3":
		return "!Sub ${" + at.logicalID + ".Arn}/*"
	}
	return "!Sub ${" + at.logicalID + ".Arn}" + at.rest
}

// covers tells whether a policy template for the resource allows all uses.
func (p places) covers(template string, at place, uses []Use) bool {
	parameter, _ := at.parameter()
	policy := iam.Policy(p.r.templateStatements(template, map[string]string{parameter: at.physical}))
	return !slices.ContainsFunc(uses, func(u Use) bool { return !policy.Decide(u.Request).Allowed })
}

// modest are the policy templates that allow one kind of thing. Those that allow all kinds are no advice for
// least privilege.
var modest = []string{"DynamoDBReadPolicy", "DynamoDBWritePolicy", "SQSSendMessagePolicy", "SQSPollerPolicy", "S3ReadPolicy", "S3WritePolicy"}

// YAML is the Policies to write for what was used, lines of a template: for each resource the policy template
// that covers it, or else a statement with the actions that were used. What is not of the template, such as
// a table of another name, is a comment: a permission would not help there.
func (p Permissions) YAML() []string {
	var order []string
	byID := map[string][]Use{}
	lines := []string{"Policies:"}
	for _, u := range p.Used {
		at, ok := p.places.of(u.Resource)
		if !ok {
			add(&lines, "  # "+u.Action+" on "+u.On+", which is not a resource of this template")
			continue
		}
		add(&order, at.logicalID)
		byID[at.logicalID] = append(byID[at.logicalID], u)
	}
	for _, id := range order {
		lines = append(lines, p.policyYAML(byID[id])...)
	}
	if len(p.Used) == 0 {
		return []string{"Policies: []"}
	}
	return lines
}

func (p Permissions) policyYAML(uses []Use) []string {
	at, _ := p.places.of(uses[0].Resource)
	for _, name := range modest {
		if p.places.covers(name, at, uses) {
			parameter, value := at.parameter()
			return []string{"  - " + name + ":", "      " + parameter + ": " + value}
		}
	}
	// A statement for each resource: what is done to a table is not what is done to its indexes.
	var resources []string
	actions := map[string][]string{}
	for _, u := range uses {
		at, _ := p.places.of(u.Resource)
		list := actions[at.written()]
		add(&list, u.Action)
		add(&resources, at.written())
		actions[at.written()] = list
	}
	lines := []string{"  - Statement:"}
	for _, resource := range resources {
		lines = append(lines, "      - Effect: Allow", "        Action:")
		for _, action := range actions[resource] {
			lines = append(lines, "          - "+action)
		}
		lines = append(lines, "        Resource: "+resource)
	}
	return lines
}
