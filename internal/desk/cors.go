package desk

import "context"

// CORS is what a bucket's rules say about the page of a request that was sent by mail. The page in the bucket needs
// none.
type CORS struct {
	Store   Store
	Bucket  string
	Allowed bool   // the page works from a file
	Ours    bool   // by a rule that Waybill has added, which can be taken back
	Rule    string // the one rule that is missing, as JSON as it would be written; "" where none is
	Others  int    // rules that are there and stay
	// Trouble says that the store has no such rules to set, and what works there; nil where it has.
	Trouble *Trouble
}

// CORS looks at the rules of a bucket.
func (d *Desk) CORS(ctx context.Context, s Store, bucketName string) (CORS, error) {
	return CORS{}, notYet()
}

// AddCORS adds the rule that is missing to those that are there.
func (d *Desk) AddCORS(ctx context.Context, s Store, bucketName string) (CORS, error) {
	return CORS{}, notYet()
}

// UndoCORS takes Waybill's rule away again, and leaves all others as they are by now.
func (d *Desk) UndoCORS(ctx context.Context, s Store, bucketName string) (CORS, error) {
	return CORS{}, notYet()
}
