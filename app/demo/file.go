package demo

import (
	"errors"
	"os"
)

// writeFile puts data at path so that, whenever the program is killed, either
// the old file stands there or the whole new one.
func writeFile(path string, data []byte, mode os.FileMode) error {
	aside := path + ".new"
	f, err := os.OpenFile(aside, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(aside))
	}
	return os.Rename(aside, path)
}
