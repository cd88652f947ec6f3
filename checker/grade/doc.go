// Package grade checks the lessons of many people, side by side, whatever they have written.
//
// A folder has one submission for each learner: a clone, a zip, or lesson directories; see [Find]. Of a submission
// only the directories of the chosen lessons are taken, as regular files of limited number and size, without links,
// module files, assembly and objects; see [Take]. Its checker, its results and its git hooks count for nothing.
//
// Each lesson of each submission is built and checked by this program, started once more in an enclosure of its own
// (package enclosure), which a [Job] goes into and a [Report] comes out of. Building does not run what is built: cgo
// is off, nothing is generated or downloaded, and the toolchain is the one that is there. What goes over a limit is
// stopped, alone.
//
// Each [Record] is written when it is known, with a digest of all that it follows from, so that a run that was
// interrupted goes on where it was. From records come [CSV], [JSON] and the [Page]. [Collect] makes records from
// result documents of other machines.
//
// What is right in a lesson is package course's business; this one never reads what was handed in.
package grade
