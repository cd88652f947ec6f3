package anatomy

import (
	"debug/elf"
	"debug/gosym"
	"debug/macho"
	"errors"
	"fmt"
	"strings"
)

// Code is how many bytes of machine code each package has in a binary. The linker leaves out what nothing can call.
func Code(path string) (map[string]int64, error) {
	table, text, err := functionTable(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the functions of %s: %w", path, err)
	}
	functions, err := gosym.NewTable(nil, gosym.NewLineTable(table, text))
	if err != nil {
		return nil, fmt.Errorf("cannot read the functions of %s: %w", path, err)
	}
	code := map[string]int64{}
	for _, f := range functions.Funcs {
		code[packageOf(f.Name)] += int64(f.End - f.Entry) //nolint:gosec // no function is that large
	}
	return code, nil
}

// functionTable is the pclntab of a binary of this system, and where its code begins.
func functionTable(path string) (table []byte, text uint64, err error) {
	if f, err := elf.Open(path); err == nil {
		defer f.Close()
		pclntab, code := f.Section(".gopclntab"), f.Section(".text")
		if pclntab == nil || code == nil {
			return nil, 0, errors.New("it is not Go's")
		}
		table, err = pclntab.Data()
		return table, code.Addr, err
	}
	f, err := macho.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	pclntab, code := f.Section("__gopclntab"), f.Section("__text")
	if pclntab == nil || code == nil {
		return nil, 0, errors.New("it is not Go's")
	}
	table, err = pclntab.Data()
	return table, code.Addr, err
}

// packageOf is the package of a function by its name in the linker's form: net/http.(*Client).Do, or slices.Index[…].
func packageOf(name string) string {
	for _, generated := range []string{"type:.eq.", "type:.hash."} {
		name = strings.TrimPrefix(name, generated)
	}
	name, _, _ = strings.Cut(name, "[") // type arguments have slashes of their own
	if strings.HasPrefix(name, "go:") || strings.Contains(name, "struct {") {
		return "" // of the linker, or of a type without a name
	}
	start := strings.LastIndex(name, "/") + 1
	at := strings.Index(name[start:], ".")
	if at < 0 {
		return ""
	}
	// The last element of a path has no dot but in this form.
	return strings.ReplaceAll(name[:start+at], "%2e", ".")
}
