package sam

import (
	"cmp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Network is what a template declares of its VPCs, as far as it decides where the packets of a function may go. It is
// read as declared: what exists outside the template is not in it.
type Network struct {
	Subnets        []Subnet
	Routes         []Route
	SecurityGroups []SecurityGroup
	Endpoints      []Endpoint
	NatGateways    []*Other
	Addresses      []*Other // of type AWS::EC2::EIP

	// tables are the route tables by subnet. A subnet without one has its VPC's main route table, which only has the
	// route within the VPC.
	tables map[string]string
}

// Subnet is an AWS::EC2::Subnet.
type Subnet struct {
	Resource
	// Zone is the AvailabilityZone as written, or else the AvailabilityZoneId, so that two can be compared; "" if AWS is to
	// choose one.
	Zone string
}

// Route is an AWS::EC2::Route.
type Route struct {
	Resource
	RouteTable  string // logical id
	Destination string // such as 0.0.0.0/0
	// Target is the property that says where to, such as GatewayId, and To the logical id of that.
	Target, To string
	// ToType is the type of the resource To, such as AWS::EC2::InternetGateway.
	ToType string
}

// SecurityGroup is an AWS::EC2::SecurityGroup, with the rules that are resources of their own.
type SecurityGroup struct {
	Resource
	// Without a rule for Egress AWS lets everything out.
	Egress, Ingress []Rule
}

// Rule is a rule of a security group.
type Rule struct {
	Line             int
	Protocol         string // "tcp", "udp", "icmp", the number of another, or "-1" for all
	FromPort, ToPort int    // 0 if not given
	// Peer is whom the rule is about, as written: a CIDR block, !Ref of a security group, the id of a prefix list.
	Peer Value
	// CIDR tells whether Peer is a block of addresses.
	CIDR bool
}

// Endpoint is an AWS::EC2::VPCEndpoint.
type Endpoint struct {
	Resource
	Service     string // such as "dynamodb": the last part of ServiceName
	Gateway     bool   // otherwise it is an interface, or a load balancer's
	RouteTables []string
}

// Network reads what the template declares of VPCs.
func (t *Template) Network() Network {
	n := Network{tables: map[string]string{}}
	types := map[string]string{}
	for _, o := range t.Others {
		types[o.LogicalID] = o.Type
	}
	for _, o := range t.Others {
		switch o.Type {
		case "AWS::EC2::Subnet":
			n.Subnets = append(n.Subnets, Subnet{o.Resource, cmp.Or(written(child(o.Properties, "AvailabilityZone")), written(child(o.Properties, "AvailabilityZoneId")))})
		case "AWS::EC2::SubnetRouteTableAssociation":
			n.tables[o.refers("SubnetId")] = o.refers("RouteTableId")
		case "AWS::EC2::Route":
			n.Routes = append(n.Routes, o.route(types))
		case "AWS::EC2::NatGateway":
			n.NatGateways = append(n.NatGateways, o)
		case "AWS::EC2::EIP":
			n.Addresses = append(n.Addresses, o)
		case "AWS::EC2::VPCEndpoint":
			n.Endpoints = append(n.Endpoints, o.endpoint())
		case "AWS::EC2::SecurityGroup":
			n.SecurityGroups = append(n.SecurityGroups, SecurityGroup{o.Resource, o.rules("SecurityGroupEgress"), o.rules("SecurityGroupIngress")})
		}
	}
	for _, o := range t.Others {
		egress := o.Type == "AWS::EC2::SecurityGroupEgress"
		if !egress && o.Type != "AWS::EC2::SecurityGroupIngress" {
			continue
		}
		if g := n.SecurityGroup(o.refers("GroupId")); g != nil {
			if rule := o.rule(nil, o.Line); egress {
				g.Egress = append(g.Egress, rule)
			} else {
				g.Ingress = append(g.Ingress, rule)
			}
		}
	}
	return n
}

// Subnet finds a subnet by its logical id; nil if there is none.
func (n *Network) Subnet(logicalID string) *Subnet {
	for k := range n.Subnets {
		if n.Subnets[k].LogicalID == logicalID {
			return &n.Subnets[k]
		}
	}
	return nil
}

// SecurityGroup finds a security group by its logical id; nil if there is none.
func (n *Network) SecurityGroup(logicalID string) *SecurityGroup {
	for k := range n.SecurityGroups {
		if n.SecurityGroups[k].LogicalID == logicalID {
			return &n.SecurityGroups[k]
		}
	}
	return nil
}

// RouteTable is the logical id of a subnet's own route table; "" if it has the main one of its VPC.
func (n *Network) RouteTable(subnet string) string { return n.tables[subnet] }

// RoutesOf are the routes of a subnet beside the one within the VPC.
func (n *Network) RoutesOf(subnet string) (all []Route) {
	for _, r := range n.Routes {
		if table := n.RouteTable(subnet); table != "" && r.RouteTable == table {
			all = append(all, r)
		}
	}
	return all
}

// refers is the logical id that a property refers to, or "".
func (o *Other) refers(property string) string {
	if all := o.references(property); len(all) > 0 {
		return all[0]
	}
	return ""
}

func (o *Other) references(property string) (all []string) {
	for _, v := range o.Values(property) {
		if r, ok := v.Reference(); ok {
			all = append(all, r.LogicalID)
		}
	}
	return all
}

// routeTargets are the properties of a route that say where to.
var routeTargets = []string{
	"GatewayId", "NatGatewayId", "EgressOnlyInternetGatewayId", "InstanceId", "NetworkInterfaceId", "TransitGatewayId",
	"VpcEndpointId", "VpcPeeringConnectionId", "LocalGatewayId", "CarrierGatewayId", "CoreNetworkArn",
}

func (o *Other) route(types map[string]string) Route {
	r := Route{Resource: o.Resource, RouteTable: o.refers("RouteTableId")}
	for _, name := range []string{"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"} {
		for _, v := range o.Values(name) {
			r.Destination = v.String()
		}
	}
	for _, name := range routeTargets {
		if o.Values(name) != nil {
			r.Target, r.To = name, o.refers(name)
			r.ToType = types[r.To]
		}
	}
	return r
}

// anyRegion resolves what the names of AWS's services have in them.
type anyRegion struct{}

func (anyRegion) Ref(string) (string, error)            { return "region", nil }
func (anyRegion) GetAtt(string, string) (string, error) { return "", errDeployed }

func (o *Other) endpoint() Endpoint {
	e := Endpoint{Resource: o.Resource, Gateway: true, RouteTables: o.references("RouteTableIds")} // AWS's default is Gateway
	for _, v := range o.Values("VpcEndpointType") {
		text, _ := v.Literal()
		e.Gateway = text == "Gateway"
	}
	for _, v := range o.Values("ServiceName") {
		if name, err := v.Resolve(anyRegion{}); err == nil {
			e.Service = name[strings.LastIndexByte(name, '.')+1:]
		}
	}
	return e
}

// rules are those within a security group; nil if there are none.
func (o *Other) rules(property string) (all []Rule) {
	list := child(o.Properties, property)
	if list == nil || list.Kind != yaml.SequenceNode {
		return nil
	}
	for k, item := range list.Content {
		all = append(all, o.rule([]string{property, strconv.Itoa(k)}, item.Line))
	}
	return all
}

// protocols are names of protocols by their numbers at IANA: a rule may have either.
var protocols = map[string]string{"1": "icmp", "6": "tcp", "17": "udp"}

// rule reads a rule whose properties are below a path.
func (o *Other) rule(path []string, line int) Rule {
	r := Rule{Line: line}
	one := func(name string) (Value, bool) {
		all := o.Values(append(append([]string{}, path...), name)...)
		if len(all) == 0 {
			return Value{}, false
		}
		return all[0], true
	}
	number := func(name string) int {
		v, _ := one(name)
		text, _ := v.Literal()
		n, err := strconv.Atoi(text)
		if err != nil {
			return 0
		}
		return n
	}
	if v, ok := one("IpProtocol"); ok {
		r.Protocol = strings.ToLower(v.String())
		if name, known := protocols[r.Protocol]; known {
			r.Protocol = name
		}
	}
	r.FromPort, r.ToPort = number("FromPort"), number("ToPort")
	for _, name := range []string{
		"CidrIp", "CidrIpv6", "DestinationSecurityGroupId", "DestinationPrefixListId", "SourceSecurityGroupId", "SourceSecurityGroupName",
		"SourcePrefixListId",
	} {
		if v, ok := one(name); ok {
			r.Peer, r.CIDR = v, strings.HasPrefix(name, "Cidr")
		}
	}
	return r
}

// written is a node as text, to be compared.
func written(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	text, err := yaml.Marshal(n)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
