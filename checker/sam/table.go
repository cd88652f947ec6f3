package sam

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// Table is a DynamoDB table: AWS::DynamoDB::Table, or AWS::Serverless::SimpleTable as the table that
// SAM makes of it.
type Table struct {
	Resource
	TableName   Value // zero if AWS is to choose one
	Attributes  []Attribute
	KeySchema   []KeyElement
	BillingMode string      // "PROVISIONED" or "PAY_PER_REQUEST"
	Throughput  *Throughput // nil unless BillingMode is "PROVISIONED"

	GlobalSecondaryIndexes []Index
	LocalSecondaryIndexes  []Index

	TimeToLive     TimeToLive
	StreamViewType string // such as "NEW_IMAGE"; "" if the table has no stream
}

// Attribute is one of the AttributeDefinitions.
type Attribute struct {
	Name string
	Type string // "S", "N" or "B"
}

// KeyElement is a part of a key.
type KeyElement struct {
	AttributeName string
	KeyType       string // "HASH" or "RANGE"
}

// Throughput is a ProvisionedThroughput, in capacity units.
type Throughput struct{ Read, Write int }

// Index is a secondary index.
type Index struct {
	IndexName        string
	KeySchema        []KeyElement
	ProjectionType   string // "ALL", "KEYS_ONLY" or "INCLUDE"
	NonKeyAttributes []string
	Throughput       *Throughput // nil if not given
}

// TimeToLive is a TimeToLiveSpecification.
type TimeToLive struct {
	AttributeName string
	Enabled       bool
}

const (
	provisioned   = "PROVISIONED"
	payPerRequest = "PAY_PER_REQUEST"
	maxCapacity   = 1_000_000_000
)

func (d *decoder) table(r Resource, o *object) {
	t := &Table{
		Resource:               r,
		TableName:              o.value("TableName"),
		KeySchema:              d.keySchema(o),
		BillingMode:            o.oneOf("BillingMode", provisioned, provisioned, payPerRequest),
		Throughput:             d.throughput(o),
		GlobalSecondaryIndexes: d.indexes(o, "GlobalSecondaryIndexes"),
		LocalSecondaryIndexes:  d.indexes(o, "LocalSecondaryIndexes"),
	}
	for _, item := range o.list("AttributeDefinitions") {
		a := d.object(item)
		t.Attributes = append(t.Attributes, Attribute{a.text("AttributeName"), a.oneOf("AttributeType", "", "S", "N", "B")})
		a.require("AttributeName", "AttributeType")
		a.done("property of an attribute definition")
	}
	if ttl := o.object("TimeToLiveSpecification"); ttl != nil {
		t.TimeToLive = TimeToLive{ttl.text("AttributeName"), ttl.boolean("Enabled")}
		ttl.require("Enabled")
		ttl.done("property of TimeToLiveSpecification")
	}
	if stream := o.object("StreamSpecification"); stream != nil {
		t.StreamViewType = stream.oneOf("StreamViewType", "", "KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES")
		stream.require("StreamViewType")
		stream.skip("ResourcePolicy")
		stream.done("property of StreamSpecification")
	}
	t.Untyped = o.untyped(
		"ContributorInsightsSpecification", "DeletionProtectionEnabled", "ImportSourceSpecification",
		"KinesisStreamSpecification", "OnDemandThroughput", "PointInTimeRecoverySpecification", "ResourcePolicy",
		"SSESpecification", "TableClass", "Tags", "WarmThroughput",
	)
	o.require("KeySchema", "AttributeDefinitions")
	o.done("property of " + r.Type)
	d.checkTable(t, o)
	d.result.Tables = append(d.result.Tables, t)
}

