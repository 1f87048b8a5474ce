package gui

import (
	"context"
	"io"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"waybill/internal/desk"
)

// movingNotice is the line about an import: the question, and what came of it.
const movingNotice = "moving"

// newMoving offers to take settings and ledger to another computer, and to take in those of one.
func (u *ui) newMoving() fyne.CanvasObject {
	return container.New(stack{gap: gap},
		u.prose(lang.L("Settings, links and requests go into one file, without any key, token or address of a link. AWS files and private keys go by hand; the sandbox, and drops that are not done, stay here."), colorText).all,
		container.New(line{gap: 8},
			u.button(secondary, lang.L("Export…"), u.exportAll),
			u.button(secondary, lang.L("Import…"), func() { u.chooseFile(lang.L("Choose the file that was exported"), u.askToImport) })))
}

func (u *ui) exportAll() {
	var m desk.Moving
	u.save("waybill-"+u.now().Format("2006-01-02")+".jsonl", func(w io.Writer) (err error) {
		m, err = u.desk.ExportAll(u.ctx, w)
		return err
	}, func() string { return strings.Join(u.exported(m), " ") })
}

// exported says what an export holds, and what it has left here.
func (u *ui) exported(m desk.Moving) []string {
	said := []string{lang.N("The settings and {{.Count}} links are in it.", m.Links, args{"Count": u.words.count(m.Links)})}
	if m.Requests > 0 {
		said = append(said, lang.N("{{.Count}} requests are in it, and stay here too.", m.Requests, args{"Count": u.words.count(m.Requests)}))
	}
	if m.Distributions > 0 {
		said = append(said, lang.L("Copy the private keys of the distributions yourself."))
	}
	if m.Interrupted > 0 {
		said = append(said, lang.N("{{.Count}} drops are not done, and stay here.", m.Interrupted, args{"Count": u.words.count(m.Interrupted)}))
	}
	if m.SandboxRequests > 0 {
		said = append(said, lang.N("{{.Count}} open requests stay behind with the sandbox.", m.SandboxRequests, args{"Count": u.words.count(m.SandboxRequests)}))
	}
	if m.LeftOut > 0 {
		said = append(said, lang.N("{{.Count}} entries of the ledger are left out, because no import would take them.", m.LeftOut, args{"Count": u.words.count(m.LeftOut)}))
	}
	return said
}

func (u *ui) askToImport(path string) {
	ask(u, func(ctx context.Context) (desk.Moving, error) { return u.desk.ReadExport(ctx, path) }, func(m desk.Moving, err error) {
		if err != nil {
			u.notices.trouble(movingNotice, desk.Explain(err), bad)
			return
		}
		take := u.button(secondary, lang.L("Import"), func() { u.notices.hide(movingNotice); u.importAll(path) })
		leave := u.button(secondary, lang.L("Cancel"), func() { u.notices.hide(movingNotice) })
		u.notices.show(movingNotice, notice{
			tone: neutral, sticky: true, actions: []*button{take, leave},
			text: lang.N("{{.Name}} has {{.Count}} links, and the settings of another computer.", m.Links, args{"Name": oneLine(filepath.Base(path)), "Count": u.words.count(m.Links)}),
			help: lang.L("It was exported {{.When}}. Its settings hold afterwards; no link of this computer is lost.", args{"When": u.words.zoned(m.Made, u.now())}),
		})
	})
}

func (u *ui) importAll(path string) {
	ask(u, func(ctx context.Context) (desk.Imported, error) { return u.desk.ImportFile(ctx, path) }, func(m desk.Imported, err error) {
		if err != nil {
			u.notices.trouble(movingNotice, desk.Explain(err), bad)
			return
		}
		said := []string{lang.L("{{.New}} are new here, {{.Later}} were renewed or revoked there, {{.Kept}} stay as they are here. Copies of what was here before are beside ledger and settings.",
			args{"New": u.words.count(m.Added), "Later": u.words.count(m.Replaced), "Kept": u.words.count(m.Kept)})}
		if m.Requests > 0 {
			said = append(said, lang.N("{{.Count}} requests came, {{.New}} of them new.", m.Requests, args{"Count": u.words.count(m.Requests), "New": u.words.count(m.RequestsAdded)}))
		}
		if m.LeftOut > 0 {
			said = append(said, lang.N("{{.Count}} settings cannot be used here, so they are left out.", m.LeftOut, args{"Count": u.words.count(m.LeftOut)}))
		}
		if next := u.desk.Settings().Destination; next.Bucket != "" {
			said = append(said, lang.L("The next drop goes to {{.Place}}.", args{"Place": oneLine(next.Bucket + "/" + next.Prefix)}))
		}
		said = append(said, u.heldFromNow(m)...)
		if len(m.Keys) > 0 {
			said = append(said, lang.L("Private keys are missing here: {{.Paths}}", args{"Paths": strings.Join(m.Keys, ", ")}))
		}
		show := u.button(secondary, lang.L("Show in its folder"), func() { u.reveal(m.Backups[0]) })
		u.notices.show(movingNotice, notice{tone: good, actions: []*button{show},
			text: lang.N("{{.Count}} links came.", m.Links, args{"Count": u.words.count(m.Links)}), help: strings.Join(said, " ")})
		u.send.dest.begin()
		u.applySettings(u.desk.Settings())
		u.links.load()
		u.requests.load()
	})
}

// heldFromNow says what an import has changed of where links lead, and of what objects get.
func (u *ui) heldFromNow(m desk.Imported) (said []string) {
	if m.Replacing {
		said = append(said, lang.L("A file replaces what has its name from now on."))
	}
	var lead, get []string
	for _, e := range m.NewEndpoints {
		lead = append(lead, oneLine(desk.BucketTitle(e.Bucket)+" ("+e.URL+")"))
	}
	for _, s := range m.NewUploads {
		get = append(get, oneLine(desk.BucketTitle(s.Destination.Bucket)+"/"+s.Destination.Prefix))
	}
	if len(lead) > 0 {
		said = append(said, lang.L("Links lead to another address from now on: {{.Places}}.", args{"Places": strings.Join(lead, ", ")}))
	}
	if len(get) > 0 {
		said = append(said, lang.L("Other upload settings hold from now on: {{.Places}}.", args{"Places": strings.Join(get, ", ")}))
	}
	return said
}
