package desk

import "time"

// LookAtMost has a desk look at fewer files of one request than it does, so that a test need not send ten thousand.
func (d *Desk) LookAtMost(files int) { d.mostArrivals = files }

// LeftAfter has a desk take what a check has put for forgotten when it is so old.
func (d *Desk) LeftAfter(age time.Duration) { d.checkOld = age }

// CheckWaits has a desk wait so long for a network that is lost while a check removes what it has put.
func (d *Desk) CheckWaits(patience time.Duration) { d.checkWaits = patience }

// CheckUploadKey is the key of the upload that the checks of a home start at a place.
func CheckUploadKey(home, bucketName, prefix string) string {
	return checkUploadKey(home, bucketName, prefix)
}
