package sam

import (
	"cmp"
	"net/netip"
	"regexp"
)

// Network is what a template declares of its VPCs, as far as it decides where the packets of a function may go. It is
// read as declared: what exists outside the template is not in it.
type Network struct {
	VPCs           []VPC
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

// VPC is an AWS::EC2::VPC.
type VPC struct {
	Resource
	// Blocks are its addresses; nil if the template does not say them all.
	Blocks []netip.Prefix
	// Resolves tells whether names can be looked up at AWS's resolver in it, which EnableDnsSupport: false ends. Whoever
	// brings a resolver of their own, by DHCP options, needs none of AWS's.
	Resolves bool
}

// Subnet is an AWS::EC2::Subnet.
type Subnet struct {
	Resource
	// VPC is the logical id of its VPC or of a parameter, or an id as it is; "" if none is named.
	VPC   string
	Block netip.Prefix // zero if the template does not say it
	Zone  Zone
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
	VPC string // as of a subnet; "" is the default VPC of the account
	// Without a rule for Egress AWS lets everything out.
	Egress, Ingress []Rule
}

// Rule is a rule of a security group.
type Rule struct {
	Line             int
	Protocol         string // "tcp", "udp", "icmp", the number of another, or "-1" for all
	FromPort, ToPort int    // 0 if not given
	// Peer is whom the rule is about, as written: a CIDR block, !Ref of a security group, the id of a prefix list. It is
	// zero if the rule does not say, by a property of its direction.
	Peer Value
	// CIDR tells whether Peer is a block of addresses, which is Block where the template says it.
	CIDR  bool
	Block netip.Prefix
}

// Endpoint is an AWS::EC2::VPCEndpoint.
type Endpoint struct {
	Resource
	VPC         string // as of a subnet
	ServiceName string // such as "com.amazonaws.region.dynamodb", or as it is written where it is not known before the deployment
	Service     string // such as "dynamodb"; "" if ServiceName has not the form of a service of AWS's
	Gateway     bool   // otherwise it is an interface, or a load balancer's
	RouteTables []string
	// OfInterfaces are the properties that it has, and a gateway endpoint cannot have.
	OfInterfaces []string
	// Policy is what its PolicyDocument says, of whomever; nil is AWS's own, which allows everything.
	Policy []PolicyStatement
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
		case "AWS::EC2::VPC":
			n.VPCs = append(n.VPCs, t.vpc(o))
		case "AWS::EC2::Subnet":
			n.Subnets = append(n.Subnets, Subnet{o.Resource, o.vpcID(), t.block(o.one("CidrBlock")), t.zone(o)})
		case "AWS::EC2::SubnetRouteTableAssociation":
			n.tables[o.refers("SubnetId")] = o.refers("RouteTableId")
		case "AWS::EC2::Route":
			n.Routes = append(n.Routes, o.route(types))
		case "AWS::EC2::NatGateway":
			n.NatGateways = append(n.NatGateways, o)
		case "AWS::EC2::EIP":
			n.Addresses = append(n.Addresses, o)
		case "AWS::EC2::VPCEndpoint":
			n.Endpoints = append(n.Endpoints, t.endpoint(o))
		case "AWS::EC2::SecurityGroup":
			n.SecurityGroups = append(n.SecurityGroups, SecurityGroup{o.Resource, o.vpcID(), t.rules(o, "SecurityGroupEgress"), t.rules(o, "SecurityGroupIngress")})
		}
	}
	for _, o := range t.Others {
		egress := o.Type == "AWS::EC2::SecurityGroupEgress"
		if !egress && o.Type != "AWS::EC2::SecurityGroupIngress" {
			continue
		}
		if g := n.SecurityGroup(o.refers("GroupId")); g != nil {
			if rule := t.rule(o, nil, o.Line, egress); egress {
				g.Egress = append(g.Egress, rule)
			} else {
				g.Ingress = append(g.Ingress, rule)
			}
		}
	}
	return n
}

// VPC finds a VPC by its logical id; nil if there is none.
func (n *Network) VPC(logicalID string) *VPC {
	for k := range n.VPCs {
		if n.VPCs[k].LogicalID == logicalID {
			return &n.VPCs[k]
		}
	}
	return nil
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

// services are the names of AWS's services for endpoints, the one of China's regions, too.
var services = regexp.MustCompile(`^(?:cn\.)?com\.amazonaws\.[a-z0-9-]+\.([a-z0-9.-]+)$`)

// anyRegion resolves what the names of AWS's services have in them.
type anyRegion struct{}

func (anyRegion) Ref(string) (string, error)            { return "region", nil }
func (anyRegion) GetAtt(string, string) (string, error) { return "", errDeployed }

func (t *Template) endpoint(o *Other) Endpoint {
	e := Endpoint{
		Resource: o.Resource, VPC: o.vpcID(), Gateway: true, // AWS's default
		RouteTables: o.references("RouteTableIds"), Policy: o.statements("PolicyDocument"),
	}
	for _, v := range o.Values("VpcEndpointType") {
		text, _ := v.Literal()
		e.Gateway = text == "Gateway"
	}
	name, ok := t.known(o.one("ServiceName"))
	if !ok {
		name, _ = o.one("ServiceName").Resolve(anyRegion{})
	}
	e.ServiceName = cmp.Or(name, o.one("ServiceName").String())
	if match := services.FindStringSubmatch(name); match != nil {
		e.Service = match[1]
	}
	for _, name := range []string{"SubnetIds", "SecurityGroupIds"} {
		if e.Gateway && o.Values(name) != nil {
			e.OfInterfaces = append(e.OfInterfaces, name)
		}
	}
	return e
}
