package lesson06

import (
	"fmt"
	"net/netip"
	"slices"

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
	Run: func(t *check.T) {
		n := lookAtNetwork(t)
		n.requireProperties()
		n.requireOneVPC()
	},
}

// properties are those without which CloudFormation refuses a resource, and that whoever adds one forgets.
var properties = map[string][]string{
	"AWS::EC2::Subnet":        {"VpcId"},
	"AWS::EC2::RouteTable":    {"VpcId"},
	"AWS::EC2::VPCEndpoint":   {"VpcId"},
	"AWS::EC2::SecurityGroup": {"GroupDescription"},
}

// requireProperties requires that AWS takes what the function is in and goes through.
func (n *network) requireProperties() {
	for _, o := range n.t.Template().Others {
		for _, name := range properties[o.Type] {
			if o.Values(name) == nil {
				n.refuse(o.Line, o.LogicalID, check.Finding{
					Got: fmt.Sprintf("no %s, and %s has to have one", name, o.Type), Want: "a " + name,
					Why:  "CloudFormation refuses a resource without what it has to have, and takes back all that it had made of the stack.",
					Next: fmt.Sprintf("Give %s a %s.", o.LogicalID, name),
				})
			}
		}
	}
}

// requireOneVPC requires that AWS takes the function: that its subnets and its security groups are of one VPC.
func (n *network) requireOneVPC() {
	first := n.subnets[0]
	if n.VPC(first.VPC) == nil {
		return // it is declared elsewhere
	}
	const why = "AWS refuses a function whose subnets and security groups are not all of one VPC, and CloudFormation takes back all that it had made of the stack."
	differs := func(line int, id, what, vpc string) {
		n.refuse(line, id, check.Finding{
			Got: fmt.Sprintf("%s of %s, and %s is a subnet of %s", what, vpc, first.LogicalID, first.VPC), Want: "VpcId: !Ref " + first.VPC, Why: why,
			Next: "Give all subnets and security groups of the function the same VpcId.",
		})
	}
	for _, s := range n.subnets[1:] {
		if n.VPC(s.VPC) != nil && s.VPC != first.VPC {
			differs(s.Line, s.LogicalID, "a subnet", s.VPC)
		}
	}
	for _, id := range n.function.VpcConfig.SecurityGroupIds {
		r, _ := id.Reference()
		switch g := n.SecurityGroup(r.LogicalID); {
		case g == nil: // it is declared elsewhere
		case g.VPC == "":
			differs(g.Line, g.LogicalID, "no VpcId, so it is a security group", "the account's default VPC")
		case n.VPC(g.VPC) != nil && g.VPC != first.VPC:
			differs(g.Line, g.LogicalID, "a security group", g.VPC)
		}
	}
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
	n.refuse(line, resource, check.Finding{Got: got, Want: want, Evidence: evidence})
}

// refuse is as fail, for findings with a reason and a next step of their own.
func (n *network) refuse(line int, resource string, f check.Finding) {
	f.Did = "read what the template says of " + resource
	f.Evidence = append([]string{fmt.Sprintf("line %d of template.yaml", line)}, f.Evidence...)
	n.t.Fail(f)
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
		n.requirePlaces()
		first := n.subnets[0]
		for _, s := range n.subnets[1:] {
			if (sam.Zone{}) != s.Zone && (sam.Zone{}) != first.Zone && apart(s.Zone, first.Zone) {
				return
			}
		}
		got := "one subnet: " + first.LogicalID
		chosen := slices.IndexFunc(n.subnets, func(s *sam.Subnet) bool { return s.Zone == sam.Zone{} })
		other := slices.IndexFunc(n.subnets, func(s *sam.Subnet) bool { return s.Zone.Index != first.Zone.Index })
		switch {
		case len(n.subnets) > 1 && chosen >= 0:
			got = fmt.Sprintf("%s without an AvailabilityZone: AWS chooses one, which may be that of the others", n.subnets[chosen].LogicalID)
		case other >= 0:
			n.refuse(n.function.Line, function, check.Finding{
				Got:  fmt.Sprintf("%s and %s, which are in one zone in most accounts: the first of !GetAZs is the zone a, the second the zone b", first.LogicalID, n.subnets[other].LogicalID),
				Want: "subnets in two Availability Zones",
				Next: "Write both zones in one form, such as !Select [0, !GetAZs \"\"] and !Select [1, !GetAZs \"\"].",
			})
		case len(n.subnets) > 1:
			got = fmt.Sprintf("%d subnets, all in the zone of %s", len(n.subnets), first.LogicalID)
		}
		n.fail(n.function.Line, function, got, "subnets in two Availability Zones")
	},
}

