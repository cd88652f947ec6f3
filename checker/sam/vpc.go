package sam

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// one is the value of a property, by its path; the first one of a list, and zero if there is none.
func (o *Other) one(path ...string) Value {
	if all := o.Values(path...); len(all) > 0 {
		return all[0]
	}
	return Value{}
}

func (o *Other) vpcID() string {
	v := o.one("VpcId")
	if r, ok := v.Reference(); ok {
		return r.LogicalID
	}
	return v.String()
}

func (t *Template) vpc(o *Other) VPC {
	v := VPC{Resource: o.Resource, Resolves: true}
	if text, ok := t.known(o.one("EnableDnsSupport")); ok && strings.EqualFold(text, "false") {
		v.Resolves = false
	}
	blocks := []Value{o.one("CidrBlock")}
	for _, more := range t.Others {
		if more.refers("VpcId") != o.LogicalID {
			continue
		}
		switch more.Type {
		case "AWS::EC2::VPCCidrBlock":
			if ofV6 := more.one("CidrBlock").IsZero() && more.one("Ipv4IpamPoolId").IsZero(); !ofV6 {
				blocks = append(blocks, more.one("CidrBlock"))
			}
		case "AWS::EC2::VPCDHCPOptionsAssociation":
			v.Resolves = true
		}
	}
	for _, value := range blocks {
		block := t.block(value)
		if !block.IsValid() {
			v.Blocks = nil
			break
		}
		v.Blocks = append(v.Blocks, block)
	}
	return v
}

// block is a CIDR block, as far as it is known before the deployment. AWS takes one whose last bits are set for the
// block that it is in.
func (t *Template) block(v Value) netip.Prefix {
	text, ok := t.known(v)
	block, err := netip.ParsePrefix(text)
	if !ok || err != nil {
		return netip.Prefix{}
	}
	return block.Masked()
}

// Zone is an Availability Zone, so that two can be compared. The zero Zone is for AWS to choose.
type Zone struct {
	// Letter is the last one of the zone's name: all subnets of a VPC are in one region. "" if it is not known.
	Letter string
	// Index is from the list of the account's zones, of which Letter is that letter where the account has all of them.
	Index bool
	// Written is the zone as the template has it.
	Written string
}

// named is the name of an Availability Zone: eu-central-1a.
var named = regexp.MustCompile(`^(?:region|[a-z]{2}(?:-[a-z]+)+-[0-9])([a-z])$`)

func (t *Template) zone(o *Other) Zone {
	n := child(o.Properties, "AvailabilityZone")
	if n == nil {
		return Zone{Written: written(child(o.Properties, "AvailabilityZoneId"))}
	}
	z := Zone{Written: written(n)}
	if list := child(n, "Fn::Select"); list != nil {
		if k, err := strconv.Atoi(scalarOf(child(list, "0"))); err == nil && k >= 0 && k < 6 && child(child(list, "1"), "Fn::GetAZs") != nil {
			z.Letter, z.Index = string(rune('a'+k)), true
		}
		return z
	}
	if text, ok := t.known(o.one("AvailabilityZone")); ok {
		z.Written = text
		if match := named.FindStringSubmatch(text); match != nil {
			z.Letter = match[1]
		}
	}
	return z
}

func scalarOf(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

// statements are those of a policy document, as far as they are texts; nil if there is none.
func (o *Other) statements(property string) (all []PolicyStatement) {
	document := child(o.Properties, property)
	if document == nil {
		return nil
	}
	all = []PolicyStatement{}
	list := child(document, "Statement")
	if list == nil {
		return all
	}
	path, items := []string{property, "Statement"}, []*yaml.Node{list}
	if list.Kind == yaml.SequenceNode {
		items = list.Content
	}
	for k, item := range items {
		at := path
		if list.Kind == yaml.SequenceNode {
			at = append(append([]string{}, path...), strconv.Itoa(k))
		}
		of := func(name string) []Value { return o.Values(append(append([]string{}, at...), name)...) }
		texts := func(name string) (all []string) {
			for _, v := range of(name) {
				all = append(all, v.String())
			}
			return all
		}
		s := PolicyStatement{
			Actions: texts("Action"), NotActions: texts("NotAction"), Resources: of("Resource"), NotResources: of("NotResource"),
			Effect: scalarOf(child(item, "Effect")), line: item.Line,
		}
		if condition := child(item, "Condition"); condition != nil {
			s.Untyped = map[string]*yaml.Node{"Condition": condition}
		}
		all = append(all, s)
	}
	return all
}

// known is what a value is before the deployment, whatever the region: what depends on parameters has their defaults, and
// the blocks of addresses are those that other resources declare.
func (t *Template) known(v Value) (text string, ok bool) {
	if v.IsZero() {
		return "", false
	}
	text, err := v.Resolve(declared{t, false})
	return text, err == nil
}

type declared struct {
	t *Template
	// inner is for what belongs to a resource that is referred to: it is not followed further.
	inner bool
}

var _ Resolver = declared{}

func (r declared) Ref(id string) (string, error) {
	if id == "AWS::Region" {
		return "region", nil
	}
	for _, p := range r.t.Parameters {
		if p.Name == id && p.HasDefault && !strings.HasPrefix(p.Type, "AWS::SSM::") {
			return p.Default, nil
		}
	}
	return "", errDeployed
}

func (r declared) GetAtt(id, attribute string) (string, error) {
	for _, o := range r.t.Others {
		if o.LogicalID == id && attribute == "CidrBlock" && !r.inner {
			return o.one("CidrBlock").Resolve(declared{r.t, true})
		}
	}
	return "", errDeployed
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
