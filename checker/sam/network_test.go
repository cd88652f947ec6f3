package sam_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sam"
)

const network = `
Transform: AWS::Serverless-2016-10-31
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Public:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: !Select [0, !GetAZs ""]}
  Private:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: !Select [1, !GetAZs ""]}
  Lonely:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.3.0/24}
  PublicTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  PrivateTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  PublicRoutes:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Public, RouteTableId: !Ref PublicTable}
  PrivateRoutes:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !GetAtt Private.SubnetId, RouteTableId: !GetAtt PrivateTable.RouteTableId}
  Gateway: {Type: AWS::EC2::InternetGateway}
  ToInternet:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref PublicTable, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  ToNat:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref PrivateTable, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Public, AllocationId: !GetAtt Address.AllocationId}}
  Address: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}
  Tables:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      ServiceName: !Sub com.amazonaws.${AWS::Region}.dynamodb
      VpcId: !Ref Vpc
      RouteTableIds: [!Ref PublicTable, !Ref PrivateTable]
  Messages:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcEndpointType: Interface
      ServiceName: !Join [".", [com.amazonaws, !Ref AWS::Region, sqs]]
      VpcId: !Ref Vpc
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: a group
      SecurityGroupEgress:
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}
        - {IpProtocol: "-1", DestinationSecurityGroupId: !GetAtt Group.GroupId}
  AlsoOut:
    Type: AWS::EC2::SecurityGroupEgress
    Properties: {GroupId: !GetAtt Group.GroupId, IpProtocol: UDP, FromPort: 53, ToPort: 53, DestinationPrefixListId: pl-1}
  In:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !Ref Group, IpProtocol: tcp, FromPort: 1, ToPort: 2, SourceSecurityGroupId: !Ref Group}
  OfAnotherGroup:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: sg-0, IpProtocol: tcp, FromPort: 1, ToPort: 2, CidrIp: 0.0.0.0/0}
`

func readNetwork(t *testing.T, text string) sam.Network {
	t.Helper()
	template, err := sam.Parse("template.yaml", []byte(text))
	require.NoError(t, err)
	return template.Network()
}

func TestNetworkTellsWhereASubnetsPacketsMayGo(t *testing.T) {
	t.Parallel()
	n := readNetwork(t, network)
	assert.Len(t, n.Subnets, 3)
	assert.Len(t, n.NatGateways, 1)
	assert.NotEqual(t, n.Subnet("Public").Zone, n.Subnet("Private").Zone)
	assert.Empty(t, n.Subnet("Lonely").Zone)
	assert.Nil(t, n.Subnet("Nobody"))

	public := n.RoutesOf("Public")
	require.Len(t, public, 1)
	assert.Equal(t, "0.0.0.0/0", public[0].Destination)
	assert.Equal(t, []string{"GatewayId", "Gateway", "AWS::EC2::InternetGateway"}, []string{public[0].Target, public[0].To, public[0].ToType})
	private := n.RoutesOf("Private")
	require.Len(t, private, 1)
	assert.Equal(t, []string{"NatGatewayId", "Nat", "AWS::EC2::NatGateway"}, []string{private[0].Target, private[0].To, private[0].ToType})
	assert.Empty(t, n.RouteTable("Lonely"))
	assert.Empty(t, n.RoutesOf("Lonely"))
}

func TestNetworkTellsEndpointsApart(t *testing.T) {
	t.Parallel()
	n := readNetwork(t, network)
	require.Len(t, n.Endpoints, 2)
	assert.Equal(t, "dynamodb", n.Endpoints[0].Service)
	assert.True(t, n.Endpoints[0].Gateway, "AWS's default")
	assert.Equal(t, []string{"PublicTable", "PrivateTable"}, n.Endpoints[0].RouteTables)
	assert.Empty(t, n.Endpoints[0].OfInterfaces)
	assert.Equal(t, "sqs", n.Endpoints[1].Service)
	assert.False(t, n.Endpoints[1].Gateway)
}

