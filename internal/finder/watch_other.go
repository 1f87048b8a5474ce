//go:build !darwin

package finder

func watch(func([]string)) error { return nil }
