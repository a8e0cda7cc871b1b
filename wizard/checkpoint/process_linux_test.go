package checkpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
)

// playHere plays the roles that need Linux.
func playHere(role, dir string) {
	switch role {
	case "read-only":
		fmt.Println(openAsNobody(dir))
	case "full":
		fmt.Println(fillDisk(dir))
	}
}

const nobody = 65534

// openAsNobody opens a folder as somebody who may not write in it; root may do anything and would prove nothing.
func openAsNobody(dir string) error {
	if err := os.Chdir(dir); err != nil {
		return err
	}
	if os.Getuid() == 0 {
		if err := syscall.Setuid(nobody); err != nil {
			return err
		}
	}
	_, err := Open(".", testOptions)
	return told(err, ErrReadOnly)
}

// told turns an error of the expected kind with all its sentences into nil.
func told(err, kind error) error {
	var trouble *Error
	if errors.As(err, &trouble) && errors.Is(err, kind) && trouble.What != "" && trouble.Means != "" && trouble.Now != "" {
		return nil
	}
	return fmt.Errorf("got %w, want %w", err, kind)
}

func TestReadOnlyFolder(t *testing.T) {
	dir := t.TempDir()
	if os.Getuid() == 0 {
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Skip(err)
		}
	}
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	answer, err := other(t, "read-only", dir).Output()
	if err != nil || strings.TrimSpace(string(answer)) != "<nil>" {
		t.Errorf("%s %v", answer, err)
	}
}

// fillDisk works with a limit on the size of files, which the system enforces as a full disk: in the middle of a write. Then there is room again.
func fillDisk(dir string) error {
	signal.Ignore(syscall.SIGXFSZ)
	folder, err := Open(dir, testOptions)
	if err != nil {
		return err
	}
	if err := errors.Join(folder.Journal().Append(batch("a")), folder.Save(folder.State())); err != nil {
		return err
	}
	var limit syscall.Rlimit
	syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit)
	free := limit.Cur
	limit.Cur = 1500
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	huge := batch("huge")
	huge.Data = json.RawMessage(`"` + strings.Repeat("x", 5000) + `"`)
	folder.State().Step("import").Notes = map[string]string{"verdict": strings.Repeat("x", 5000)}
	full := errors.Join(told(folder.Journal().Append(huge), ErrDiskFull), told(folder.Save(folder.State()), ErrDiskFull), fillFile(folder))
	limit.Cur = free
	return errors.Join(full, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit), folder.Journal().Append(batch("b")), folder.Save(folder.State()))
}

// fillFile writes a members.csv that does not fit.
func fillFile(folder *Folder) error {
	writer, err := folder.Create("members.csv")
	if err != nil {
		return err
	}
	if _, err := writer.Write(make([]byte, 5000)); err != nil {
		return told(err, ErrDiskFull)
	}
	return told(writer.Close(), ErrDiskFull)
}

func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	answer, err := other(t, "full", dir).Output()
	if err != nil || strings.TrimSpace(string(answer)) != "<nil>" {
		t.Fatalf("%s %v", answer, err)
	}
	folder := open(t, dir, testOptions)
	if all := entries(t, folder); len(all) != 2 || all[1].Batch != "b" || len(folder.Recovered()) != 0 {
		t.Errorf("%d entries, recovered %v", len(all), folder.Recovered())
	}
	names, _ := os.ReadDir(dir)
	for _, name := range names {
		if strings.HasSuffix(name.Name(), tempSuffix) || name.Name() == "members.csv" {
			t.Errorf("%s is left over", name.Name())
		}
	}
}
