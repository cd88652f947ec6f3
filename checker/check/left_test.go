package check

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// orders is the lesson with a function that does not always wait for its work: UpdateItem, and DeleteItem behind it.
var orders = newFixture("93-left", "order/")

// looked sends an order that the function is to take in one way, and looks what is left. done tells whether the order is worked on.
func looked(c *T, how string) (reply *Reply, left *Left) {
	done := func() bool {
		ids := c.Table("OrdersTable").IDs()
		return slices.Contains(ids, "tea-updated") && !slices.Contains(ids, "tea")
	}
	order := func(how, id string) Request {
		return Request{Method: "POST", Path: "/" + how, Headers: map[string]string{"Content-Type": "text/plain"}, Body: id}
	}
	another := func() (Request, func() bool) { return order(how, "tea"), done }
	return c.API("OrdersApi").SendThenLook([]Step{{"UpdateItem"}, {"BatchWriteItem", "DeleteItem", "SendMessage"}}, another, order("wait", "milk"))
}

var holding = Check{ID: "finished", Waits: "a function that waits for its calls"}

func TestNothingIsLeftOfWorkThatIsWaitedForOrHandedOver(t *testing.T) {
	t.Parallel()
	for how, status := range map[string]int{"wait": 201, "wait-briefly": 201, "hand-over": 201, "hand-over-again": 201, "refuse": 400} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			passes(t, orders.on(t, holding), func(c *T) {
				reply, left := looked(c, how)
				assert.Nil(t, left, "%v", left)
				assert.Equal(t, status, reply.Answer().Status)
				assert.NotContains(t, c.Table("OrdersTable").IDs(), "milk", "there is no second request")
				assert.NotContains(t, c.Table("OrdersTable").IDs(), "milk-updated")
			})
		})
	}
}

func TestWorkThatIsLeftIsFollowedIntoTheNextInvocation(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]struct {
		left    string
		picture []string
	}{
		"leave": {"UpdateItem, DeleteItem", []string{
			"1st invocation: PutItem 200 → answer 201 → frozen",
			"2nd invocation, of another request: answer 201; of the work of the 1st: UpdateItem 200 → DeleteItem 200",
		}},
		"leave-last": {"DeleteItem", []string{
			"1st invocation: PutItem 200 → UpdateItem 200 → answer 201 → frozen",
			"2nd invocation, of another request: answer 201; of the work of the 1st: DeleteItem 200",
		}},
		"leave-last-briefly": {"DeleteItem", []string{
			"1st invocation: PutItem 200 → UpdateItem 200 → answer 201 → frozen",
			"2nd invocation, of another request: answer 201; of the work of the 1st: DeleteItem 200",
		}},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			passes(t, orders.on(t, holding), func(c *T) {
				_, left := looked(c, how)
				require.NotNil(t, left)
				assert.Equal(t, want.left, left.String())
				require.Len(t, left.Picture, 3)
				assert.Equal(t, want.picture, left.Picture[:2])
				assert.ElementsMatch(t, []string{"milk-updated", "tea-updated"}, c.Table("OrdersTable").IDs(), "both orders are worked on in the end")
			})
		})
	}
}

// The next request makes the calls that the first has forgotten, and is not taken for it: it comes to them only when
// what was left had its time.
func TestWorkThatIsForgottenNeverComes(t *testing.T) {
	t.Parallel()
	passes(t, orders.on(t, holding), func(c *T) {
		_, left := looked(c, "forget")
		require.NotNil(t, left)
		assert.Equal(t, []string{"UpdateItem (never)", "BatchWriteItem (never)"}, left.Operations)
		require.Len(t, left.Picture, 3)
		assert.Equal(t, "2nd invocation, of another request: answer 201; of the work of the 1st: UpdateItem never → BatchWriteItem never", left.Picture[1])
		assert.ElementsMatch(t, []string{"tea", "milk-updated"}, c.Table("OrdersTable").IDs())
	})
}

func TestACheckThatHoldsCallsBackSaysWhatIsWaitedFor(t *testing.T) {
	t.Parallel()
	result := ending(orders.on(t, Check{ID: "silent"}), func(c *T) { looked(c, "wait") })
	assert.Equal(t, Errored, result.Verdict)
	assert.Equal(t, "the check silent holds calls back, and does not declare it in Waits", result.Error)
}

func TestAMessageThatCouldNotBeProcessedIsKept(t *testing.T) {
	t.Parallel()
	passes(t, queues.on(t, Check{}), func(c *T) {
		c.Queue("OrdersQueue").Send("save a", "report", "report")
		c.Drain()
		assert.Equal(t, 2, c.Kept(), "those in the dead-letter queue")
	})
	passes(t, queues.on(t, Check{}), func(c *T) {
		c.Queue("NextQueue").Send("error")
		c.Drain()
		assert.Equal(t, 1, c.Kept(), "without a dead-letter queue they come back")
	})
	passes(t, queues.on(t, Check{}), func(c *T) {
		c.Queue("NextQueue").Send("save a")
		c.Drain()
		assert.Zero(t, c.Kept())
	})
}
