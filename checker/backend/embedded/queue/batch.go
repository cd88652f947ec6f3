package queue

import (
	"fmt"
)

// maxBatch is how many entries a batch has.
const maxBatch = 10

// entryID tells the entries of a batch apart.
type entryID struct{ Id string }

func (e entryID) id() string { return e.Id }

// checkBatch is what AWS refuses of a batch as a whole. The kind is what it calls the entries.
func checkBatch[E interface{ id() string }](entries []E, kind string) *fault {
	switch {
	case len(entries) == 0:
		return modeled("EmptyBatchRequest", "There should be at least one "+kind+" in the request.")
	case len(entries) > maxBatch:
		return modeled("TooManyEntriesInBatchRequest", fmt.Sprintf("Maximum number of entries per request are %d. You have sent %d.", maxBatch, len(entries)))
	}
	seen := map[string]bool{}
	for _, e := range entries {
		id := e.id()
		switch {
		case !isName(id):
			return modeled("InvalidBatchEntryId", "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.")
		case seen[id]:
			return modeled("BatchEntryIdsNotDistinct", "Id "+id+" repeated.")
		}
		seen[id] = true
	}
	return nil
}

func tooLong(bytes int) *fault {
	return modeled("BatchRequestTooLong", fmt.Sprintf("Batch requests cannot be longer than %d bytes. You have sent %d bytes.", maxBatchBytes, bytes))
}

// batchOutput says of each entry of a batch what came of it.
type batchOutput[S any] struct {
	Successful []S           `json:",omitempty"`
	Failed     []failedEntry `json:",omitempty"`
}

type failedEntry struct {
	Id          string
	Code        string
	Message     string
	SenderFault bool
}

func (b *batchOutput[S]) fail(id string, f *fault) {
	b.Failed = append(b.Failed, failedEntry{Id: id, Code: f.code, Message: f.Message, SenderFault: true})
}
