package eventsource_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is the deadline of everything that a test waits for.
const patience = 30 * time.Second
