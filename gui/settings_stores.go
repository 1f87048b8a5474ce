package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
)

// newStoresSection leads to the form that adds a store.
func (u *ui) newStoresSection() fyne.CanvasObject {
	return container.New(stack{gap: gap},
		u.prose(lang.L("A store is a profile in the AWS files. Waybill writes one there for AWS, MinIO, Cloudflare R2, Backblaze B2 and others, after asking the store whether it takes the keys."), colorText).all,
		container.New(line{}, u.button(secondary, lang.L("Add a store…"), func() { u.addStore(u.send.dest.destinationFields, u.send) })))
}
