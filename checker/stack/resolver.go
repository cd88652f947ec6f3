package stack

import (
	"fmt"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/sam"
)

// resolver answers the !Ref and !GetAtt of a deployed template.
type resolver struct{ *Stack }

var _ sam.Resolver = resolver{}

// Ref implements sam.Resolver with what CloudFormation's "Pseudo parameters reference" and the Ref
// sections of the resources say.
func (r resolver) Ref(logicalID string) (string, error) {
	switch logicalID {
	case "AWS::Region":
		return r.Region, nil
	case "AWS::AccountId":
		return AccountID, nil
	case "AWS::Partition":
		return "aws", nil
	case "AWS::URLSuffix":
		return "amazonaws.com", nil
	case "AWS::StackName":
		return r.name, nil
	case "AWS::StackId":
		return fmt.Sprintf("arn:aws:cloudformation:%s:%s:stack/%s/00000000", r.Region, AccountID, r.name), nil
	}
	for _, p := range r.template.Parameters {
		if p.Name == logicalID {
			if value, given := r.given[p.Name]; given {
				return value, nil
			}
			if strings.HasPrefix(p.Type, "AWS::SSM::") {
				return "", fmt.Errorf("the value of parameter %s is in the Parameter Store, which is not here", p.Name)
			}
			if !p.HasDefault {
				return "", fmt.Errorf("parameter %s has no Default, and nobody is asked for it here", p.Name)
			}
			return p.Default, nil
		}
	}
	if name, ok := r.names[logicalID]; ok {
		if resource, _ := r.template.Resource(logicalID); resource.Type == "AWS::SQS::Queue" {
			return r.queueURL(logicalID), nil
		}
		return name, nil
	}
	if name, ok := r.apiRef(logicalID); ok {
		return name, nil
	}
	return "", fmt.Errorf("what !Ref %s gives is not known to the local stack", logicalID)
}

// GetAtt implements sam.Resolver for ARNs, and for what queues and APIs have.
func (r resolver) GetAtt(logicalID, attribute string) (string, error) {
	name, known := r.names[logicalID]
	resource, _ := r.template.Resource(logicalID)
	if known && attribute == "Arn" {
		switch resource.Type {
		case "AWS::Serverless::Function", "AWS::Lambda::Function":
			return r.arn("lambda", "function:"+name), nil
		case "AWS::DynamoDB::Table", "AWS::Serverless::SimpleTable":
			return r.arn("dynamodb", "table/"+name), nil
		}
	}
	if known && resource.Type == "AWS::SQS::Queue" {
		if value, ok := r.queueAttribute(logicalID, attribute); ok {
			return value, nil
		}
	}
	if known && resource.Type == "AWS::S3::Bucket" {
		if value, ok := r.bucketAttribute(logicalID, attribute); ok {
			return value, nil
		}
	}
	if value, ok := r.apiAttribute(logicalID, attribute); ok {
		return value, nil
	}
	// SAM makes a role for each function; one of the template is not deployed.
	function, ok := strings.CutSuffix(logicalID, "Role")
	if ok && attribute == "Arn" && r.isFunction(function) && resource.Type == "" {
		return fmt.Sprintf("arn:aws:iam::%s:role/%s-role", AccountID, function), nil
	}
	return "", fmt.Errorf("what !GetAtt %s.%s gives is not known to the local stack", logicalID, attribute)
}

func (r resolver) isFunction(logicalID string) bool {
	return slices.ContainsFunc(r.template.Functions, func(f *sam.Function) bool { return f.LogicalID == logicalID })
}

func (r resolver) arn(service, resource string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, r.Region, AccountID, resource)
}
