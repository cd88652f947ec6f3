package access

import "regexp"

// statement finds the verb of a PartiQL statement and the table, and index, that it is about. A table's
// name stands in double quotes, or alone if it has no special characters; an index follows after a dot.
// That is all the grammar that permissions need ("PartiQL statements" in the DynamoDB Developer Guide).
var statement = regexp.MustCompile(`(?is)^\s*(?:` +
	`(select)\b.*?\bfrom\s+` + `|(insert)\s+into\s+` + `|(update)\s+` + `|(delete)\s+from\s+` + `|(exists)\s*\(\s*select\b.*?\bfrom\s+)` +
	`("(?:[^"]|"")+"|[a-z0-9_]+)(?:\s*\.\s*("(?:[^"]|"")+"|[a-z0-9_]+))?`)

var verbs = []string{"PartiQLSelect", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete", "ConditionCheckItem"}

// partiQL adds what a statement needs. One that is not understood needs every PartiQL action on every
// table: it may be one that the backend understands.
func (a *Access) partiQL(text string, at Place) {
	found := statement.FindStringSubmatch(text)
	if found == nil {
		for _, verb := range verbs[:4] {
			a.need(string(dynamoDB)+":"+verb, at.table("*"))
		}
		return
	}
	for n, verb := range verbs {
		if found[n+1] == "" {
			continue
		}
		table, index := unquote(found[6]), unquote(found[7])
		resource := at.table(table)
		if index != "" {
			resource += "/index/" + index
		}
		a.Resource = table
		a.need(string(dynamoDB)+":"+verb, resource)
	}
}

func unquote(name string) string {
	if len(name) >= 2 && name[0] == '"' {
		return name[1 : len(name)-1]
	}
	return name
}
