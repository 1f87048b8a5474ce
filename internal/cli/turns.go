package cli

import "waybill/internal/desk"

// inTurn brings the transfers that are over into the order in which they were found, however they end: without
// names beside them, links are told apart by their order alone.
type inTurn struct {
	now   bool // do not wait for those before
	order []string
	over  map[string]*desk.Transfer // nil while it is not over
}

// rest gives back, in order, what is over and still waits behind something that is not.
func (i *inTurn) rest() (due []desk.Transfer) {
	for _, id := range i.order {
		if t := i.over[id]; t != nil {
			due = append(due, *t)
		}
	}
	i.order, i.over = nil, nil
	return due
}

// take takes a transfer's news, and gives back those whose turn it is.
func (i *inTurn) take(t desk.Transfer) (due []desk.Transfer) {
	if i.now {
		if t.State.Over() {
			due = append(due, t)
		}
		return due
	}
	if i.over == nil {
		i.over = map[string]*desk.Transfer{}
	}
	if t.State == desk.Queued {
		if _, known := i.over[t.ID]; !known {
			i.order = append(i.order, t.ID)
			i.over[t.ID] = nil
		}
		return nil
	}
	if !t.State.Over() {
		return nil
	}
	i.over[t.ID] = &t
	for len(i.order) > 0 && i.over[i.order[0]] != nil {
		due = append(due, *i.over[i.order[0]])
		delete(i.over, i.order[0])
		i.order = i.order[1:]
	}
	return due
}
