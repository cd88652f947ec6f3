package sam_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/serverless-patterns/checker/sam"
)

func TestNetworkSaysWhichAddressesAreWhose(t *testing.T) {
	t.Parallel()
	n := readNetwork(t, `
Transform: AWS::Serverless-2016-10-31
Parameters:
  Addresses: {Type: String, Default: 10.0.0.0/16}
  Unknown: {Type: String}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Addresses, EnableDnsSupport: false}}
  More: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.1.0.0/16}}
  V6: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}}
  Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Unknown}}
  Names: {Type: AWS::EC2::VPCDHCPOptionsAssociation, Properties: {VpcId: !Ref Other, DhcpOptionsId: dopt-1}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.1.2.3/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !GetAtt Other.VpcId, CidrBlock: !Select [0, !Cidr [!GetAtt Vpc.CidrBlock, 2, 8]]}}
  Here: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: !GetAtt Vpc.CidrBlock}]}}
  Default: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: of no VPC}}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      ServiceName: com.amazonaws.eu-central-1.dynamodb
      VpcId: !Ref Vpc
      PolicyDocument: {Statement: {Effect: Allow, Principal: "*", Action: ["dynamodb:Get*", "dynamodb:Query"], Resource: "*"}}
`)
	vpc, other := n.VPC("Vpc"), n.VPC("Other")
	assert.Equal(t, "[10.0.0.0/16 10.1.0.0/16]", fmt.Sprint(vpc.Blocks))
	assert.False(t, vpc.Resolves)
	assert.Nil(t, other.Blocks, "nobody knows")
	assert.True(t, other.Resolves)
	assert.Nil(t, n.VPC("A"))

	assert.Equal(t, "10.1.2.0/24", n.Subnet("A").Block.String(), "as AWS does")
	assert.Equal(t, "Vpc", n.Subnet("A").VPC)
	assert.False(t, n.Subnet("B").Block.IsValid())
	assert.Equal(t, "Other", n.Subnet("B").VPC)

	assert.Equal(t, "10.0.0.0/16", n.SecurityGroup("Here").Egress[0].Block.String())
	assert.Empty(t, n.SecurityGroup("Default").VPC)

	require.Len(t, n.Endpoints[0].Policy, 1)
	assert.Equal(t, []string{"dynamodb:Get*", "dynamodb:Query"}, n.Endpoints[0].Policy[0].Actions)
	assert.Equal(t, "Allow", n.Endpoints[0].Policy[0].Effect)
}

func TestZonesAreComparedWhateverTheirForm(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]sam.Zone{
		"AvailabilityZone: eu-central-1b":                     {Letter: "b", Written: "eu-central-1b"},
		"AvailabilityZone: !Sub '${AWS::Region}b'":            {Letter: "b", Written: "regionb"},
		"AvailabilityZone: !Join ['', [!Ref AWS::Region, b]]": {Letter: "b", Written: "regionb"},
		"AvailabilityZone: !Ref Zone":                         {Letter: "c", Written: "us-east-1c"},
		"AvailabilityZone: us-west-2-lax-1a":                  {Written: "us-west-2-lax-1a"},
		"AvailabilityZone: !Ref Unknown":                      {Written: "Ref: Unknown"},
		"AvailabilityZoneId: use1-az1":                        {Written: "use1-az1"},
		"CidrBlock: 10.0.0.0/24":                              {},
	} {
		n := readNetwork(t, zoneTemplate(written))
		assert.Equal(t, want, n.Subnet("A").Zone, written)
	}
	for written, letter := range map[string]string{
		`!Select [0, !GetAZs ""]`:                   "a",
		`!Select ["1", !GetAZs {Ref: AWS::Region}]`: "b",
		`{"Fn::Select": [2, {"Fn::GetAZs": ""}]}`:   "c",
		`!Select [0, !Ref Zone]`:                    "",
	} {
		n := readNetwork(t, zoneTemplate("AvailabilityZone: "+written))
		zone := n.Subnet("A").Zone
		assert.Equal(t, letter, zone.Letter, written)
		assert.Equal(t, letter != "", zone.Index, written)
	}
}

func zoneTemplate(zone string) string {
	return `
Transform: AWS::Serverless-2016-10-31
Parameters:
  Zone: {Type: String, Default: us-east-1c}
  Unknown: {Type: String}
Resources:
  A:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: vpc-1
      ` + zone + "\n"
}

func TestCircleFindsResourcesThatWaitForOneAnother(t *testing.T) {
	t.Parallel()
	group := func(id, rest string) string {
		return "  " + id + ":\n    Type: AWS::EC2::SecurityGroup\n    Properties: {GroupDescription: a group, " + rest + "}\n"
	}
	toB := "SecurityGroupEgress: [{IpProtocol: tcp, DestinationSecurityGroupId: !Ref B}]"
	fromA := "SecurityGroupIngress: [{IpProtocol: tcp, SourceSecurityGroupId: !GetAtt A.GroupId}]"
	for name, test := range map[string]struct {
		resources string
		want      []string
	}{
		"one after the other": {group("A", toB) + group("B", "VpcId: vpc-1"), nil},
		"each other":          {group("A", toB) + group("B", fromA), []string{"A", "B"}},
		"in a text":           {group("A", "Tags: [{Key: a, Value: !Sub '${B.GroupId}'}]") + group("B", fromA), []string{"A", "B"}},
		"itself":              {group("B", toB), []string{"B"}},
		"behind another":      {group("X", "VpcId: !Ref A") + group("A", toB) + group("B", fromA), []string{"A", "B"}},
		"DependsOn": {
			group("A", toB) + "  B:\n    Type: AWS::EC2::SecurityGroup\n    DependsOn: A\n    Properties: {GroupDescription: b}\n", []string{"A", "B"},
		},
		"a rule of its own": {
			group("A", toB) + group("B", "VpcId: vpc-1") +
				"  Rule: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: !Ref B, IpProtocol: tcp, SourceSecurityGroupId: !Ref A}}\n", nil,
		},
	} {
		template, err := sam.Parse("template.yaml", []byte("Transform: AWS::Serverless-2016-10-31\nResources:\n"+test.resources))
		require.NoError(t, err, name)
		assert.Equal(t, test.want, template.Circle(), name)
	}
}
