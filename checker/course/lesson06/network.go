package lesson06

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/sam"
)

// network is what the template declares of the VPC, and where it puts the function there.
type network struct {
	t *check.T
	sam.Network
	function *sam.Function
	subnets  []*sam.Subnet
}

var inVPC = check.Check{
	ID:          "in-vpc",
	Requirement: "The function is in the VPC, where its services are",
	Why: "The three services have addresses within the VPC alone, so this function needs to be there. It is the one reason to put a function into a VPC: " +
		"DynamoDB and the internet are reached from outside of it without any of what this template has to declare.",
	Next: "Give QuoteFunction a VpcConfig with SubnetIds and SecurityGroupIds of the template.",
	Run:  func(t *check.T) { lookAtNetwork(t) },
}

// lookAtNetwork reads the template, and requires that the function is in subnets that it declares.
func lookAtNetwork(t *check.T) *network {
	services(t)
	n := &network{t: t, Network: t.Template().Network()}
	t.Function(function) // it is there
	for _, f := range t.Template().Functions {
		if f.LogicalID == function {
			n.function = f
		}
	}
	if n.function.VpcConfig == nil || len(n.function.VpcConfig.SubnetIds) == 0 {
		n.fail(n.function.Line, function, "no VpcConfig, so the function is outside of the VPC", "a VpcConfig with subnets")
	}
	for _, id := range n.function.VpcConfig.SubnetIds {
		r, _ := id.Reference()
		s := n.Subnet(r.LogicalID)
		if s == nil {
			n.fail(id.Line(), function, fmt.Sprintf("the subnet %s, which the template does not declare", id), "subnets of the template's own VPC")
		}
		n.subnets = append(n.subnets, s)
	}
	return n
}

// fail ends the check with what the template says of a resource.
func (n *network) fail(line int, resource, got, want string, evidence ...string) {
	n.t.Fail(check.Finding{
		Did: "read what the template says of " + resource, Got: got, Want: want,
		Evidence: append([]string{fmt.Sprintf("line %d of template.yaml", line)}, evidence...),
	})
}

var subnets = check.Check{
	ID:          "subnets",
	Requirement: "It is in private subnets of two Availability Zones: none of them has a route to an internet gateway",
	Why: "A function never gets a public address. In a subnet whose way out is an internet gateway, its packets leave and no answer finds back: calls hang until " +
		"they time out. And with one zone alone the function is down when that zone is.",
	Next: "Declare two AWS::EC2::Subnet with an AvailabilityZone each, of a route table without a route to the internet gateway, and name both in SubnetIds.",
	Run: func(t *check.T) {
		n := lookAtNetwork(t)
		for _, s := range n.subnets {
			for _, r := range n.RoutesOf(s.LogicalID) {
				if r.Target == "GatewayId" && r.ToType == "AWS::EC2::InternetGateway" {
					n.fail(s.Line, s.LogicalID, fmt.Sprintf("a public subnet: its route %s sends %s to the internet gateway %s", r.LogicalID, r.Destination, r.To),
						"a subnet without a route to an internet gateway", fmt.Sprintf("%s is in line %d", r.LogicalID, r.Line))
				}
			}
		}
		first := n.subnets[0]
		for _, s := range n.subnets[1:] {
			if s.Zone != "" && first.Zone != "" && s.Zone != first.Zone {
				return
			}
		}
		got := "one subnet: " + first.LogicalID
		switch chosen := slices.IndexFunc(n.subnets, func(s *sam.Subnet) bool { return s.Zone == "" }); {
		case len(n.subnets) > 1 && chosen >= 0:
			got = fmt.Sprintf("%s without an AvailabilityZone: AWS chooses one, which may be that of the others", n.subnets[chosen].LogicalID)
		case len(n.subnets) > 1:
			got = fmt.Sprintf("%d subnets, all in the zone of %s", len(n.subnets), first.LogicalID)
		}
		n.fail(n.function.Line, function, got, "subnets in two Availability Zones")
	},
}

var dynamoDBEndpoint = check.Check{
	ID:          "dynamodb-endpoint",
	Requirement: "DynamoDB is reached by a gateway endpoint, from every subnet that the function is in",
	Why: "DynamoDB is not in the VPC. Without an endpoint its traffic needs a NAT gateway, which is paid by the hour and by the gigabyte; with neither, each call " +
		"hangs. A gateway endpoint costs nothing, and is a route: subnets whose route table it does not name do not have it.",
	Next: "Declare an AWS::EC2::VPCEndpoint with ServiceName: !Sub com.amazonaws.${AWS::Region}.dynamodb, and the route tables of the function's subnets in RouteTableIds.",
	Run: func(t *check.T) {
		n := lookAtNetwork(t)
		served := map[string]bool{}
		for _, e := range n.Endpoints {
			if e.Service == "dynamodb" && e.Gateway {
				for _, table := range e.RouteTables {
					served[table] = true
				}
			}
		}
		for _, s := range n.subnets {
			routes := n.RouteTable(s.LogicalID)
			switch {
			case len(served) == 0:
				n.fail(s.Line, s.LogicalID, "no gateway endpoint for DynamoDB in any route table", "a gateway endpoint whose RouteTableIds name the route table of "+s.LogicalID)
			case routes == "":
				n.fail(s.Line, s.LogicalID, "no route table of its own, so it has the VPC's main one, which the endpoint does not name",
					"an AWS::EC2::SubnetRouteTableAssociation with a route table that the endpoint names")
			case !served[routes]:
				n.fail(s.Line, s.LogicalID, fmt.Sprintf("the route table %s, which no gateway endpoint for DynamoDB names", routes), "a route table that is among the RouteTableIds of the endpoint")
			}
		}
	},
}

