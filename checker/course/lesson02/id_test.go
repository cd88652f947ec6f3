package lesson02

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestIdsThatComeTwiceAreTold(t *testing.T) {
	t.Parallel()
	at := func(ms int64, id string) madeID {
		return madeID{id, nil, 1, time.UnixMilli(ms - 2), time.UnixMilli(ms + 2)}
	}
	for name, test := range map[string]struct {
		one, other madeID
		want       string
	}{
		"clock":              {at(1_764_441_234_567, "item-1764441234567"), at(1_764_441_234_575, "item-1764441234574"), "the time in milliseconds"},
		"clock and chance":   {at(1_764_441_234_567, "1764441234567-x7f"), at(1_764_441_234_575, "1764441234574-k2p"), ""},
		"clock and a number": {at(1_764_441_234_567, "1764441234567-17"), at(1_764_441_234_575, "1764441234574-92"), ""},
		"another number":     {at(1_764_441_234_567, "1764441299999"), at(1_764_441_234_575, "1764441211111"), ""},
		"nanoseconds":        {at(1_764_441_234_567, "1764441234567123456"), at(1_764_441_234_575, "1764441234574123456"), ""},
		"few digits":         {at(1, "order-012345"), at(9, "order-993112"), "at most six digits"},
		"a count":            {at(1, "item-1"), at(9, "item-2"), ""},
		"a UUID":             {at(1, "8d7f4c1e-5f43-4a3e-9d44-0c9d7b9d7f11"), at(9, "1b4e28ba-2fa1-41d2-883f-0016d3cca427"), ""},
		"random text":        {at(1, "ABCDEF"), at(9, "GHIJKL"), ""},
		"a table's counter":  {madeID{id: "17", calls: 2}, madeID{id: "19", calls: 2}, ""},
	} {
		assert.Equal(t, test.want, test.one.likeness(test.other), name)
	}
}
