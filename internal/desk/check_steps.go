package desk

// checkSteps lists the steps in the order in which they are done and shown.
func checkSteps() []CheckStep {
	step := func(id, title, permission string) CheckStep {
		return CheckStep{ID: id, Title: Text{ID: title}, Permission: permission}
	}
	return []CheckStep{
		step("profile", `Who signs`, ""),
		step("name", `Name of the store`, ""),
		step("tls", `Encryption on the way`, ""),
		step("clock", `Clock`, ""),
		step("access", `Signature and bucket`, ""),
		step("answer", `Answer time`, ""),
		step("list", `List the folder`, permList),
		step("uploads", `List unfinished uploads`, permUploads),
		step("buckets", `List the buckets`, permBuckets),
		step("versions", `Versions of objects`, permVersioning),
		step("lock", `Object Lock`, ""),
		step("cors", `Read the bucket's CORS rules`, permReadCORS),
		step("policy", `Read the bucket's policy`, permReadPolicy),
		step("put", `Put an object`, permPut),
		step("get", `Open it by a link`, permGet),
		step("tags", `Read its tags`, permTags),
		step("delete", `Delete it`, permDelete),
		step("version", `Delete its version for good`, permVersion),
		step("multipart", `Upload in parts`, permPut),
		step("parts", `List the parts`, permParts),
		step("abort", `Remove an unfinished upload`, permAbort),
		step("speed", `Throughput`, ""),
		step("left", `What earlier checks have left`, ""),
	}
}

// quiet steps are told of only where they mean something.
func (s CheckStep) quiet() bool { return s.ID == "tags" || s.ID == "version" || s.ID == "left" }

// checkTexts lists the sentences of a check, as the keys under which they are translated.
func checkTexts() []string {
	var all []string
	for _, s := range checkSteps() {
		all = append(all, s.Title.ID)
	}
	for _, f := range AllFeatures() {
		all = append(all, f.Name().ID)
	}
	for _, state := range []Ability{{}, {Missing: []string{""}}, {Unknown: []string{""}}} {
		all = append(all, state.Say("").ID)
	}
	return append(all, checkQuestionText,
		`The store cannot be used as it stands.`,
		`1 of {{.Needed}} permissions is missing.`,
		`{{.Missing}} of {{.Needed}} permissions are missing.`,
		`Nothing that was tried is missing; {{.Unknown}} of {{.Needed}} permissions cannot be told.`,
		`Everything works here.`,
		`The store refuses it: {{.Permission}} is missing.`,
		`This store has nothing of the kind.`,
		`The profile "{{.Profile}}" signs; nobody knows when its session ends.`,
		`The profile "{{.Profile}}" signs{{with .Account}} for the account {{.}}{{end}}.`,
		`The profile "{{.Profile}}" signs{{with .Account}} for the account {{.}}{{end}}; its session ends at {{.Ends}}.`,
		`Not tried, because of what went wrong before.`,
		`Not tried: the check was cancelled.`,
		`{{.Host}} is an address; no name has to be resolved.`,
		`{{.Host}} is {{.Addresses}}; finding that out took {{.Took}}.`,
		`The proxy {{.Proxy}} looks the name {{.Host}} up.`,
		`{{.Host}} was found.`,
		`{{.Version}}; the certificate is by {{.Issuer}} and good until {{.Ends}}.`,
		`Nothing is encrypted, and nothing leaves this computer.`,
		`Nothing is encrypted: the store is reached by plain http, which was allowed.`,
		`This computer's clock and the store's agree.`,
		`This computer's clock is {{.Off}} {{if .Behind}}behind{{else}}ahead of{{end}} the store's.`,
		`This computer's clock is {{.Off}} {{if .Behind}}behind{{else}}ahead of{{end}} the store's; Waybill signs with the store's time.`,
		`The store does not tell its time.`,
		`The store accepts the signature, for the region {{.Region}}.`,
		`The store answers in {{.Took}}; the first time it took {{.First}}.`,
		`What is in the folder can be listed.`,
		`Unfinished uploads can be listed.`,
		`The buckets can be listed.`,
		`The bucket keeps versions of what is replaced and deleted.`,
		`The bucket keeps no versions.`,
		`The bucket keeps what is put there for {{.Days}} days ({{.Mode}}).`,
		`The bucket keeps nothing by Object Lock.`,
		`Whether the bucket keeps objects by Object Lock may not be asked.`,
		`Pages that are sent by mail can upload here.`,
		`Pages that are sent by mail cannot upload here until a rule is added.`,
		`The bucket's policy can be read.`,
		`The store took {{.Place}}.`,
		`The store took {{.Place}}, and encrypts with the key {{.Key}}.`,
		`The link opened it.`,
		`Its tags can be read.`,
		`It is gone.`,
		`It is gone; the bucket keeps a version of it.`,
		`The version and its marker are gone.`,
		`The store took a part.`,
		`The store listed the part.`,
		`The upload is gone.`,
		`The store takes {{.Put}} and gives {{.Get}}.`,
		`Not measured: what is put here could not be removed.`,
		`Not tried: nothing was to be written.`,
		`Not tried: what it would leave could not be removed again.`,
		`The store has no such upload, and would have listed its parts.`,
		`The store has no such upload, and would have removed it.`,
		`The store takes {{.Put}}.`,
		`It is so slow that it could not be measured in {{.Within}}.`,
		`An object that is there already opened by a link.`,
		`There is no object here to try it with.`,
		`There is nothing to delete, and the store would have deleted it.`,
		`{{.Removed}} were removed.`,
		`{{.Removed}} of {{.Found}} were removed.`,
	)
}

// checkQuestionText asks for a person's consent.
const checkQuestionText = `To try what writing needs, Waybill puts an object of a few bytes at {{.Place}}` +
	`{{if .Speed}}, an unfinished upload beside it, and up to 4 MiB to measure the speed{{else}} and an unfinished upload beside it{{end}}. ` +
	`{{if .Days}}Object Lock keeps the object for {{.Days}} days, and nobody can remove it until then. The upload is removed.` +
	`{{else if .Stays}}The object stays there, since the profile may not delete; the upload is removed.` +
	`{{else}}All of it is removed again{{if .Versioned}}, with its versions where the profile may do that{{end}}.{{end}} Go on?`
