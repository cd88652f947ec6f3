// Package grade checks the lessons of many people, side by side, whatever they have written.
//
// A folder has one submission for each learner. Of a submission only the directories of the chosen lessons are taken
// (package handin). Its checker, its results and its git hooks count for nothing.
//
// Each lesson of each submission is built and checked by this program, started once more in an enclosure of its own
// (package enclosure), which a [Job] goes into and a [Report] comes out of. Building does not run what is built: cgo
// is off, nothing is generated or downloaded, and the toolchain is the one that is there. What lessons have in common is
// compiled before, so that it counts for nobody's limits. What goes over a limit is stopped, alone.
//
// Many jobs are under way at once, since checks mostly wait. As many build as there are CPUs, and a check that measures is
// alone on the machine, as far as this run is concerned: the worker says where it is, and waits to be told.
//
// Each [Record] is written when it is known, with a digest of all that it follows from, so that a run that was
// interrupted goes on where it was. From records come [CSV], [JSON] and the [Page]. [Collect] makes records from
// result documents of other machines.
//
// What is right in a lesson is package course's business; this one never reads what was handed in.
package grade
