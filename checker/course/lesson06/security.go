package lesson06

import (
	"fmt"
	"slices"
	"strings"

	"example.com/serverless-patterns/checker/check"
	"example.com/serverless-patterns/checker/sam"
)

const (
	// servicesGroup is the logical id of the group that the services belong to.
	servicesGroup = "ServicesSecurityGroup"

	// The ports that the lesson's README names.
	https        = 443
	servicesPort = 8080
)

var securityGroup = check.Check{
	ID:          "security-group",
	Requirement: "The function's security group lets nothing in, and lets out HTTPS for DynamoDB and port 8080 to the services, whose group lets it in, and nothing else",
	Why: "A security group without a rule for egress lets everything out. Whoever gets in through a library that was tampered with then talks to every machine of the VPC, " +
		"and to the world. Nothing ever connects to a function, so rules for ingress only mislead those who read them.",
	Next: "Give QuoteSecurityGroup a SecurityGroupEgress with two rules: tcp 443, and tcp 8080 with DestinationSecurityGroupId: !Ref ServicesSecurityGroup. Take out its SecurityGroupIngress.",
	Run: func(t *check.T) {
		n := lookAtNetwork(t)
		ids := n.function.VpcConfig.SecurityGroupIds
		if len(ids) == 0 {
			n.fail(n.function.Line, function, "no SecurityGroupIds, so the function has the VPC's default group, which lets everything out", "a security group of its own")
		}
		n.requireOrder()
		var dynamoDB, toServices bool
		var own []string
		for _, id := range ids {
			r, _ := id.Reference()
			g := n.SecurityGroup(r.LogicalID)
			if g == nil {
				n.fail(id.Line(), function, fmt.Sprintf("the security group %s, which the template does not declare", id), "a security group of the template")
			}
			own = append(own, g.LogicalID)
			if len(g.Egress) == 0 {
				n.fail(g.Line, g.LogicalID, "no rule for egress, so AWS lets everything out", "rules for egress: tcp 443, and tcp 8080 to the services")
			}
			for _, rule := range g.Egress {
				n.requirePeer(g, rule)
				switch {
				case lets(rule, https):
					n.requireDynamoDB(g, rule)
					dynamoDB = dynamoDB || !rule.Block.IsValid() || rule.Block.Addr().Is4()
				case lets(rule, servicesPort) && !n.everywhere(rule):
					n.requireServices(g, rule)
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
		n.requireEntry(own)
	},
}

// requireOrder requires that there is an order in which the groups can be made.
func (n *network) requireOrder() {
	circle := n.t.Template().Circle()
	if len(circle) == 0 {
		return
	}
	got := strings.Join(circle, " and ") + " refer to each other, so that none can be made first"
	if len(circle) == 1 {
		got = circle[0] + " refers to itself"
	}
	r, _ := n.t.Template().Resource(circle[0])
	n.refuse(r.Line, circle[0], check.Finding{
		Got:  got,
		Want: "resources that can be made one after the other",
		Why:  "CloudFormation makes a resource when all that it refers to is there. It refuses this template: \"Circular dependency between resources\".",
		Next: "Take one of the rules out of its group, and make it a resource of its own, an AWS::EC2::SecurityGroupIngress or AWS::EC2::SecurityGroupEgress with a GroupId: " +
			"it is made when both groups are there.",
	})
}

// requirePeer requires that a rule for egress says whom it is about.
func (n *network) requirePeer(g *sam.SecurityGroup, rule sam.Rule) {
	if !rule.Peer.IsZero() {
		return
	}
	n.refuse(rule.Line, g.LogicalID, check.Finding{
		Got:  "a rule that lets out " + words(rule),
		Want: "a rule with one of CidrIp, CidrIpv6, DestinationSecurityGroupId and DestinationPrefixListId",
		Why: "A rule for egress has a destination. AWS refuses one without it, and CloudFormation takes back all that it had made of the stack. " +
			"SourceSecurityGroupId and its like are properties of rules for ingress.",
		Next: "Give the rule for HTTPS CidrIp: 0.0.0.0/0, and the one for port 8080 DestinationSecurityGroupId: !Ref " + servicesGroup + ".",
	})
}

// requireDynamoDB requires that a rule for HTTPS is one that reaches DynamoDB.
func (n *network) requireDynamoDB(g *sam.SecurityGroup, rule sam.Rule) {
	if rule.Block.IsValid() && rule.Block.Addr().IsPrivate() || n.group(rule) != nil {
		n.fail(rule.Line, g.LogicalID, "a rule that lets out "+words(rule), "a rule for tcp 443 that reaches DynamoDB: to 0.0.0.0/0, or to its prefix list. "+
			"A gateway endpoint is a route, and has no address in the VPC: the packets still go to DynamoDB's public ones")
	}
}

// requireServices requires that a rule for their port is one that reaches the services. What is not in the template may
// well be where they are.
func (n *network) requireServices(g *sam.SecurityGroup, rule sam.Rule) {
	if n.SecurityGroup(servicesGroup) == nil {
		return
	}
	refuse := func(because string) {
		n.refuse(rule.Line, g.LogicalID, check.Finding{
			Got:  fmt.Sprintf("a rule that lets out %s: %s", words(rule), because),
			Want: "tcp 8080, with DestinationSecurityGroupId: !Ref " + servicesGroup,
			Why:  "What a security group does not let out is dropped, and nobody answers: each call to the services hangs until it is given up.",
		})
	}
	if to := n.group(rule); to != nil && to.LogicalID != servicesGroup {
		refuse("the services belong to " + servicesGroup)
	}
	vpc := n.VPC(n.subnets[0].VPC)
	if vpc == nil || vpc.Blocks == nil || !rule.Block.IsValid() || slices.ContainsFunc(vpc.Blocks, rule.Block.Overlaps) {
		return
	}
	refuse(fmt.Sprintf("the services are in the VPC, whose addresses are %s", vpc.Blocks[0]))
}

// requireEntry requires that the group of the services lets in what the function sends, from all of its subnets.
func (n *network) requireEntry(own []string) {
	services := n.SecurityGroup(servicesGroup)
	if services == nil {
		return
	}
	for _, s := range n.subnets {
		if slices.ContainsFunc(services.Ingress, func(rule sam.Rule) bool { return n.admits(rule, own, s) }) {
			continue
		}
		got, evidence := "no rule for ingress", []string{}
		if len(services.Ingress) > 0 {
			got = fmt.Sprintf("no rule that lets in tcp 8080 from %s in %s", strings.Join(own, " or "), s.LogicalID)
		}
		for _, rule := range services.Ingress {
			evidence = append(evidence, fmt.Sprintf("line %d lets in %s", rule.Line, words(rule)))
		}
		n.refuse(services.Line, servicesGroup, check.Finding{
			Got: got, Want: "a rule that lets in tcp 8080 from the function's security group", Evidence: evidence,
			Why: "A packet passes two groups: the sender's has to let it out, and the receiver's has to let it in. What is not let in is dropped, and nobody answers: " +
				"each call to the services hangs until it is given up.",
			Next: fmt.Sprintf("Declare an AWS::EC2::SecurityGroupIngress with GroupId: !Ref %s, tcp 8080, and SourceSecurityGroupId: !Ref %s.", servicesGroup, own[0]),
		})
	}
}

// admits tells whether a rule of the services' group lets in what the function sends from a subnet. Of whom the template
// does not say, it may be the function.
func (n *network) admits(rule sam.Rule, own []string, from *sam.Subnet) bool {
	everything := rule.Protocol == "-1" || rule.Protocol == "all"
	if !everything && (rule.Protocol != "tcp" || rule.FromPort > servicesPort || rule.ToPort < servicesPort) {
		return false
	}
	if g := n.group(rule); g != nil {
		return slices.Contains(own, g.LogicalID)
	}
	return !rule.Peer.IsZero() && (!rule.Block.IsValid() || !from.Block.IsValid() || within(from.Block, rule.Block))
}

// group is the security group of the template that a rule is about; nil if it is about something else.
func (n *network) group(rule sam.Rule) *sam.SecurityGroup {
	r, _ := rule.Peer.Reference()
	return n.SecurityGroup(r.LogicalID)
}

// lets tells whether a rule is for a port of TCP, and no other.
func lets(r sam.Rule, port int) bool {
	return r.Protocol == "tcp" && r.FromPort == port && r.ToPort == port
}

// everywhere tells whether a rule is for every address.
func (n *network) everywhere(r sam.Rule) bool {
	return r.Block.IsValid() && r.Block.Bits() == 0
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
		return what + ", and does not say for whom"
	}
	return what + ", for " + r.Peer.String()
}
