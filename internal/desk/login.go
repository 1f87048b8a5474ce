package desk

import (
	"errors"
	"io/fs"
	"path/filepath"

	"waybill/internal/autostart"
)

// StartAtLogin has the person's session start Waybill from now on, or not any more.
func StartAtLogin(yes bool) error {
	err := autostart.Set(yes)
	if err == nil {
		return nil
	}
	a := args{"Fault": Fault(err)}
	var onPath *fs.PathError
	if where, _ := autostart.Entry(); errors.As(err, &onPath) && where != "" {
		a["Path"] = filepath.Dir(where)
	} else {
		a["Fault"] = err.Error()
	}
	return trouble("StartAtLogin", a, err)
}
