package desk

// LookAtMost has a desk look at fewer files of one request than it does, so that a test need not send ten thousand.
func (d *Desk) LookAtMost(files int) { d.mostArrivals = files }
