package embedded

import "encoding/json"

// unsupported are parameters that AWS has and this backend does not. They are refused and not ignored: a
// condition that is not looked at would let every write through. Expected and its like are the forms
// before expressions, which AWS advises against.
type unsupported struct {
	AttributesToGet             json.RawMessage
	AttributeUpdates            json.RawMessage
	ConditionalOperator         json.RawMessage
	Expected                    json.RawMessage
	KeyConditions               json.RawMessage
	QueryFilter                 json.RawMessage
	ScanFilter                  json.RawMessage
	ReturnItemCollectionMetrics string
}

func (u *unsupported) check() *fault {
	for _, p := range [...]struct {
		name string
		used bool
	}{
		{"AttributesToGet", u.AttributesToGet != nil},
		{"AttributeUpdates", u.AttributeUpdates != nil},
		{"ConditionalOperator", u.ConditionalOperator != nil},
		{"Expected", u.Expected != nil},
		{"KeyConditions", u.KeyConditions != nil},
		{"QueryFilter", u.QueryFilter != nil},
		{"ScanFilter", u.ScanFilter != nil},
		{"ReturnItemCollectionMetrics", u.ReturnItemCollectionMetrics != "" && u.ReturnItemCollectionMetrics != "NONE"},
	} {
		if p.used {
			return notSupported(p.name)
		}
	}
	return nil
}