// apart tells whether two zones differ. An item of the list of zones and a name are taken for one zone when they are that in
// most accounts: nobody can rely on it that they are not.
func apart(a, b sam.Zone) bool {
	if a.Letter != "" && b.Letter != "" {
		return a.Letter != b.Letter
	}
	return a.Written != b.Written
}

// requirePlaces requires that AWS makes the subnets: that each has addresses of the VPC, and none that another has.
func (n *network) requirePlaces() {
	for _, v := range n.VPCs {
		for _, block := range v.Blocks {
			if ofAnotherSize(block) {
				n.refuse(v.Line, v.LogicalID, check.Finding{
					Got:  fmt.Sprintf("the addresses %s, which are %d", block, 1<<(32-block.Bits())),
					Want: "16 to 65536 addresses, such as 10.0.0.0/16",
					Why:  "AWS makes no VPC with more addresses than a /16 has, or fewer than a /28, and CloudFormation takes back all that it had made of the stack.",
					Next: fmt.Sprintf("Give %s a CidrBlock from /16 to /28.", v.LogicalID),
				})
			}
		}
	}
	for k, s := range n.Subnets {
		if !s.Block.IsValid() {
			continue
		}
		refuse := func(got, want string) {
			n.refuse(s.Line, s.LogicalID, check.Finding{
				Got: got, Want: want,
				Why: "A subnet is a part of its VPC's addresses that no other subnet has, of 16 addresses at least. AWS refuses any other, and CloudFormation takes back all that it had " +
					"made of the stack.",
				Next: fmt.Sprintf("Give %s a CidrBlock of its own within that of the VPC.", s.LogicalID),
			})
		}
		if ofAnotherSize(s.Block) {
			refuse(fmt.Sprintf("the addresses %s, which are %d", s.Block, 1<<(32-s.Block.Bits())), "16 to 65536 addresses, such as 10.0.1.0/24")
		}
		vpc := n.VPC(s.VPC)
		if vpc != nil && vpc.Blocks != nil && !slices.ContainsFunc(vpc.Blocks, func(b netip.Prefix) bool { return within(s.Block, b) }) {
			refuse(fmt.Sprintf("the addresses %s, which are not in the VPC's %s", s.Block, vpc.Blocks[0]), "a part of "+vpc.Blocks[0].String())
		}
		for _, before := range n.Subnets[:k] {
			if before.VPC == s.VPC && before.Block.IsValid() && before.Block.Overlaps(s.Block) {
				refuse(fmt.Sprintf("the addresses %s, and %s of the same VPC has %s", s.Block, before.LogicalID, before.Block), "addresses that no other subnet has")
			}
		}
	}
}

// ofAnotherSize tells whether AWS makes no VPC and no subnet with so many addresses.
func ofAnotherSize(block netip.Prefix) bool {
	return block.Addr().Is4() && (block.Bits() < 16 || block.Bits() > 28)
}

// within tells whether a block of addresses is a part of another.
func within(inner, outer netip.Prefix) bool {
	return outer.Contains(inner.Addr()) && inner.Bits() >= outer.Bits()
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
			if e.Service == dynamoDB && !e.Gateway {
				n.fail(e.Line, e.LogicalID, "an interface endpoint for DynamoDB, which is paid by the hour in each zone", "a gateway endpoint, which costs nothing")
			}
		}
	},
}
