package desk

import (
	"maps"
	"slices"
)

// row is what happened and what to do, as templates over scene.args and what the classifier added.
type row struct{ what, help string }

// Texts lists every sentence that a Trouble can hold, as the keys under which they are translated.
func Texts() []string {
	var all []string
	for _, r := range rows() {
		all = append(all, r.what, r.help)
	}
	all = slices.DeleteFunc(all, func(s string) bool { return s == "" })
	all = append(all, checkTexts()...)
	slices.Sort(all)
	return slices.Compact(all)
}

// Codes lists the codes that a Trouble can have.
func Codes() []string { return slices.Sorted(maps.Keys(rows())) }

// rows is the table from code to words. Codes that S3 has too are S3's own.
func rows() map[string]row {
	return map[string]row{
		// What a person typed.
		"ExpiresNotATime":    {`"{{.Given}}" is not a length of time.`, `Write it as 15m, 1h, 36h or 7d.`},
		"ExpiresTooShort":    {`"{{.Given}}" is too short for a link.`, `Choose a time from one second to seven days, such as 1h.`},
		"ExpiresTooLong":     {`"{{.Given}}" is longer than a signed link can last.`, `Choose at most 7d; S3 accepts no signature older than seven days.`},
		"RequestByForm":      {`The store itself refuses what comes after the end or is not for the folder{{if .Kinds}}, other types{{end}}{{if .Size}}, larger files{{end}}.`, `{{if .PageSize}}Only the page minds the size: what is larger is marked here. {{end}}{{if .PageKinds}}Only the page minds the kinds: others are marked here. {{end}}The type of a file is what its sender says.`},
		"RequestByFile":      {`The store itself refuses what comes after the end, more than {{.Files}} files{{if .Each}} of each type{{end}}{{if .Kinds}}, other types{{end}}. Nothing is overwritten.`, `{{if .PageSize}}Only the page minds the size: what is larger is marked here. {{end}}{{if .PageKinds}}Only the page minds the kinds: others are marked here. {{end}}The type of a file is what its sender says.`},
		"BucketEmpty":        {`No bucket is named.`, `Name the bucket that the files shall go to.`},
		"BucketName":         {`"{{.Bucket}}" cannot be the name of a bucket.`, `A name has 3 to 63 characters: letters, digits, dots and hyphens.`},
		"BucketKind":         {`"{{.Bucket}}" is no general purpose bucket, and no access point to one.`, `Name one of these: directory buckets, table buckets, multi-region access points, and those of Object Lambda and Outposts sign in ways that no link can have.`},
		"AccessPointName":    {`"{{.Bucket}}" is not the whole ARN of an access point.`, `Write it as arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME, or give its alias, or the name of a bucket.`},
		"AccessPointHere":    {`"{{.Bucket}}" is an access point, and this store is reached in a way that has none.`, `Leave out endpoint and path-style addresses, which are for other stores, or name a bucket.`},
		"AccessPointRegion":  {`The access point "{{.Bucket}}" is in another region than the profile "{{.Profile}}", which stays in its own (s3_use_arn_region = false).`, `Give the profile the access point's region, or take that setting away.`},
		"AccessPointPart":    {`"{{.Bucket}}" is an access point, through which a bucket's own settings cannot be changed.`, `Name the bucket itself for this.`},
		"Acceleration":       {`{{if .Bucket}}The bucket "{{.Bucket}}"{{else}}This store{{end}} cannot be reached by transfer acceleration.`, `Leave out --accelerate, and use_accelerate_endpoint in the profile: it is for buckets of AWS whose names have no dot, without endpoint_url, path-style addresses and FIPS.`},
		"PayerUnknown":       {`"{{.Given}}" cannot pay for requests.`, `Write --request-payer requester, or leave it out where the bucket's owner pays.`},
		"RequesterPays":      {`The account of the profile "{{.Profile}}" pays for requests to the bucket "{{.Bucket}}", and for every download by links to it.`, `Leave out --request-payer where the bucket's owner pays.`},
		"PrefixDots":         {`The folder "{{.Prefix}}" has a "." or ".." in it, which S3 does not understand as a person would.`, `Write the folder out in full, such as team/alice/.`},
		"PrefixCharacters":   {`The folder "{{.Prefix}}" has characters in it that cannot be seen.`, `Type the folder's name instead of pasting it.`},
		"PrefixTooLong":      {`The folder "{{.Prefix}}" leaves no room for a file's name.`, `Choose a shorter folder; folder and name together may have 1,024 bytes.`},
		"NotS3URL":           {`"{{.Given}}" is not an S3 address.`, `Write it as s3://bucket/key.`},
		"ClashUnknown":       {`"{{.Given}}" is not a way to treat a taken name.`, `Choose ask, keep-both, replace or skip.`},
		"VerifyUnknown":      {`"{{.Given}}" is not a way to verify links.`, `Choose all, sample or none.`},
		"ConcurrencyRange":   {`"{{.Given}}" is not a number of requests at once.`, `Choose a number from 1 to 256.`},
		"LimitRange":         {`"{{.Given}}" is not a number of bytes a second.`, `Write it as 500KiB, 5MiB or 1GiB; 0 is no limit.`},
		"PartSizeRange":      {`"{{.Given}}" is not a size for a part.`, `Choose a size from 5MiB to 5GiB.`},
		"KeyName":            {`"{{.Key}}" cannot be the name of an object.`, `Rename the file; S3 names cannot be empty, begin with a slash, or have "." or ".." between slashes.`},
		"TemplateWord":       {`A template for keys has no word "{{.Word}}".`, `Use {name}, {stem}, {ext}, {date}, {time}, {uuid} or {user}, and write a brace twice that shall stand for itself.`},
		"TemplateBraces":     {`A brace in the template "{{.Given}}" has no other half.`, `Write words as {name}, and a brace twice that shall stand for itself.`},
		"TemplateSlash":      {`The template "{{.Given}}" begins or ends with a slash, or has two of them together.`, `Put one slash between folders and the file's own part last, such as {date}/{name}.`},
		"TemplateDots":       {`The template "{{.Given}}" has a "." or ".." between slashes, which S3 does not understand as a person would.`, `Write the folders out in full, such as team/{date}/{name}.`},
		"TemplateCharacters": {`The template "{{.Given}}" has characters in it that cannot be seen.`, `Type the template instead of pasting it.`},
		"TemplateEmpty":      {`The template "{{.Given}}" leaves no name to a file without an extension.`, `Let it end with {name}, or with {stem}{ext}.`},
		"TemplateTooLong":    {`The template "{{.Given}}" leaves no room for a file's name.`, `Choose a shorter one; folder and name together may have 1,024 bytes.`},
		"SortUnknown":        {`"{{.Given}}" is not an order of links.`, `Choose time, name, size or end.`},
		"StandingUnknown":    {`"{{.Given}}" is not where a link can stand.`, `Choose live, ending-soon, ended, revoked, refused, failed, cancelled or skipped.`},
		"PatternWrong":       {`"{{.Given}}" is not a pattern for keys.`, `Close every bracket and brace; a backslash takes the meaning from the character after it.`},
		"PatternEmpty":       {`No object fits the pattern "{{.Given}}".`, `Check its spelling; * stays within a folder, and ** goes through folders.`},
		"NoDistribution":     {`S3 accepts no signature older than seven days, and "{{.Given}}" is longer.`, `Choose at most 7d and renew the link later, or set a CloudFront distribution for the bucket "{{.Bucket}}".`},
		"DistributionWrong":  {`The distribution cannot be used: {{.Fault}}.`, `Check the domain, the ID of the key pair, and the file with the private key.`},
		"KeyTooLongError":    {`The name of {{.Name}} is too long for S3.`, `Folder and name together may have 1,024 bytes; shorten one of them.`},

		"FeatureUnknown": {`"{{.Given}}" is not something that can be checked.`, `Choose from send, link, browse, clean, revoke, requests, undo, cors, deny and buckets, or all.`},
		"KeyARN":         {`"{{.Given}}" is not the ARN of a KMS key.`, `Write it as arn:aws:kms:REGION:ACCOUNT:key/ID; a policy takes no alias.`},

		"KindWrong":     {`"{{.Given}}" is not a kind of file.`, `Write an ending such as .pdf, or a type such as image/* or application/pdf.`},
		"KindsTooMany":  {`These are more than {{.Most}} kinds of files.`, `Name fewer, or none for any kind.`},
		"FilesRange":    {`{{.Given}} is not a number of files that one request can have.`, `Choose at most {{.Most}}, or 0 for any number.`},
		"LargeRange":    {`{{.Given}} is not a number of large files that one request can have.`, `Choose at most {{.Most}}.`},
		"MaxSizeNoWay":  {`No file of {{.Given}} could come by such a request.`, `Choose at most {{.Most}}; places for few files in parts take the largest ones.`},
		"MaxSizeRange":  {`"{{.Given}}" is not a size that a file can have.`, `Write it as 20MB or 5GiB; 0 is any size.`},
		"RequestWords":  {`A text of the request has more than {{.Most}} characters.`, `Shorten it.`},
		"RequestSecret": {`A text of the request holds the signature of a link, which is not kept.`, `Leave the link out, or send it by another way.`},

		// Profiles and credentials.
		"NoProfile":           {`There is no profile "{{.Profile}}" in the AWS files of this computer.`, `Choose another profile, or add this one with: aws configure --profile {{.Profile}}`},
		"ProfileInBrokenFile": {`There is no profile "{{.Profile}}", and {{.File}} is not as it should be{{with .Line}} in line {{.}}{{end}}.`, `Mend the file ({{.Fault}}), then try again.`},
		"ConfigFile":          {`{{.File}} is not as it should be{{with .Line}} in line {{.}}{{end}}.`, `Mend the file ({{.Fault}}), then try again.`},
		"ProfileSetup":        {`The profile "{{.Profile}}" cannot be used as it stands.`, `Something that its kind needs is missing or wrong; the details say what.`},
		"CABundle":            {`The trusted certificates in {{.File}} cannot be read.`, `Check that AWS_CA_BUNDLE, or ca_bundle in the profile, names a file with PEM certificates ({{.Fault}}).`},
		"NoCredentials":       {`The profile "{{.Profile}}" has no credentials.`, `Run "aws configure", or "waybill login" where it signs in by SSO, choose another profile, or try the sandbox, which needs no account.`},
		"CredentialsFailed":   {`The profile "{{.Profile}}" did not give credentials.`, `Sign in again in the way this profile needs (waybill login --profile {{.Profile}} says how), then try again.`},
		"ExpiredToken":        {`The session of the profile "{{.Profile}}" has ended.`, `Sign in again in the way that this profile needs; what was begun goes on with what the store has.`},
		"InvalidAccessKeyId":  {`The store does not know the access key of the profile "{{.Profile}}".`, `The key was removed, or belongs to another store; check the profile's keys and its endpoint.`},
		"EndsEarly":           {`Links made now end at {{.Ends}}, when the session of the profile "{{.Profile}}" ends, not after {{.Asked}}.`, `{{with .Longer}}Choose the profile "{{.}}", whose keys have no session, sign in again, or ask for a shorter time.{{else}}{{if .Stretch}}Ask for a longer session of the role (--longer-session), choose another profile, or ask for a shorter time.{{else if .Chained}}AWS gives a role that another role assumes no more than an hour; choose another profile, or ask for a shorter time.{{else if .Role}}The role allows no longer session; ask its owner for one, choose another profile, or ask for a shorter time.{{else}}Sign in again for a longer session, choose another profile, or ask for a shorter time.{{end}}{{end}}`},
		"EndUnknown":          {`Nobody knows when links made now will end: the profile "{{.Profile}}" has a session token that does not say.`, `Choose a profile whose session says when it ends, or tell the reader that the link may end at any time.`},
		"CopyEndsEarly":       {`This link now ends at {{.Ends}}, earlier than it did: the session of the profile "{{.Profile}}" ends then.`, `Sign in again and copy it once more.`},
		"CopyEndsAtLimit":     {`This link now ends at {{.Ends}}: the bucket "{{.Bucket}}" has no distribution any more, and S3 accepts no signature older than seven days.`, `Set the distribution again, or renew the link before it ends.`},
		"LinkEnded":           {`The link to {{.Name}} has ended.`, `Renew it.`},
		"LinkRevoked":         {`The link to {{.Name}} was revoked: its object was taken away.`, `Undo that where it can be undone, or send the file again.`},
		"NothingToRenew":      {`{{.Name}} was not sent, so there is no link to renew.`, `Send the file again.`},
		"NothingToRevoke":     {`{{.Name}} was not sent, so there is no link to revoke.`, `There is nothing to do.`},
		"NothingToUndo":       {`What was done to {{.Name}} cannot be undone.`, `Send the file again.`},
		"BundleTooLarge":      {`{{.Count}} files are too many for one page, which may have {{.Most}}.`, `Make a page of each folder, or send them as one zip.`},
		"NothingToBundle":     {`There is no file that could stand on the page.`, `Choose files that were sent and whose links were not revoked.`},
		"RevokeQuestion":      {`{{if .Rename}}Rename{{else}}Delete{{end}} {{.Place}}{{with .Files}} and the {{.}} files on its page{{end}}?{{with .Replaced}} Somebody has replaced {{.}} of what is there since.{{end}}{{if .Gone}} There is nothing under this name any more.{{end}}{{with .Others}} {{.}} more of your links lead there.{{end}}{{if .Rename}} It stays in the bucket under another name, and that can be undone.{{else if .Versioned}} The bucket keeps versions, so that can be undone.{{else}} That cannot be undone.{{end}}{{if .Locked}} What it holds stays in the bucket{{with .Until}}, locked until {{.}}{{end}}{{if .Hold}}, under a legal hold{{end}}.{{end}}{{if .CloudFront}} CloudFront may hand out copies for a while: an invalidation ends that.{{end}}`, ``},
		"ObjectReplaced":      {`{{.Name}} has been replaced in the bucket since it was sent, so it was left as it is.`, `Look at what is there; --replaced takes it away all the same.`},
		"ObjectChanged":       {`{{.Name}} has changed in the bucket since you were asked, so it was left as it is.`, `Look at it, then revoke it again.`},
		"PageNotWritten":      {`The page {{.Place}} could not be written again, so it still says what was there before.`, `Renew the page, or revoke it.`},
		"SandboxFailed":       {`The sandbox could not be started.`, `Mend what is in the way: {{.Fault}}`},

		// Profiles whose settings do not fit together; the names are those of signer.Fault.
		"ProfileNoSource":         {`The profile "{{.Profile}}" has a role, and does not say who assumes it.`, `Add source_profile, credential_source or web_identity_token_file to the profile.`},
		"ProfileSourceMissing":    {`The profile "{{.Profile}}" takes its credentials from the profile "{{.About}}", which is not there.`, `Add that profile, or correct source_profile.`},
		"ProfileLoop":             {`Profiles take their credentials from each other in a circle: {{.About}}.`, `Let source_profile of one of them name a profile with credentials of its own.`},
		"ProfileSourceEmpty":      {`The profile "{{.Profile}}" takes its credentials from the profile "{{.About}}", which has none.`, `Give that profile credentials, or correct source_profile.`},
		"ProfileCredentialSource": {`The profile "{{.Profile}}" takes its credentials from "{{.About}}", which is no place for them.`, `Let credential_source be Environment, Ec2InstanceMetadata or EcsContainer.`},
		"ProfileNotInEnvironment": {`The profile "{{.Profile}}" takes its credentials from the environment, which has none.`, `Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY where Waybill is started.`},
		"ProfileNoContainer":      {`The profile "{{.Profile}}" takes its credentials from a container, and this computer is none.`, `Choose another profile; this one works inside an ECS task or an EKS pod only.`},
		"ProfileContainerURI":     {`The address of the container's credentials{{with .About}}, {{.}},{{end}} is not one that may be asked.`, `Correct AWS_CONTAINER_CREDENTIALS_FULL_URI: plain http may lead to this computer and to the addresses of ECS and EKS only.`},
		"ProfileSSOSession":       {`The profile "{{.Profile}}" signs in by the sso-session "{{.About}}", which is not there.`, `Add the section [sso-session {{.About}}], or correct sso_session; aws configure sso does both.`},
		"ProfileSetting":          {`The profile "{{.Profile}}" lacks the setting {{.About}}.`, `Add it to the profile, or to the sso-session that the profile names.`},
		"ProfileDuration":         {`The profile "{{.Profile}}" has "{{.About}}" as duration_seconds.`, `Write a number from 900 to 43200.`},
		"ProfileTokenFile":        {`The token of the profile "{{.Profile}}" cannot be read from {{.About}}.`, `Let whatever writes this file write it again, or correct its name in the settings.`},
		"ProfileHalfKeys":         {`The profile "{{.Profile}}" has one half of a pair of keys: {{.About}} is missing.`, `Add it, in the same section of the same file.`},

		// Getting credentials, and signing in.
		"SignedOut":        {`Nobody is signed in with the profile "{{.Profile}}" any more.`, `Sign in with "waybill login --profile {{.Profile}}", or with the AWS CLI; what was begun goes on by itself or can be resumed.`},
		"SignedOutLogin":   {`The "aws login" session of the profile "{{.Profile}}" is over.`, `Run "aws login --profile {{.Profile}}"; it is noticed here at once.`},
		"MFA":              {`The profile "{{.Profile}}" asks for a code of the MFA device {{.Device}}, and got none.`, `Start it again in a terminal or in the window and type the six digits, or sign in first with "waybill login --profile {{.Profile}}".`},
		"MFAWrong":         {`The code of the MFA device {{.Device}} was not accepted.`, `Wait for the next code and type that one: each works once. A device whose clock is off has to be resynchronised in the AWS console.`},
		"RoleDenied":       {`The profile "{{.Profile}}" may not assume the role {{.Role}}.`, `Ask the owner of the role to trust you and to allow sts:AssumeRole; the role may also want an external_id, an MFA device or a certain role_session_name.`},
		"RoleRefused":      {`The role {{.Role}} could not be assumed: {{.Message}}`, `Check role_arn and the other settings of the profile "{{.Profile}}".`},
		"WebIdentityEnded": {`The token by which the profile "{{.Profile}}" assumes its role is over, or not accepted.`, `Let whatever writes web_identity_token_file write a new one.`},
		"PermissionSet":    {`You are signed in, but not for the role "{{.Role}}" in the account {{.Account}}.`, `Ask the administrator of your SSO for it, or correct sso_role_name and sso_account_id in the profile "{{.Profile}}".`},
		"ProcessTimeout":   {`The credential_process of the profile "{{.Profile}}" took longer than a minute.`, `Run it in a terminal to see what it waits for.`},
		"ProcessMissing":   {`The program in credential_process of the profile "{{.Profile}}" was not found.`, `Write its whole path into the profile: a desktop does not look everywhere where a terminal does.`},
		"ProcessFailed":    {`The credential_process of the profile "{{.Profile}}" failed.`, `Run it in a terminal to see what it says; Waybill shows nothing of that, since it may hold keys.`},
		"ProcessOutput":    {`The credential_process of the profile "{{.Profile}}" printed something else than credentials.`, `It has to print JSON with Version, AccessKeyId and SecretAccessKey, and nothing else.`},
		"SignInDenied":     {`Signing in was refused in the browser.`, `Sign in again and agree, or ask the administrator of your SSO.`},
		"SignInTimeout":    {`Nobody signed in in time.`, `Sign in again; the code is good for ten minutes.`},
		"SignInFailed":     {`Signing in to {{.Profile}} did not work.`, `Check sso_start_url and sso_region, then try again; the details have the service's own words.`},
		"SignInLogin":      {`The profile "{{.Profile}}" signs in by "aws login", which the AWS CLI does.`, `Run "aws login --profile {{.Profile}}"; it is noticed here at once.`},
		"SignInSession":    {`The profile "{{.Profile}}" has a session token that some other program got.`, `Run that program again; what it writes into the AWS files is noticed here at once.`},
		"SignInNotNeeded":  {`The profile "{{.Profile}}" has keys of its own, so there is nothing to sign in to.`, `Use it as it is; if the store refuses its keys, write new ones into the AWS files.`},

		// Files.
		"FileGone":       {`{{.Name}} is not there.`, `Check the name, then send the file again.`},
		"FileUnreadable": {`{{.Name}} may not be read by you.`, `Change the file's permissions, or ask its owner for a copy.`},
		"FileRead":       {`{{.Name}} could not be read to its end.`, `Check the disk or the network drive that it lies on, then try again.`},
		"FolderLink":     {`{{.Name}} is a link to a folder, which is not followed: it may lead in circles.`, `Drop the folder that it leads to.`},
		"SpecialFile":    {`{{.Name}} is no file but a device, a pipe or a socket, so it was left out.`, `There is nothing to send of it.`},
		"LeftOut":        {`{{.Name}} is no file, so it was left out.`, `There is nothing to send of it.`},
		"HiddenSkipped":  {`{{.Count}} hidden files or folders in {{.Name}} were left out.`, `To send them too, change that in the settings, or leave out --skip-hidden.`},
		"FileChanged":    {`{{.Name}} changed while it was being sent, so nothing of it was kept.`, `Wait until the program that writes it is done, then send it again.`},
		"NotRegular":     {`{{.Name}} is not a file with contents of its own, but a device, a pipe or a socket.`, `Send a regular file or a folder.`},
		"FileTooLarge":   {`{{.Name}} is larger than S3 can hold.`, `An object has at most 48.8 TiB; split the file.`},
		"NothingInside":  {`There are no files in {{.Name}}.`, `Drop a folder that has files in it.`},

		// What stores say.
		"AccessDenied":            {`The profile "{{.Profile}}" may not do this{{with .Place}} in {{.}}{{end}}: {{.Permission}} is missing.`, `Ask the owner of the bucket for {{.Permission}}, or choose another profile or folder.`},
		"NoSuchBucket":            {`There is no bucket "{{.Bucket}}" in this store.`, `Check the spelling, and that the profile "{{.Profile}}" belongs to the store that has it.`},
		"NoSuchKey":               {`There is no object "{{.Key}}" in the bucket "{{.Bucket}}", or no such bucket.`, `Check bucket and key; upper and lower case are different.`},
		"PreconditionFailed":      {`The name {{.Key}} is taken in the bucket "{{.Bucket}}".`, `Keep both, replace it, or rename the file.`},
		"SignatureDoesNotMatch":   {`The store does not accept the signature of the profile "{{.Profile}}".`, `Check the secret key in the profile; a proxy that changes requests has the same effect.`},
		"RequestTimeTooSkewed":    {`This computer's clock and the store's are too far apart.`, `Set this computer's clock, then try again.`},
		"PermanentRedirect":       {`The bucket "{{.Bucket}}" is in another region{{if .Region}}: the store named {{.Region}}, and sent on again from there{{else}}, and the store does not say which{{end}}.`, `Give the profile the bucket's region, and the endpoint of that region where it has one. A bucket that was just made, or made anew elsewhere, needs some minutes.`},
		"KMSDenied":               {`{{with .Place}}{{.}} is encrypted with a KMS key that{{else}}The bucket is encrypted with a KMS key that{{end}} the profile "{{.Profile}}" may not use: {{.Permission}} is missing.`, `Ask the owner of the key{{with .KMSKey}} {{.}}{{end}} for kms:GenerateDataKey, to send, and kms:Decrypt, to send in parts and to read.`},
		"KMSKey":                  {`The KMS key that the bucket "{{.Bucket}}" encrypts with cannot be used: it is disabled, about to be deleted, or not there.`, `Ask the owner of the bucket to choose another key, or to enable this one{{with .KMSKey}} ({{.}}){{end}}.`},
		"ObjectLocked":            {`{{.Place}} is locked: a retention period or a legal hold keeps it from being changed or deleted.`, `Wait until the retention is over, or ask whoever may lift it; a link to it can only be left to end.`},
		"SlowDown":                {`The store asks for fewer requests at a time, and went on asking.`, `Try again in a few minutes, or with a smaller --concurrency.`},
		"InternalError":           {`The store has a fault of its own at the moment (HTTP {{.Status}}).`, `Try again in a few minutes; nothing was lost.`},
		"BadDigest":               {`What arrived of {{.Name}} was not what was sent, and the store refused it.`, `Send it again; if it happens twice, something between here and the store changes the bytes.`},
		"EntityTooLarge":          {`{{.Name}} is larger than this store accepts.`, `Ask the store's owner for its limit, or split the file.`},
		"NoSuchUpload":            {`The store has forgotten the unfinished upload of {{.Name}}.`, `Send it again from the beginning.`},
		"QuotaExceeded":           {`The store has no room left.`, `Ask the store's owner for more, or remove what is not needed.`},
		"NotImplemented":          {`This store cannot do what was asked of it.`, `Open the details and ask the store's owner.`},
		"MethodNotAllowed":        {`This store does not allow what was asked of it.`, `Open the details and ask the store's owner.`},
		"InvalidObjectState":      {`The object is archived and has to be restored first.`, `Restore it in the store's console, then make the link.`},
		"AccountProblem":          {`There is a problem with the account behind the profile "{{.Profile}}".`, `Look into the account's console.`},
		"Refused":                 {`The store refused: {{.Code}}.`, `Open the details; they have the store's own words.`},
		"LinkRefused":             {`{{.Name}} was sent, but its link does not work: the profile "{{.Profile}}" may put but not get here (s3:GetObject is missing).`, `Ask the owner of the bucket for s3:GetObject, or choose another profile or folder.`},
		"LinkRefusedPolicy":       {`{{.Name}} was sent, but a policy refuses its link, though the profile "{{.Profile}}" itself may read the object.`, `Ask the owner of the bucket about conditions on presigned requests, such as s3:signatureAge or s3:authType.`},
		"LinkRefusedKMS":          {`{{.Name}} was sent, but its link does not work: the object is encrypted, and the profile "{{.Profile}}" may not decrypt it.`, `Ask the owner of the key for kms:Decrypt, or choose another profile.`},
		"LinkRefusedNetwork":      {`{{.Name}} was sent, but a policy refuses its link from this network.`, `The policy names the addresses or the VPC from which it works (aws:SourceIp, aws:SourceVpce); the reader has to be there.`},
		"LinkRefusedDistribution": {`{{.Name}} was sent, but its distribution refuses the link.`, `Check that the distribution may read the bucket, and that the key pair is in its key group.`},
		"LinkNotMade":             {`{{.Name}} was sent, but no link to it could be made.`, `Sign in again, then make the link with: waybill link`},
		"LinkNotTried":            {`{{.Name}} was sent, but its link could not be tried.`, `Open the link once yourself before passing it on.`},

		// What a check could not remove.
		"CheckStays":        {`{{.Place}} stays in the bucket: it could not be removed.`, `Delete it when you can; the next check here removes it too, once it is an hour old.`},
		"CheckVersionStays": {`A version of {{.Place}} stays in the bucket, which keeps them: the profile "{{.Profile}}" may not remove versions.`, `Nobody sees it in lists; whoever has s3:DeleteObjectVersion can remove it.`},
		"CheckUploadStays":  {`An unfinished upload to {{.Place}} may stay in the bucket: it could not be removed.`, `The next check here removes it once it is an hour old, and so does waybill clean.`},
		"CheckLocked":       {`{{.Place}} stays in the bucket for {{.Days}} days: Object Lock keeps it.`, `There is nothing to do; nobody can remove it earlier.`},

		// The way there.
		"NoSuchHost":     {`There is no computer called {{.Host}}, as far as this one can tell.`, `Check the network connection and the spelling of the endpoint.`},
		"StoreDown":      {`Nobody answers at {{.Host}}.`, `Check that the store is running, and the endpoint's port.`},
		"TimedOut":       {`The store took too long to answer.`, `Check the network connection, then try again.`},
		"NetworkLost":    {`The network is lost; {{.Name}} goes on by itself when it is back.`, `Nothing is lost meanwhile; wait, or cancel it.`},
		"Stalled":        {`No byte moved for half a minute, again and again.`, `Check the network connection, then try again.`},
		"ConnectionLost": {`The connection to the store broke, and broke again.`, `Check the network connection, then try again; nothing was lost.`},
		"Certificate":    {`The certificate of {{.Host}} is not one that this computer trusts.`, `If the store has a certificate of your company's own, point AWS_CA_BUNDLE at its authority; otherwise do not go on.`},
		"NotTLS":         {`{{.Host}} does not speak https.`, `Check the endpoint; it may begin with http:// or have another port.`},
		"RefusesTLS":     {`{{.Host}} refuses a secure connection.`, `Check the endpoint, and that the store supports TLS 1.2 or later.`},
		"WantsHTTPS":     {`The store speaks https only.`, `Write the endpoint with https://.`},
		"PlainHTTP":      {`The endpoint would send files and keys unencrypted to another computer.`, `Write the endpoint with https://, or allow it for this store with --allow-http.`},
		"Endpoint":       {`The endpoint is not an http or https address.`, `Write it as https://host or https://host:port.`},
		"Proxy":          {`The proxy does not let the connection through.`, `Check HTTPS_PROXY and the proxy's user name and password.`},
		"NotAStore":      {`Something else than an S3 store answered: a web page of a proxy or of a login for the network, perhaps.`, `Open a web page in the browser to sign in to the network, and check the endpoint.`},

		// Requests.
		"NoSuchRequest":      {`The ledger has no request "{{.Given}}".`, `"waybill requests" lists those there are.`},
		"NoSuchArrival":      {`Nothing has arrived as "{{.Given}}".`, `Look at what has arrived, then choose again.`},
		"RequestEnded":       {`The request has ended.`, `Make a new one; an ended request cannot be extended.`},
		"RequestClosed":      {`The request is closed already.`, `Make a new one; a closed request cannot be opened again.`},
		"RequestStillOpen":   {`The request is open, so it is not forgotten.`, `Close it first, or wait until it ends.`},
		"ArrivalsCut":        {`More than {{.Most}} files have come by this request; only as many are listed and downloaded.`, `Take some of them out of the folder in the bucket, then look again.`},
		"RequestStillDenied": {`The request is closed, and a rule in the bucket's policy refuses uploads to it until {{.Ends}}: it is not forgotten, since nobody would take the rule back.`, `Wait until then, or undo the refusal first.`},
		"WaysEndEarly":       {`What is signed now ends at {{.Ends}}, earlier than the request: the session of the profile "{{.Profile}}" ends then.`, `Sign in again, then look at it once more; the page in the bucket stays as it is.`},
		"NoForms":            {`{{if .Paid}}A form cannot say that its sender is not the one who pays{{else if .Point}}Through an access point no forms are taken{{else}}This store takes no upload forms{{end}}, so the request has places for {{.Count}} files rather than for any number.`, `Make another request when they are used up.`},
		"PageRefused":        {`The request is made, but its page does not open by its link: the profile "{{.Profile}}" may put but not get here (s3:GetObject is missing).`, `Send the page as a file, or ask the owner of the bucket for s3:GetObject.`},
		"PageNotTried":       {`The request is made, but the link to its page could not be tried: {{.Reason}}`, `Open the link once yourself before passing it on, or send the page as a file.`},
		"CloseQuestion":      {`Close the request{{with .For}} to {{.}}{{end}}? Its page is removed{{if .Uploads}}, and so are unfinished uploads{{end}}.{{if .Deny}} A rule in the bucket's policy refuses uploads to its folder until {{.Ends}}.{{else if .Works}} Whoever kept the page can go on uploading until {{.Ends}}.{{end}} It cannot be opened again.`, ``},
		"StillWorks":         {`The page is gone, but whoever kept it can go on uploading until {{.Ends}}: what was signed cannot be called back.`, `To refuse that, close the request again with a rule in the bucket's policy.`},
		"NotDenied":          {`The page is gone, but whoever kept it can go on uploading until {{.Ends}}: the rule in the bucket's policy does not help. {{.Reason}}`, `Look at what arrives until then; removing the access key that signed it ends it at once.`},
		"NotDeniedNorUndone": {`Whoever kept the page can go on uploading until {{.Ends}}, and the rule in the bucket's policy could not be taken back. {{.Reason}}`, `Waybill tries that again when the request ends; or remove it in the store's console.`},
		"PolicyNotHonoured":  {`This store does not hold signed requests to the bucket's policy.`, `Ask the store's owner, or remove the access key.`},
		"PolicyFirst":        {`The bucket "{{.Bucket}}" has no policy, and a first one may lock everybody out at this store.`, `Ask the store's owner to give the bucket a policy.`},
		"NothingDenied":      {`The bucket's policy has no rule for this request.`, `There is nothing to do.`},
		"CORSAlways":         {`The bucket "{{.Bucket}}" lets pages of all origins upload, so the mailed page works.`, `There is nothing to do.`},
		"CORSNever":          {`This store has no CORS rules that could be set, and pages in files may not upload to the bucket "{{.Bucket}}".`, `Share the link to the page, which needs no such rule, or the command lines.`},
		"NoCORSRule":         {`The bucket "{{.Bucket}}" has no CORS rule of Waybill's.`, `There is nothing to do.`},
		"DownloadFolder":     {`The folder {{.Path}} cannot be used: {{.Fault}}.`, `Choose another folder, or make this one writable.`},
		"DownloadNotWritten": {`{{.Name}} could not be written: {{.Fault}}.`, `Look at the space on the disk and at the folder's permissions, then download it again.`},
		"ArrivalChanged":     {`{{.Name}} was replaced in the bucket while it was downloaded.`, `Download it again.`},
		"ArrivalDamaged":     {`What came of {{.Name}} is not what the store has.`, `Download it again; if it happens twice, something between here and the store changes the bytes.`},

		// The ledger.
		"LedgerReadOnly":   {`The ledger cannot be written, so what you send now is not recorded.`, `Make {{.Path}} writable, then start Waybill again.`},
		"LedgerCorrupt":    {`The ledger is damaged, so what you send now is not recorded.`, `Move {{.Path}} aside, then start Waybill again; a new one will be made.`},
		"LedgerNewer":      {`The ledger was written by a newer Waybill, so what you send now is not recorded.`, `Use the newer Waybill; {{.Path}} was left as it is.`},
		"LedgerFailed":     {`The ledger cannot be used, so what you send now is not recorded.`, `Look at {{.Path}}, and at the free space on its disk.`},
		"LedgerSecret":     {`The name of a file holds the signature of a link, so what was sent of it is not recorded.`, `Give the file a plain name; whoever reads this one may open the link.`},
		"NothingToVerify":  {`There is nothing to hold {{.Name}} against.`, `Only a file that was sent from this computer can be verified.`},
		"VerifyChanged":    {`{{.Name}} is not the file that was sent any more.`, `What was sent is still in the bucket; send the file again to have it there as it is now.`},
		"VerifyObject":     {`The store has something else at {{.Place}} than what was sent.`, `Somebody has replaced it, or the store has damaged it; send the file again.`},
		"VerifyParts":      {`The store does not say how large the parts of {{.Name}} were, so its sum cannot be computed again.`, `Send the file again; what is sent now keeps that with its proof.`},
		"NotInLedger":      {`The ledger has no link "{{.Given}}".`, `"waybill links" lists those there are.`},
		"SettingsNotSaved": {`Your choices could not be remembered.`, `Make {{.Path}} writable.`},

		// Newer versions.
		"UpdatesOff":        {`This Waybill does not look for newer versions: whoever built it has set no address for that.`, `Look where you got it from.`},
		"UpdateNoVersion":   {`This Waybill has no version number, so none can be newer.`, `Look where you got it from.`},
		"UpdateSource":      {`This Waybill was built with a key for updates that is none.`, `Tell those who have built it.`},
		"UpdateAddress":     {`The way to the list of versions leads over an address that is not safe, so it was not followed.`, `Look for a newer version where you got this one from, and tell those who have built it.`},
		"UpdateSignature":   {`The list of versions is not signed by those who have built this Waybill.`, `Download nothing because of it; try again later, and if it stays so, tell those who have built it.`},
		"UpdateExpired":     {`The list of versions has expired, so it does not say whether there is a newer one.`, `Check this computer's clock, then look for a newer version where you got this one from.`},
		"UpdateOlder":       {`The list of versions is older than one that was seen before.`, `Somebody may be holding back what is new; try again later, over another network if you can.`},
		"UpdateNewerForm":   {`The list of versions has a form that this Waybill does not know yet.`, `Look for a newer version where you got this one from.`},
		"UpdateForm":        {`Something else than a list of versions came from {{.Host}}.`, `A login for the network may be in the way: open a web page in the browser, then try again.`},
		"UpdateCertificate": {`The certificate of {{.Host}} is not one that this computer trusts, so the list of versions was not read.`, `If a proxy of your company's reads along, point AWS_CA_BUNDLE at its certificate; otherwise do not go on.`},
		"UpdateNetwork":     {`{{.Host}} could not be reached, so nobody knows whether there is a newer version.`, `Check the network connection, then try again.`},

		// Moving to another computer.
		"ExportThere":      {`{{.Name}} is there already.`, `Choose another name, or replace it with --force.`},
		"ExportNoFile":     {`{{.Name}} cannot be replaced: it is no file, or one of Waybill's own.`, `Choose another name.`},
		"ExportNotWritten": {`{{.Name}} could not be written.`, `Check the folder, and the free space on its disk; nothing was left there.`},
		"ImportNotOurs":    {`{{.Name}} is no file that Waybill has exported.`, `Choose the file that was exported on the other computer.`},
		"ImportNewer":      {`{{.Name}} was exported by a newer Waybill{{with .Version}}, {{.}}{{end}}, so nothing was changed.`, `Install that version or a later one here, then import it again.`},
		"ImportDamaged":    {`{{.Name}} is damaged ({{.Fault}}), so nothing was changed.`, `Copy it once more from the other computer, or export it anew.`},
		"ImportSecret":     {`{{.Name}} holds the signature of a link, so nothing was changed.`, `Export it anew with a Waybill; no Waybill writes such a thing.`},
		"ImportFailed":     {`The import could not be begun, so nothing was changed.`, `Check the free space on the disk of {{.Path}}, then import it again.`},
		"ImportUnfinished": {`The import could not be finished.`, `Check the free space on the disk of {{.Path}}; the next start of Waybill goes on with it.`},

		"QRTooLong":      {`The link is too long for a QR code.`, `Copy it instead; a shorter name or folder makes a shorter link, and so does a profile without a session.`},
		"ClockCorrected": {`This computer's clock is {{.Off}} {{if .Behind}}behind{{else}}ahead of{{end}} the store's; the links were signed with the store's time.`, `Set this computer's clock.`},
		"Unexpected":     {`Something went wrong that Waybill does not know.`, `Open the details; they may tell a person who can help.`},
	}
}
