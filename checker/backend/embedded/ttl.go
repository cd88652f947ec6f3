package embedded

// Time to live is only a setting here: items do not expire. AWS deletes them within days of their time,
// so a function that relies on it has to look at the attribute itself anyway.

type timeToLive struct {
	AttributeName *string
	Enabled       *bool
}

type updateTimeToLiveInput struct {
	tableRequest
	TimeToLiveSpecification *timeToLive
}

func (in *updateTimeToLiveInput) check() *fault {
	if f := in.tableRequest.check(); f != nil {
		return f
	}
	s := in.TimeToLiveSpecification
	switch {
	case s == nil:
		return isNull("timeToLiveSpecification")
	case s.AttributeName == nil:
		return isNull("timeToLiveSpecification.attributeName")
	case s.Enabled == nil:
		return isNull("timeToLiveSpecification.enabled")
	case *s.AttributeName == "":
		return invalid("1 validation error detected: Value '' at 'timeToLiveSpecification.attributeName' " +
			"failed to satisfy constraint: Member must have length greater than or equal to 1")
	}
	return nil
}

// do has DynamoDB Local's texts.
func (in *updateTimeToLiveInput) do(d *dynamoDB) (object, *fault) {
	t, f := in.table(d)
	if f != nil {
		return nil, f
	}
	name, enable := *in.TimeToLiveSpecification.AttributeName, *in.TimeToLiveSpecification.Enabled
	switch {
	case t.ttl == "" && !enable:
		return nil, invalid("TimeToLive is already disabled")
	case t.ttl != "" && t.ttl != name:
		return nil, invalid("TimeToLive is active on a different AttributeName: current AttributeName is " + t.ttl)
	case t.ttl != "" && enable:
		return nil, invalid("TimeToLive is already enabled")
	}
	t.ttl = ""
	if enable {
		t.ttl = name
	}
	return object{{"TimeToLiveSpecification", object{{"AttributeName", name}, {"Enabled", enable}}}}, nil
}

type describeTimeToLiveInput struct{ tableRequest }

func (in *describeTimeToLiveInput) do(d *dynamoDB) (object, *fault) {
	t, f := in.table(d)
	if f != nil {
		return nil, f
	}
	description := object{{"TimeToLiveStatus", "DISABLED"}}
	if t.ttl != "" {
		description = object{{"TimeToLiveStatus", "ENABLED"}, {"AttributeName", t.ttl}}
	}
	return object{{"TimeToLiveDescription", description}}, nil
}
