//go:build ignore

// Dist builds the program for every system and packs it: archives and SHA256SUMS, the same bytes from the same commit and
// the same Go, on whatever system this runs. It needs Go alone; git, where it is there, dates the files.
//
//	go run .ci/dist.go [-o FOLDER]
package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"debug/buildinfo"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	out := flag.String("o", "dist", "the folder for the archives")
	flag.Parse()
	if err := run(*out); err != nil {
		log.Fatal("dist: ", err)
	}
}

// file is one entry of an archive.
type file struct {
	name string
	mode int64
	data []byte
}

func run(out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(out, "understudy-*"))
	if err != nil {
		return err
	}
	for _, name := range old {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	work, err := os.MkdirTemp("", "understudy-dist-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	at, err := dated()
	if err != nil {
		return err
	}
	var sums bytes.Buffer
	for _, system := range []string{"linux", "darwin", "windows"} {
		for _, machine := range []string{"amd64", "arm64"} {
			name, archive, err := packed(work, system, machine, at)
			if err != nil {
				return fmt.Errorf("%s/%s: %w", system, machine, err)
			}
			if err := os.WriteFile(filepath.Join(out, name), archive, 0o644); err != nil {
				return err
			}
			fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(archive), name)
		}
	}
	fmt.Print(sums.String())
	return os.WriteFile(filepath.Join(out, "SHA256SUMS"), sums.Bytes(), 0o644)
}

// dated is when the sources were: SOURCE_DATE_EPOCH, the commit's time, or the beginning of 2000 where neither is known.
func dated() (time.Time, error) {
	seconds := os.Getenv("SOURCE_DATE_EPOCH")
	if seconds == "" {
		if text, err := exec.Command("git", "show", "-s", "--format=%ct", "HEAD").Output(); err == nil {
			seconds = strings.TrimSpace(string(text))
		}
	}
	n, err := strconv.ParseInt(cmp.Or(seconds, "946684800"), 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	return time.Unix(n, 0).UTC(), nil
}

// packed builds for one system and returns the archive and its name.
func packed(work, system, machine string, at time.Time) (name string, archive []byte, err error) {
	program := "understudy"
	if system == "windows" {
		program += ".exe"
	}
	built := filepath.Join(work, system+"-"+machine, program)
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=auto", "-ldflags", "-s -w", "-o", built, "./mock/cmd/understudy")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOOS="+system, "GOARCH="+machine, "GOAMD64=v1", "GOARM64=v8.0")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return "", nil, err
	}
	info, err := buildinfo.ReadFile(built)
	if err != nil {
		return "", nil, err
	}
	version := strings.Trim(cmp.Or(info.Main.Version, "devel"), "()")
	folder := fmt.Sprintf("understudy-%s-%s-%s", strings.ReplaceAll(version, "+", "-"), system, machine)
	files := []file{}
	for _, f := range []file{{name: "LICENSE", mode: 0o644}, {name: "README.md", mode: 0o644}, {name: program, mode: 0o755}} {
		path := f.name
		if f.name == program {
			path = built
		}
		if f.data, err = os.ReadFile(path); err != nil {
			return "", nil, err
		}
		f.name = folder + "/" + f.name
		files = append(files, f)
	}
	if system == "windows" {
		archive, err = zipped(files, at)
		return folder + ".zip", archive, err
	}
	archive, err = tarred(files, at)
	return folder + ".tar.gz", archive, err
}

func tarred(files []file, at time.Time) ([]byte, error) {
	var out bytes.Buffer
	packer, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(packer)
	for _, f := range files {
		h := &tar.Header{Name: f.name, Mode: f.mode, Size: int64(len(f.data)), ModTime: at, Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	err = packer.Close()
	return out.Bytes(), err
}

func zipped(files []file, at time.Time) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: at}
		h.SetMode(os.FileMode(f.mode))
		entry, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := entry.Write(f.data); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}
