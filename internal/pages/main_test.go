package pages_test

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	code := m.Run()
	closeChromium()
	os.Exit(code)
}
