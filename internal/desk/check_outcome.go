package desk

import "slices"

// standings give the state of each permission by the steps that have tried it, and what was missed where it is missing.
func (c *Check) standings() (states map[string]CheckState, missed map[string]string) {
	states, missed = map[string]CheckState{}, map[string]string{}
	note := func(permission string, state CheckState, as string) {
		if states[permission] == CheckMissing {
			return
		}
		if state != CheckSkipped || states[permission] == "" { // what another step has told holds
			states[permission] = state
		}
		missed[permission] = as
	}
	for _, s := range c.Steps() {
		if s.Permission == "" || s.State == CheckRunning {
			continue
		}
		beside := besides(s.Permission, c.gets)
		if s.State == CheckMissing && slices.Contains(beside, s.Missed) { // which tells nothing of the others
			note(s.Missed, CheckMissing, s.Missed)
			continue
		}
		note(s.Permission, s.State, s.Missed)
		if s.State == CheckFine {
			for _, permission := range beside {
				note(permission, CheckFine, "")
			}
		}
	}
	return states, missed
}

// besides are the permissions that a step is judged by beside its own, at a destination with upload settings.
func besides(permission string, u UploadSettings) (list []string) {
	if permission != permPut {
		return nil
	}
	if len(u.Tags) > 0 {
		list = append(list, permTag)
	}
	if ofCheck(u).ACL != "" {
		list = append(list, permACL)
	}
	return list
}

// Abilities says of each feature whether it works. What is wrong with the way to the store is not the permissions'.
func (c *Check) Abilities() []Ability {
	states, missed := c.standings()
	var list []Ability
	for _, f := range AllFeatures() {
		a := Ability{Feature: f, Wanted: slices.Contains(c.options.Features, f)}
		for _, n := range needsWith(f, c.gets) {
			switch states[n.action] {
			case CheckFine:
			case CheckMissing:
				a.Missing = append(a.Missing, missed[n.action])
			default:
				a.Unknown = append(a.Unknown, n.action)
			}
		}
		list = append(list, a)
	}
	return list
}

// Missing counts the permissions that the wanted features need, and those of them that are missing or could not be told.
func (c *Check) Missing() (needed, missing, unknown int) {
	states, _ := c.standings()
	counted := map[string]bool{}
	for _, f := range c.options.Features {
		for _, n := range needsWith(f, c.gets) {
			if counted[n.action] {
				continue
			}
			counted[n.action] = true
			switch needed++; states[n.action] {
			case CheckFine:
			case CheckMissing:
				missing++
			default:
				unknown++
			}
		}
	}
	return needed, missing, unknown
}

// Failed counts the steps on the way to the store that went wrong.
func (c *Check) Failed() (n int) {
	for _, s := range c.Steps() {
		if s.State == CheckFailed {
			n++
		}
	}
	return n
}

// Works reports whether all is there that the wanted features need, as far as it can be tried. Of a check that was to write
// nothing, what writing alone would tell is not asked.
func (c *Check) Works() bool {
	_, missing, unknown := c.Missing()
	return missing == 0 && c.Failed() == 0 && (unknown == c.neverTried() || c.options.ReadOnly)
}

// Summary is the outcome in one sentence.
func (c *Check) Summary() Text {
	needed, missing, unknown := c.Missing()
	a := args{"Needed": needed, "Missing": missing, "Unknown": unknown}
	switch {
	case c.Failed() > 0:
		return Text{`The store cannot be used as it stands.`, a}
	case missing == 1:
		return Text{`1 of {{.Needed}} permissions is missing.`, a}
	case missing > 0:
		return Text{`{{.Missing}} of {{.Needed}} permissions are missing.`, a}
	case unknown > 0:
		return Text{`Nothing that was tried is missing; {{.Unknown}} of {{.Needed}} permissions cannot be told.`, a}
	}
	return Text{`Everything works here.`, a}
}

// Policy is the policy for the destination and the wanted features, with the key that the store was seen to encrypt with.
func (c *Check) Policy() string {
	c.mu.Lock()
	o := PolicyOptions{Features: c.options.Features, Key: c.key, upload: c.gets}
	at := c.place
	c.mu.Unlock()
	return at.policy(c.dest.Bucket, c.dest.Prefix, o)
}
