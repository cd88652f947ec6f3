package signature

import "encoding/json"

// Conditions looks at a policy that nobody has signed.
func Conditions(text string, u Upload) *Refusal {
	var p policy
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return invalidPolicy(err.Error())
	}
	return p.holds(u)
}
