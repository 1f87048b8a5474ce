package desk

// neverTried counts the wanted permissions that no step can try here: what there is no harmless way for, and deleting a version
// in a bucket that keeps none.
func (c *Check) neverTried() (n int) {
	states, _ := c.standings()
	counted := map[string]bool{}
	for _, f := range c.options.Features {
		for _, need := range needsOf(f) {
			if counted[need.action] || states[need.action] != "" {
				continue
			}
			counted[need.action] = true
			untried := need.action == permWriteCORS || need.action == permWritePolicy || need.action == permNoPolicy
			if untried || need.action == permVersion && states[permDelete] == CheckFine {
				n++
			}
		}
	}
	return n
}
