package papers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// platforms are those that a release is made for: each may need other modules.
var platforms = []string{"linux", "darwin", "windows"}

// Module is a module that this one is built from or tested with.
type Module struct {
	Path, Version string
	// Dir is where its source lies, empty when it has not been downloaded.
	Dir string
	// Shipped says that a part of it is in the program; otherwise it serves tests and tools only.
	Shipped bool
	// Licences are the names of the licences in its files, by SPDX.
	Licences []string
	// texts are those files.
	texts []string
}

// Modules lists all modules of go.mod with their licences.
func Modules(root string) ([]Module, error) {
	shipped, err := shippedModules(root)
	if err != nil {
		return nil, err
	}
	required, err := run(root, nil, "go", "mod", "edit", "-print")
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, match := range regexp.MustCompile(`(?m)^(?:require )?\s*(\S+\.\S+/\S+|\S+/\S+) v\S+`).FindAllStringSubmatch(required, -1) {
		paths = append(paths, match[1])
	}
	listed, err := run(root, nil, "go", append([]string{"list", "-m", "-f", "{{.Path}}\t{{.Version}}\t{{.Dir}}"}, paths...)...)
	if err != nil {
		return nil, err
	}
	var modules []Module
	for line := range strings.Lines(listed) {
		fields := strings.Split(strings.TrimRight(line, "\n"), "\t")
		module := Module{Path: fields[0], Version: fields[1], Dir: fields[2], Shipped: shipped[fields[0]]}
		if module.Dir != "" {
			module.read()
		}
		modules = append(modules, module)
	}
	return modules, nil
}

// shippedModules are those of which a part is in the program, on any platform.
func shippedModules(root string) (map[string]bool, error) {
	shipped := map[string]bool{}
	for _, platform := range platforms {
		out, err := run(root, []string{"GOOS=" + platform, "CGO_ENABLED=0"}, "go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", ".")
		if err != nil {
			return nil, err
		}
		for _, path := range strings.Fields(out) {
			shipped[path] = true
		}
	}
	return shipped, nil
}

func run(dir string, environment []string, name string, arguments ...string) (string, error) {
	command := exec.Command(name, arguments...)
	command.Dir, command.Env = dir, append(os.Environ(), environment...)
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(arguments, " "), err)
	}
	return string(out), nil
}

// licenceFile matches the names that such files have.
var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice)([.-].*)?$`)

func (m *Module) read() {
	entries, err := os.ReadDir(m.Dir)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if !licenceFile.MatchString(entry.Name()) || entry.IsDir() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(m.Dir, entry.Name()))
		if err != nil {
			continue
		}
		m.texts = append(m.texts, string(text))
		for _, name := range licencesIn(string(text)) {
			if !slices.Contains(m.Licences, name) {
				m.Licences = append(m.Licences, name)
			}
		}
	}
	slices.Sort(m.Licences)
}

// licencesIn recognises licences by sentences that stand in them and in no other.
func licencesIn(text string) []string {
	text = strings.Join(strings.Fields(text), " ")
	var found []string
	for _, mark := range []struct{ sentence, name string }{
		{"Permission is hereby granted, free of charge, to any person", "MIT"},
		{"Apache License Version 2.0", "Apache-2.0"},
		{"Licensed under the Apache License, Version 2.0", "Apache-2.0"},
		{"Permission to use, copy, modify, and distribute this software for any purpose", "ISC"},
		{"Permission to use, copy, modify, and/or distribute this software for any purpose", "ISC"},
		{"Mozilla Public License Version 2.0", "MPL-2.0"},
		{"Mozilla Public License, version 2.0", "MPL-2.0"},
		{"GNU AFFERO GENERAL PUBLIC LICENSE", "AGPL"}, {"GNU LESSER GENERAL PUBLIC LICENSE", "LGPL"}, {"GNU GENERAL PUBLIC LICENSE", "GPL"},
	} {
		if strings.Contains(text, mark.sentence) && !slices.Contains(found, mark.name) {
			found = append(found, mark.name)
		}
	}
	if strings.Contains(text, "Redistribution and use in source and binary forms") {
		name := "BSD-2-Clause"
		if strings.Contains(text, "endorse or promote products") {
			name = "BSD-3-Clause"
		}
		found = append(found, name)
	}
	return found
}

// allowed are the licences under which a module may be used.
var allowed = []string{"MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "MPL-2.0"}

// Trouble says why a module may not be used, empty when it may.
func (m Module) Trouble() string {
	if len(m.Licences) == 0 {
		return fmt.Sprintf("%s %s has no licence that is known", m.Path, m.Version)
	}
	for _, name := range m.Licences {
		if !slices.Contains(allowed, name) {
			return fmt.Sprintf("%s %s is under %s, which is not one of %s", m.Path, m.Version, name, strings.Join(allowed, ", "))
		}
	}
	return ""
}

// Licences is docs/licences.md.
func Licences(modules []Module) string {
	var out strings.Builder
	fmt.Fprintf(&out, "# Licences of what is built in\n\nAllySwitch itself is under the [MIT](../LICENSE) licence, the WordPress companion plugin under GPL-2.0-or-later. It may use modules under %s.\n\n", strings.Join(allowed, ", "))
	out.WriteString("This page is made from go.mod and the modules' own files by `go generate ./internal/papers`. Do not edit it. The full texts of what is in the program come with each release.\n\n| module | version | licence | in the program |\n|---|---|---|---|\n")
	for _, module := range modules {
		in := "tests and tools only"
		if module.Shipped {
			in = "yes"
		}
		fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", module.Path, module.Version, strings.Join(module.Licences, ", "), in)
	}
	return out.String()
}

// Notices are the full texts for those modules that are in the program, as their licences ask for.
func Notices(modules []Module) string {
	var out strings.Builder
	out.WriteString("AllySwitch contains the following modules. Their licences follow.\n")
	for _, module := range modules {
		if module.Shipped {
			fmt.Fprintf(&out, "\n%s\n%s %s\n%s\n\n%s\n", strings.Repeat("=", 80), module.Path, module.Version, strings.Repeat("=", 80), strings.Join(module.texts, "\n"))
		}
	}
	return out.String()
}