// checkTable reports what CreateTable refuses.
func (d *decoder) checkTable(t *Table, o *object) {
	if !o.has("BillingMode") && !o.has("ProvisionedThroughput") {
		d.problem(o.node, "the table has neither BillingMode nor ProvisionedThroughput; add BillingMode: %s", payPerRequest)
	}
	if t.BillingMode == payPerRequest && o.has("ProvisionedThroughput") {
		d.problem(o.get("ProvisionedThroughput"), "does not go with BillingMode: %s, and CloudFormation refuses the two together; remove it", payPerRequest)
	}
	keys := slices.Clone(t.KeySchema)
	for _, index := range slices.Concat(t.GlobalSecondaryIndexes, t.LocalSecondaryIndexes) {
		keys = append(keys, index.KeySchema...)
	}
	definitions := o.get("AttributeDefinitions")
	if definitions == nil || definitions.Kind != yaml.SequenceNode || !o.has("KeySchema") {
		return // reported
	}
	var defined []string
	for _, a := range t.Attributes {
		defined = append(defined, a.Name)
		if a.Name != "" && !slices.ContainsFunc(keys, func(k KeyElement) bool { return k.AttributeName == a.Name }) {
			d.problem(definitions, "%q is in no key of the table or its indexes; DynamoDB wants only attributes of keys here: remove it", a.Name)
		}
	}
	for _, k := range keys {
		if k.AttributeName != "" && !slices.Contains(defined, k.AttributeName) {
			d.problem(definitions, "the key attribute %q has no definition%s; add its AttributeName and AttributeType", k.AttributeName, clause(didYouMean(k.AttributeName, defined)))
		}
	}
}

// clause drops the question mark of a suggestion that a sentence continues after.
func clause(suggestion string) string {
	if suggestion == "" {
		return ""
	}
	return suggestion[:len(suggestion)-1]
}

func (d *decoder) keySchema(o *object) []KeyElement {
	var keys []KeyElement
	for _, item := range o.list("KeySchema") {
		k := d.object(item)
		keys = append(keys, KeyElement{k.text("AttributeName"), k.oneOf("KeyType", "", "HASH", "RANGE")})
		k.require("AttributeName", "KeyType")
		k.done("property of a key element")
	}
	return keys
}

func (d *decoder) throughput(o *object) *Throughput {
	t := o.object("ProvisionedThroughput")
	if t == nil {
		return nil
	}
	units := &Throughput{
		Read:  t.integer("ReadCapacityUnits", 0, 1, maxCapacity, ""),
		Write: t.integer("WriteCapacityUnits", 0, 1, maxCapacity, ""),
	}
	t.require("ReadCapacityUnits", "WriteCapacityUnits")
	t.done("property of ProvisionedThroughput")
	return units
}

func (d *decoder) indexes(o *object, name string) []Index {
	var all []Index
	for _, item := range o.list(name) {
		i := d.object(item)
		index := Index{IndexName: i.text("IndexName"), KeySchema: d.keySchema(i)}
		if projection := i.object("Projection"); projection != nil {
			index.ProjectionType = projection.oneOf("ProjectionType", "", "ALL", "KEYS_ONLY", "INCLUDE")
			index.NonKeyAttributes = projection.texts("NonKeyAttributes")
			projection.done("property of Projection")
		}
		i.require("IndexName", "KeySchema", "Projection")
		if name == "GlobalSecondaryIndexes" {
			index.Throughput = d.throughput(i)
			i.skip("ContributorInsightsSpecification", "OnDemandThroughput", "WarmThroughput")
		}
		i.done("property of an index")
		all = append(all, index)
	}
	return all
}

// simpleTable is a table with a key of one attribute, id of type String if the template says nothing.
func (d *decoder) simpleTable(r Resource, o *object) {
	name, letter := "id", "S"
	if key := o.object("PrimaryKey"); key != nil {
		name = key.textOr("Name", name)
		letter = map[string]string{"String": "S", "Number": "N", "Binary": "B"}[key.oneOf("Type", "String", "String", "Number", "Binary")]
		key.require("Name")
		key.done("property of PrimaryKey")
	}
	t := &Table{
		Resource:    r,
		TableName:   o.value("TableName"),
		Attributes:  []Attribute{{name, letter}},
		KeySchema:   []KeyElement{{name, "HASH"}},
		BillingMode: payPerRequest,
		Throughput:  d.throughput(o),
	}
	if t.Throughput != nil {
		t.BillingMode = provisioned
	}
	t.Untyped = o.untyped("PointInTimeRecoverySpecification", "SSESpecification", "Tags")
	o.done("property of " + r.Type)
	d.result.Tables = append(d.result.Tables, t)
}