// The ports that the lesson's README names.
const (
	https        = 443
	servicesPort = 8080
)

var securityGroup = check.Check{
	ID:          "security-group",
	Requirement: "The function's security group lets out HTTPS for DynamoDB and port 8080 to the services, and nothing else, and lets nothing in",
	Why: "A security group without a rule for egress lets everything out. Whoever gets in through a library that was tampered with then talks to every machine of the VPC, " +
		"and to the world. Nothing ever connects to a function, so rules for ingress only mislead those who read them.",
	Next: "Give QuoteSecurityGroup a SecurityGroupEgress with two rules: tcp 443, and tcp 8080 with DestinationSecurityGroupId: !Ref ServicesSecurityGroup. Take out SecurityGroupIngress.",
	Run: func(t *check.T) {
		n := lookAtNetwork(t)
		ids := n.function.VpcConfig.SecurityGroupIds
		if len(ids) == 0 {
			n.fail(n.function.Line, function, "no SecurityGroupIds, so the function has the VPC's default group, which lets everything out", "a security group of its own")
		}
		var dynamoDB, toServices bool
		for _, id := range ids {
			r, _ := id.Reference()
			g := n.SecurityGroup(r.LogicalID)
			if g == nil {
				n.fail(id.Line(), function, fmt.Sprintf("the security group %s, which the template does not declare", id), "a security group of the template")
			}
			if len(g.Egress) == 0 {
				n.fail(g.Line, g.LogicalID, "no rule for egress, so AWS lets everything out", "rules for egress: tcp 443, and tcp 8080 to the services")
			}
			for _, rule := range g.Egress {
				switch {
				case rule.Protocol == "tcp" && rule.FromPort == https && rule.ToPort == https:
					if inside(rule) {
						n.fail(rule.Line, g.LogicalID, "a rule that lets out "+words(rule), "a rule for tcp 443 that reaches DynamoDB: to 0.0.0.0/0, or to its prefix list. "+
							"A gateway endpoint is a route, and has no address in the VPC: the packets still go to DynamoDB's public ones")
					}
					dynamoDB = true
				case rule.Protocol == "tcp" && rule.FromPort == servicesPort && rule.ToPort == servicesPort && !n.everywhere(rule):
					toServices = true
				default:
					n.fail(rule.Line, g.LogicalID, "a rule that lets out "+words(rule), "rules that let out tcp 443, and tcp 8080 to the services, and nothing else")
				}
			}
			for _, rule := range g.Ingress {
				n.fail(rule.Line, g.LogicalID, "a rule that lets in "+words(rule), "no rule for ingress: nothing connects to a function")
			}
		}
		if !dynamoDB {
			n.fail(n.function.Line, function, "no rule that lets out HTTPS, so DynamoDB is out of reach", "a rule for egress with tcp 443")
		}
		if !toServices {
			n.fail(n.function.Line, function, "no rule that lets out port 8080, so the services are out of reach", "a rule for egress with tcp 8080 to the services")
		}
	},
}

// inside tells whether a rule is for private addresses alone, or for nobody.
func inside(r sam.Rule) bool {
	text, ok := r.Peer.Literal()
	block, err := netip.ParsePrefix(text)
	return r.Peer.IsZero() || r.CIDR && ok && err == nil && block.Addr().IsPrivate()
}

// everywhere tells whether a rule is for every address.
func (n *network) everywhere(r sam.Rule) bool {
	block, ok := r.Peer.Literal()
	return r.Peer.IsZero() || r.CIDR && ok && strings.HasSuffix(block, "/0")
}

// words are what a rule allows.
func words(r sam.Rule) string {
	var what string
	switch {
	case r.Protocol == "-1" || r.Protocol == "all":
		what = "everything"
	case r.FromPort == r.ToPort:
		what = fmt.Sprintf("%s %d", r.Protocol, r.FromPort)
	default:
		what = fmt.Sprintf("%s %d to %d", r.Protocol, r.FromPort, r.ToPort)
	}
	if r.Peer.IsZero() {
		return what
	}
	return what + ", for " + r.Peer.String()
}

var noNAT = check.Check{
	ID:          "no-nat",
	Severity:    check.Should,
	Requirement: "Nothing is paid for that the function does not need: no NAT gateway, no address of one, no interface endpoint for DynamoDB",
	Why: "A NAT gateway costs some 30 dollars a month in each zone, used or not, and then by the gigabyte. All that this function calls is in the VPC or behind the " +
		"gateway endpoint: it needs no way to the internet.",
	Next: "Take out the NAT gateway with its address, its public subnet and the internet gateway, and every route to them.",
	Run: func(t *check.T) {
		n := lookAtNetwork(t)
		for _, g := range n.NatGateways {
			n.fail(g.Line, g.LogicalID, "a NAT gateway, although nothing that the function calls is on the internet", "none")
		}
		for _, a := range n.Addresses {
			n.fail(a.Line, a.LogicalID, "an Elastic IP address, which is paid by the hour, used or not", "none")
		}
		for _, e := range n.Endpoints {
			if e.Service == "dynamodb" && !e.Gateway {
				n.fail(e.Line, e.LogicalID, "an interface endpoint for DynamoDB, which is paid by the hour in each zone", "a gateway endpoint, which costs nothing")
			}
		}
	},
}