func TestNetworkTellsServicesOfAWSFromOtherNames(t *testing.T) {
	t.Parallel()
	for written, want := range map[string][2]string{
		"com.amazonaws.eu-central-1.dynamodb":                         {"dynamodb", "com.amazonaws.eu-central-1.dynamodb"},
		"cn.com.amazonaws.cn-north-1.dynamodb":                        {"dynamodb", "cn.com.amazonaws.cn-north-1.dynamodb"},
		"!Sub com.amazonaws.${Unknown}.ecr.api":                       {"ecr.api", "com.amazonaws.region.ecr.api"},
		"com.amazonaws.${AWS::Region}.dynamodb":                       {"", "com.amazonaws.${AWS::Region}.dynamodb"},
		"com.amazonaws.dynamodb":                                      {"", "com.amazonaws.dynamodb"},
		"!GetAtt Somewhere.ServiceName":                               {"", "!GetAtt Somewhere.ServiceName"},
		"com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef01": {"eu-central-1.vpce-svc-0123456789abcdef01", "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef01"},
	} {
		n := readNetwork(t, `
Transform: AWS::Serverless-2016-10-31
Parameters: {Unknown: {Type: String}}
Resources:
  Somewhere: {Type: AWS::EC2::VPCEndpointService}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      SubnetIds: [subnet-1]
      ServiceName: `+written+"\n")
		assert.Equal(t, want, [2]string{n.Endpoints[0].Service, n.Endpoints[0].ServiceName}, written)
		assert.Equal(t, []string{"SubnetIds"}, n.Endpoints[0].OfInterfaces)
	}
}

func TestNetworkCollectsTheRulesOfASecurityGroup(t *testing.T) {
	t.Parallel()
	n := readNetwork(t, network)
	g := n.SecurityGroup("Group")
	require.NotNil(t, g)
	assert.Nil(t, n.SecurityGroup("sg-0"))
	require.Len(t, g.Egress, 3)
	assert.Equal(t, []any{"tcp", 443, 443, "0.0.0.0/0", true}, ruleOf(g.Egress[0]))
	assert.Equal(t, []any{"-1", 0, 0, "!GetAtt Group.GroupId", false}, ruleOf(g.Egress[1]))
	assert.Equal(t, []any{"udp", 53, 53, "pl-1", false}, ruleOf(g.Egress[2]))
	require.Len(t, g.Ingress, 1)
	assert.Equal(t, []any{"tcp", 1, 2, "!Ref Group", false}, ruleOf(g.Ingress[0]))
}

func TestARuleOfTheOtherDirectionNamesNobody(t *testing.T) {
	t.Parallel()
	n := readNetwork(t, `
Transform: AWS::Serverless-2016-10-31
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: a group
      SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 1, ToPort: 1, SourceSecurityGroupId: !Ref Group}]
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 1, ToPort: 1, DestinationSecurityGroupId: !Ref Group}]
  Out: {Type: AWS::EC2::SecurityGroupEgress, Properties: {GroupId: !Ref Group, IpProtocol: tcp, SourceSecurityGroupId: !Ref Group}}
`)
	g := n.SecurityGroup("Group")
	for _, r := range append(g.Egress, g.Ingress...) {
		assert.True(t, r.Peer.IsZero())
	}
}

func ruleOf(r sam.Rule) []any {
	return []any{r.Protocol, r.FromPort, r.ToPort, r.Peer.String(), r.CIDR}
}

func TestATemplateWithoutAVPCHasAnEmptyNetwork(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "solutions", "01-handler", "template.yaml"))
	require.NoError(t, err)
	n := readNetwork(t, string(text))
	assert.Empty(t, n.Subnets)
	assert.Empty(t, n.SecurityGroups)
	assert.Empty(t, n.RoutesOf("Anything"))
}
