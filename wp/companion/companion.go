// Package companion holds the WordPress plugin that lets AllySwitch read tags and contact IDs on a site and set contact IDs there, and writes it out as a
// zip file for Plugins → Add New → Upload. What the plugin answers is described in docs/companion.md.
//
// The plugin in allyswitch-companion is GPL-2.0-or-later, as plugins for WordPress are; it is a work of its own that AllySwitch carries along.
package companion

import (
	"archive/zip"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"
)

// Slug is the plugin's folder, on the site and in the zip file.
const Slug = "allyswitch-companion"

// Plugin is how WordPress's own REST route for plugins names it.
const Plugin = Slug + "/" + Slug

// Namespace is where its routes are, below the site's REST root.
const Namespace = "allyswitch/v1"

// FileName is what the zip file should be called.
const FileName = Slug + ".zip"

//go:embed allyswitch-companion
var files embed.FS

// Files is the plugin as it is installed: one folder named Slug.
func Files() fs.FS { return files }

// Version is the plugin's version, as its heading gives it.
func Version() string {
	head, err := files.ReadFile(Plugin + ".php")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(head)) {
		if _, version, found := strings.Cut(line, "* Version:"); found {
			return strings.TrimSpace(version)
		}
	}
	return ""
}

// WriteZip writes the plugin as a zip file that WordPress installs. The same version always makes the same bytes.
func WriteZip(w io.Writer) error {
	archive := zip.NewWriter(w)
	err := fs.WalkDir(files, Slug, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return add(archive, path)
	})
	if err != nil {
		return fmt.Errorf("packing the companion plugin: %w", err)
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("finishing the companion plugin's zip file: %w", err)
	}
	return nil
}

func add(archive *zip.Writer, path string) error {
	data, err := files.ReadFile(path)
	if err != nil {
		return err
	}
	header := &zip.FileHeader{Name: path, Method: zip.Deflate, Modified: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	header.SetMode(0o644)
	out, err := archive.CreateHeader(header)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return err
}
