package sam

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// rules are those within a security group; nil if there are none.
func (t *Template) rules(o *Other, property string) (all []Rule) {
	list := child(o.Properties, property)
	if list == nil || list.Kind != yaml.SequenceNode {
		return nil
	}
	for k, item := range list.Content {
		all = append(all, t.rule(o, []string{property, strconv.Itoa(k)}, item.Line, property == "SecurityGroupEgress"))
	}
	return all
}

// protocols are names of protocols by their numbers at IANA: a rule may have either.
var protocols = map[string]string{"1": "icmp", "6": "tcp", "17": "udp"}

// peers are the properties that say whom a rule is about, by whether it is for egress.
var peers = map[bool][]string{
	true:  {"CidrIp", "CidrIpv6", "DestinationSecurityGroupId", "DestinationPrefixListId"},
	false: {"CidrIp", "CidrIpv6", "SourceSecurityGroupId", "SourceSecurityGroupName", "SourcePrefixListId"},
}

// rule reads a rule whose properties are below a path.
func (t *Template) rule(o *Other, path []string, line int, egress bool) Rule {
	r := Rule{Line: line}
	one := func(name string) Value { return o.one(append(append([]string{}, path...), name)...) }
	number := func(name string) int {
		text, _ := t.known(one(name))
		n, err := strconv.Atoi(text)
		if err != nil {
			return 0
		}
		return n
	}
	if v := one("IpProtocol"); !v.IsZero() {
		r.Protocol = strings.ToLower(v.String())
		if name, known := protocols[r.Protocol]; known {
			r.Protocol = name
		}
	}
	r.FromPort, r.ToPort = number("FromPort"), number("ToPort")
	for _, name := range peers[egress] {
		if v := one(name); !v.IsZero() {
			r.Peer, r.CIDR = v, strings.HasPrefix(name, "Cidr")
		}
	}
	if r.CIDR {
		r.Block = t.block(r.Peer)
	}
	return r
}
