package store

import (
	"cmp"
	"iter"
	"math/bits"
	"slices"
)

// tree holds records in the order of a key.
type tree struct {
	partitions map[string]*partition
	order      []*partition // by number, then hash
}

// partition holds the records with the same partition key.
type partition struct {
	hash    string
	number  uint64
	entries []entry // by sort, then tie
}

type entry struct {
	sort string
	// tie tells apart the records of an index that have the same key there.
	tie    string
	record *Record
}

func newTree() *tree { return &tree{partitions: map[string]*partition{}} }

func (a *partition) compare(b *partition) int {
	return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.hash, b.hash))
}

func (e entry) compare(f entry) int {
	return cmp.Or(cmp.Compare(e.sort, f.sort), cmp.Compare(e.tie, f.tie))
}

// number is a hash that is the same in each run. FNV-1a alone leaves the upper bits of short keys alike.
func number(hash string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(hash) {
		h = (h ^ uint64(hash[i])) * 1099511628211
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	return h ^ h>>33
}

// put adds an entry, or replaces the one at the same place.
func (t *tree) put(hash string, e entry) {
	p := t.partitions[hash]
	if p == nil {
		p = &partition{hash: hash, number: number(hash)}
		t.partitions[hash] = p
		at, _ := slices.BinarySearchFunc(t.order, p, (*partition).compare)
		t.order = slices.Insert(t.order, at, p)
	}
	at, found := slices.BinarySearchFunc(p.entries, e, entry.compare)
	if found {
		p.entries[at] = e
		return
	}
	p.entries = slices.Insert(p.entries, at, e)
}

func (t *tree) remove(hash string, e entry) {
	p := t.partitions[hash]
	if p == nil {
		return
	}
	if at, found := slices.BinarySearchFunc(p.entries, e, entry.compare); found {
		p.entries = slices.Delete(p.entries, at, at+1)
	}
	if len(p.entries) == 0 {
		delete(t.partitions, hash)
		at, _ := slices.BinarySearchFunc(t.order, p, (*partition).compare)
		t.order = slices.Delete(t.order, at, at+1)
	}
}

func (t *tree) get(hash string, e entry) *Record {
	p := t.partitions[hash]
	if p == nil {
		return nil
	}
	at, found := slices.BinarySearchFunc(p.entries, e, entry.compare)
	if !found {
		return nil
	}
	return p.entries[at].record
}

// query gives the records of a partition whose sort keys are in a range: where is negative before it,
// zero in it, and positive behind it. They begin behind an entry, if there is one.
func (t *tree) query(hash string, where func(sort string) int, after *entry, forward bool) iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		p := t.partitions[hash]
		if p == nil {
			return
		}
		low, _ := slices.BinarySearchFunc(p.entries, 0, func(e entry, _ int) int { return cmp.Or(where(e.sort), 1) })
		high, _ := slices.BinarySearchFunc(p.entries, 0, func(e entry, _ int) int { return cmp.Or(where(e.sort), -1) })
		if after != nil {
			at, found := slices.BinarySearchFunc(p.entries, *after, entry.compare)
			switch {
			case !forward:
				high = min(high, at)
			case found:
				low = max(low, at+1)
			default:
				low = max(low, at)
			}
		}
		for i := range max(high-low, 0) {
			e := p.entries[low+i]
			if !forward {
				e = p.entries[high-1-i]
			}
			if !yield(e.record) {
				return
			}
		}
	}
}

// scan gives the records of a segment of several, behind an entry of a partition, if there is one.
func (t *tree) scan(segment, segments uint64, hash string, after *entry) iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		begin := 0
		if after != nil {
			begin, _ = slices.BinarySearchFunc(t.order, &partition{hash: hash, number: number(hash)}, (*partition).compare)
		}
		for _, p := range t.order[begin:] {
			if of, _ := bits.Mul64(p.number, segments); of != segment {
				continue
			}
			at := 0
			if after != nil && p.hash == hash {
				var found bool
				if at, found = slices.BinarySearchFunc(p.entries, *after, entry.compare); found {
					at++
				}
			}
			for _, e := range p.entries[at:] {
				if !yield(e.record) {
					return
				}
			}
		}
	}
}
