package check

import (
	"cmp"
	"reflect"

	"example.com/serverless-patterns/checker/stack"
)

// chains are the checks that run one after the other, by their numbers: each of those that name another in After stands behind
// that one, if it is wanted too. Checks that run alone are in none.
func chains(checks []Check, wanted func(Check) bool) (all [][]int) {
	of := map[string]int{}
	for n, c := range checks {
		if !wanted(c) || c.Alone {
			continue
		}
		k, ok := of[c.After]
		if !ok {
			k = len(all)
			all = append(all, nil)
		}
		all[k], of[c.ID] = append(all[k], n), k
	}
	return all
}

// defaults is what stacks are deployed with, but for their Seed, unless a check asks for something else.
func defaults() stack.Options { return stack.Options{MaxTimeout: maxTimeout} }

func (t *T) isUsual() bool {
	options := t.options
	options.Seed = 0
	return reflect.DeepEqual(options, defaults())
}

// leaves is the stack of a check that has passed, healed, for the next of its chain; nil if the next would find anything there that
// it has not asked for.
func (t *T) leaves() *stack.Stack {
	if t.stack == nil || t.altered || !t.isUsual() || len(t.references) > 0 || len(t.downstream) > 0 {
		return nil
	}
	t.stack.Heal()
	return t.stack
}

// closed closes a stack, if there is one. What cannot be closed is the end of a check that would have passed.
func (r *run) closed(s *stack.Stack, result *Result) {
	if s == nil {
		return
	}
	if err := s.Close(); err != nil && result.Verdict == Passed {
		result.Verdict, result.Error = Errored, withNext(cmp.Or(r.backend.Err(), err)) // the cause before what comes of it
	}
}
