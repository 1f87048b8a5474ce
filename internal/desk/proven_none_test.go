//go:build !stores

package desk_test

// otherStores are proven by make test-stores.
func otherStores() []proven { return nil }
