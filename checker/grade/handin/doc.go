// Package handin reads what people have handed in: a folder with a clone, a zip, or lesson directories of each; see [Find].
//
// All of it is strangers'. Of a submission, only the directories of lessons are taken, as regular files of limited number
// and size, without links, module files, assembly and objects; see [Submission.Take]. What is done with them is package
// grade's business.
package handin
