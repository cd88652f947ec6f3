package lesson06

import (
	"fmt"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/sam"
	"example.com/serverless-patterns/checker/wire/iam"
)

var dynamoDBEndpoint = check.Check{
	ID:          "dynamodb-endpoint",
	Requirement: "DynamoDB is reached by a gateway endpoint, from every subnet that the function is in",
	Why: "DynamoDB is not in the VPC. Without an endpoint its traffic needs a NAT gateway, which is paid by the hour and by the gigabyte; with neither, each call " +
		"hangs. A gateway endpoint costs nothing, and is a route: subnets whose route table it does not name do not have it.",
	Next: "Declare an AWS::EC2::VPCEndpoint with ServiceName: !Sub com.amazonaws.${AWS::Region}.dynamodb, and the route tables of the function's subnets in RouteTableIds.",
	Run: func(t *check.T) {
		n := lookAtNetwork(t)
		serving := map[string]sam.Endpoint{}
		for _, e := range n.Endpoints {
			n.requireService(e)
			if e.Service == dynamoDB && e.Gateway {
				for _, table := range e.RouteTables {
					serving[table] = e
				}
			}
		}
		for _, s := range n.subnets {
			routes := n.RouteTable(s.LogicalID)
			endpoint, served := serving[routes]
			switch {
			case len(serving) == 0:
				n.fail(s.Line, s.LogicalID, "no gateway endpoint for DynamoDB in any route table", "a gateway endpoint whose RouteTableIds name the route table of "+s.LogicalID)
			case routes == "":
				n.fail(s.Line, s.LogicalID, "no route table of its own, so it has the VPC's main one, which the endpoint does not name",
					"an AWS::EC2::SubnetRouteTableAssociation with a route table that the endpoint names")
			case !served:
				n.fail(s.Line, s.LogicalID, fmt.Sprintf("the route table %s, which no gateway endpoint for DynamoDB names", routes), "a route table that is among the RouteTableIds of the endpoint")
			}
			n.requirePassage(s, endpoint)
		}
	},
}

// dynamoDB is the service of the endpoint.
const dynamoDB = "dynamodb"

// requireService requires that AWS makes an endpoint that is meant to be one for DynamoDB.
func (n *network) requireService(e sam.Endpoint) {
	switch {
	case e.Service == "" && strings.Contains(e.ServiceName, dynamoDB):
		n.refuse(e.Line, e.LogicalID, check.Finding{
			Got:  "the ServiceName " + e.ServiceName,
			Want: "the name of a service of AWS's, such as com.amazonaws.eu-central-1.dynamodb",
			Why: "AWS makes no endpoint for a service that it does not know: \"The Vpc Endpoint Service … does not exist\". CloudFormation then takes back all that it had made of the stack. " +
				"It replaces ${AWS::Region} only in a text of !Sub.",
			Next: "Write ServiceName: !Sub com.amazonaws.${AWS::Region}.dynamodb.",
		})
	case e.Service == dynamoDB && e.Gateway && len(e.RouteTables) == 0 && len(e.OfInterfaces) == 0:
		n.refuse(e.Line, e.LogicalID, check.Finding{
			Got:  "a gateway endpoint without RouteTableIds",
			Want: "a gateway endpoint with RouteTableIds, which name the route tables of the function's subnets",
			Next: "Give " + e.LogicalID + " RouteTableIds.",
		})
	case e.Service == dynamoDB && len(e.OfInterfaces) > 0:
		n.refuse(e.Line, e.LogicalID, check.Finding{
			Got:  "a gateway endpoint with " + strings.Join(e.OfInterfaces, " and "),
			Want: "a gateway endpoint with RouteTableIds",
			Why: "A gateway endpoint is a route. It has no network interface that could be in a subnet, or in a security group, so AWS refuses it with these properties: " +
				"\"Subnet IDs are only supported for Interface and GatewayLoadBalancer type VPC Endpoints\".",
			Next: fmt.Sprintf("Take %s out of %s, and name the route tables of the function's subnets in RouteTableIds.", strings.Join(e.OfInterfaces, " and "), e.LogicalID),
		})
	}
}

// requirePassage requires that what goes from a subnet to DynamoDB by an endpoint gets there.
func (n *network) requirePassage(s *sam.Subnet, e sam.Endpoint) {
	vpc := n.VPC(s.VPC)
	if vpc != nil && n.VPC(e.VPC) != nil && e.VPC != s.VPC {
		n.refuse(e.Line, e.LogicalID, check.Finding{
			Got:  fmt.Sprintf("an endpoint of %s for a route table of %s, which is a subnet of %s", e.VPC, s.LogicalID, s.VPC),
			Want: "VpcId: !Ref " + s.VPC,
			Why:  "An endpoint adds its route to tables of its own VPC. AWS refuses one that names those of another.",
			Next: "Give the endpoint the VpcId of the function's subnets.",
		})
	}
	if vpc != nil && !vpc.Resolves {
		n.refuse(vpc.Line, vpc.LogicalID, check.Finding{
			Got:  "EnableDnsSupport: false, so no name is looked up in the VPC",
			Want: "EnableDnsSupport: true, which is AWS's default",
			Why: "The endpoint is a route to DynamoDB's addresses, and the SDK asks for these by DynamoDB's name. With EnableDnsSupport: false nobody answers at the VPC's resolver: " +
				"no call is sent, neither to DynamoDB nor to services that are called by name.",
			Next: "Set EnableDnsSupport of the VPC to true, or take the line out.",
		})
	}
	if e.Policy == nil {
		return // AWS's own allows everything
	}
	var allowed iam.Policy
	for _, statement := range e.Policy {
		if statement.Effect == string(iam.Allow) {
			allowed = append(allowed, iam.Statement{Effect: iam.Allow, Actions: statement.Actions, NotActions: statement.NotActions, Resources: []string{"*"}})
		}
	}
	item := stocked(n.t)
	reply := n.t.API(api).Send(request(item)).About(idOf(item))
	for _, c := range n.t.Function(function).Calls(reply.Invocation) {
		for _, d := range c.Decisions {
			if !allowed.Decide(d.Request).Allowed {
				n.refuse(e.Line, e.LogicalID, check.Finding{
					Got:  fmt.Sprintf("a PolicyDocument that allows %s, and not %s, which the function needs", strings.Join(actions(allowed), ", "), d.Action),
					Want: "a PolicyDocument that allows what the function does, or none",
					Why: "What goes by an endpoint has to be allowed by the endpoint's policy, and by the function's: DynamoDB answers AccessDeniedException if one of them does not. " +
						"An endpoint without a PolicyDocument allows everything, and the function's policies decide alone.",
					Next:     fmt.Sprintf("Allow %s in the PolicyDocument of %s, or take the PolicyDocument out.", d.Action, e.LogicalID),
					Evidence: []string{c.String()},
				})
			}
		}
	}
}

// actions are those that statements are about.
func actions(p iam.Policy) (all []string) {
	for _, s := range p {
		all = append(all, s.Actions...)
		for _, a := range s.NotActions {
			all = append(all, "all but "+a)
		}
	}
	if len(all) == 0 {
		return []string{"nothing"}
	}
	return slices.Compact(all)
}
