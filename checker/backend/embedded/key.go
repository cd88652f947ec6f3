package embedded

import (
	"fmt"
	"slices"

	"example.com/serverless-patterns/checker/backend/embedded/attribute"
	"example.com/serverless-patterns/checker/backend/embedded/store"
)

// The sizes of key values ("Service, account, and table quotas").
const (
	maxHashBytes  = 2048
	maxRangeBytes = 1024
)

// noMatch is AWS's one text for every way in which a Key does not fit. (Certain.)
const noMatch = "The provided key element does not match the schema"

// checkKey is for operations that take a Key: exactly the attributes of the primary key.
func checkKey(schema store.Schema, given attribute.Item) *fault {
	keys := schema.Keys()
	fits := len(given) == len(keys)
	for _, k := range keys {
		fits = fits && given[k.Name].Kind == k.Kind
	}
	if !fits {
		return invalid(noMatch)
	}
	return checkKeyValues(schema, given)
}

// checkItemKey is for an item that is put, where the key is among the other attributes. (Certain.)
func checkItemKey(schema store.Schema, item attribute.Item) *fault {
	for _, k := range schema.Keys() {
		v, ok := item[k.Name]
		if !ok {
			return invalid("One or more parameter values were invalid: Missing the key " + k.Name + " in the item")
		}
		if v.Kind != k.Kind {
			return invalid(fmt.Sprintf("One or more parameter values were invalid: "+
				"Type mismatch for key %s expected: %s actual: %s", k.Name, k.Kind, v.Kind))
		}
	}
	return checkKeyValues(schema, item)
}

// checkKeyValues is about a key of the right types. That an empty value is refused before anything else
// of the request is AWS's order too.
func checkKeyValues(schema store.Schema, key attribute.Item) *fault {
	for _, k := range schema.Keys() {
		if key[k.Name].Text == "" {
			f := invalid("One or more parameter values are not valid. The AttributeValue for a key attribute " +
				"cannot contain an empty " + emptyKind(k.Kind) + " value. Key: " + k.Name)
			f.whole = true
			return f
		}
	}
	return checkKeySizes(schema, key)
}

func emptyKind(k attribute.Kind) string {
	if k == attribute.B {
		return "binary"
	}
	return "string"
}

// checkKeySizes words the limits as AWS is remembered to.
func checkKeySizes(schema store.Schema, key attribute.Item) *fault {
	const about = "One or more parameter values were invalid: "
	switch {
	case len(key[schema.Hash.Name].Text) > maxHashBytes:
		return invalid(about + "Size of hashkey has exceeded the maximum size limit of2048 bytes")
	case schema.Range.Name != "" && len(key[schema.Range.Name].Text) > maxRangeBytes:
		return invalid(about + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
	}
	return nil
}

// checkIndexKeys is about the keys of indexes in an item. They may be missing; then the item is not in
// the index.
func checkIndexKeys(t *store.Table, item attribute.Item) *fault {
	for _, x := range t.Indexes {
		for _, k := range x.Keys() {
			v, ok := item[k.Name]
			switch {
			case !ok:
				continue
			case v.Kind != k.Kind:
				return invalid(fmt.Sprintf("One or more parameter values were invalid: "+
					"Type mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s", k.Name, k.Kind, v.Kind, x.Name))
			case v.Text == "":
				f := invalid(fmt.Sprintf("One or more parameter values are not valid. A value specified for a secondary index "+
					"key is not supported. The AttributeValue for a key attribute cannot contain an empty %s value. "+
					"IndexName: %s, IndexKey: %s", emptyKind(k.Kind), x.Name, k.Name))
				f.whole = true
				return f
			}
		}
		if f := checkKeySizes(x.Schema, item); f != nil {
			return f
		}
	}
	return nil
}

// checkNotKey refuses to change what the item is found by.
func checkNotKey(schema store.Schema, changed []string) *fault {
	for _, name := range changed {
		if schema.Has(name) {
			return invalid("One or more parameter values were invalid: Cannot update attribute " + name +
				". This attribute is part of the key")
		}
	}
	return nil
}

// checkItem is about an item as it would be stored. The texts are those of DynamoDB Local.
func checkItem(item attribute.Item, tooLarge string) *fault {
	switch {
	case item.Size() > attribute.MaxItemBytes:
		return invalid(tooLarge)
	case item.Depth() > attribute.MaxDepth:
		return invalid("Nesting Levels have exceeded supported limits: " +
			"Attributes in the item have nested levels beyond supported limit")
	}
	return nil
}

// oneOf says whether a parameter has one of its values; a missing one has.
func oneOf(value string, values ...string) bool {
	return value == "" || slices.Contains(values, value)
}
