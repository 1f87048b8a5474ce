package desk

import (
	"context"
	"strings"
)

const (
	wholeID   = 36 // characters of a UUID
	leastOfID = 4  // characters that may stand for one
)

// LinkIDs completes the IDs of links of which somebody has typed the beginning, as far as there is one such link. What is
// the beginning of none stays as it is, for the job itself to say so; that of several is a Trouble.
func (d *Desk) LinkIDs(ctx context.Context, given ...string) ([]string, error) {
	return completed(given, func() ([]string, error) {
		list, err := d.Links(ctx, 0)
		ids := make([]string, len(list))
		for i, e := range list {
			ids[i] = e.ID
		}
		return ids, err
	})
}

// RequestIDs is LinkIDs for requests.
func (d *Desk) RequestIDs(ctx context.Context, given ...string) ([]string, error) {
	return completed(given, func() ([]string, error) {
		list, err := d.Requests(ctx)
		ids := make([]string, len(list))
		for i, r := range list {
			ids[i] = r.ID
		}
		return ids, err
	})
}

// completed asks for all IDs only where one is not whole.
func completed(given []string, all func() ([]string, error)) ([]string, error) {
	var known []string
	ids := make([]string, len(given))
	for i, id := range given {
		ids[i] = id
		if len(id) >= wholeID || len(id) < leastOfID {
			continue
		}
		if known == nil {
			var err error
			if known, err = all(); err != nil {
				return nil, err
			}
		}
		var fit []string
		for _, k := range known {
			if strings.HasPrefix(k, strings.ToLower(id)) {
				fit = append(fit, k)
			}
		}
		switch len(fit) {
		case 0:
		case 1:
			ids[i] = fit[0]
		default:
			return nil, trouble("IDOfSeveral", args{"Given": visible(id), "Count": len(fit)}, nil)
		}
	}
	return ids, nil
}
