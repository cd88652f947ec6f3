package embedded

import "fmt"

// maxSegments is AWS's limit of TotalSegments.
const maxSegments = 1_000_000

type scanInput struct {
	reading
	Segment       *int
	TotalSegments *int
}

func (in *scanInput) check() *fault {
	switch {
	case in.Segment == nil && in.TotalSegments != nil:
		return invalid("The Segment parameter is required but was not present in the request when parameter TotalSegments is present")
	case in.Segment != nil && in.TotalSegments == nil:
		return invalid("The TotalSegments parameter is required but was not present in the request when Segment parameter is present")
	case in.Segment != nil:
		if f := checkSegment(*in.Segment, *in.TotalSegments); f != nil {
			return f
		}
	}
	return in.reading.check("FilterExpression", nil)
}

func checkSegment(segment, total int) *fault {
	const about = "1 validation error detected: Value '%d' at '%s' failed to satisfy constraint: Member must have value "
	switch {
	case total < 1:
		return invalid(fmt.Sprintf(about+"greater than or equal to 1", total, "totalSegments"))
	case total > maxSegments:
		return invalid(fmt.Sprintf(about+"less than or equal to 1000000", total, "totalSegments"))
	case segment < 0:
		return invalid(fmt.Sprintf(about+"greater than or equal to 0", segment, "segment"))
	case segment >= total:
		return invalid(fmt.Sprintf("The Segment parameter is zero-based and must be less than parameter TotalSegments: "+
			"Segment: %d is not less than TotalSegments: %d", segment, total))
	}
	return nil
}

func (in *scanInput) do(d *dynamoDB) (object, *fault) {
	t, f := d.table(*in.TableName)
	if f != nil {
		return nil, f
	}
	v, f := in.view(t)
	if f != nil {
		return nil, f
	}
	segment, total := 0, 1
	if in.Segment != nil {
		segment, total = *in.Segment, *in.TotalSegments
	}
	return in.answer(t, v, v.Scan(segment, total, in.start)), nil
}
