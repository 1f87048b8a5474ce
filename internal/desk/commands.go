package desk

import (
	"maps"
	"slices"
	"strings"

	"waybill/internal/pages"
)

// The command lines of a request end with FILE, so that a person can put a file's name there, or drop the file on the
// terminal. Whatever the file is called, its name is data: it stands in a variable, never in the program.

// commandsOf makes the command lines for curl and for PowerShell: of each form, and of each place for one file.
func commandsOf(posts []PostWay, uploads []Upload) []Command {
	var list []Command
	for _, p := range posts {
		list = append(list, Command{Shell: ShellPOSIX, Accept: p.Accept, Text: curlPost(p)}, Command{Shell: ShellPowerShell, Accept: p.Accept, Text: powerShellPost(p)})
	}
	for _, u := range uploads {
		list = append(list, Command{Shell: ShellPOSIX, Key: u.Key, Accept: u.Accept, Text: curlPut(u)},
			Command{Shell: ShellPowerShell, Key: u.Key, Accept: u.Accept, Text: powerShellPut(u)})
	}
	return list
}

// unknownType is what a command line says after the slash where it knows no more.
const unknownType = "x-unknown"

// saidType is the content type that a command line says: one of the family, where any of it is taken.
func saidType(contentType string) string {
	if strings.HasSuffix(contentType, "/") {
		return contentType + unknownType
	}
	return contentType
}

// noFolder stops where a variable of the script names a folder, of which stores say what nobody understands.
func noFolder(variable string) string {
	return `if [ -d "$` + variable + `" ]; then echo "$` + variable + ` is a folder: name the files in it, or pack it first" >&2; exit 1; fi; `
}

// taken looks at an answer, whose last line is the status: where the store refused, it says why.
const taken = `case "$a" in *2[0-9][0-9]) ;; *) printf "refused: %s\n" "$a" >&2; false;; esac`

// curlPut sends one file. Its name travels in Content-Disposition, as RFC 8187 writes it: each byte as %XX.
func curlPut(u Upload) string {
	script := noFolder("1") + `n=$(printf %s "${1##*/}" | od -An -v -tx1 | tr -d " \n" | sed "s/../%&/g") && a=$(curl -Sg# -w "\n%{http_code}" -T "$1"`
	for _, name := range slices.Sorted(maps.Keys(u.Header)) {
		script += " -H " + pages.ShellQuote(name+": "+u.Header[name])
	}
	script += ` -H "Content-Disposition: attachment; filename*=UTF-8''$n" ` + pages.ShellQuote(u.URL) + `) && ` + taken
	return "sh -c " + pages.ShellQuote(script) + " waybill FILE"
}

// curlPost sends each of some files. A folder that nobody can guess keeps two of the same name apart. The file comes
// over standard input: curl would read "," and ";" in its name.
func curlPost(p PostWay) string {
	script := `for f; do ` + noFolder("f") + `r=$(od -An -N10 -tx1 /dev/urandom | tr -d " \n") && a=$(curl -Sg# -w "\n%{http_code}"`
	for _, name := range slices.Sorted(maps.Keys(p.Fields)) {
		script += " --form-string " + pages.ShellQuote(name+"="+p.Fields[name])
	}
	script += " --form-string " + pages.ShellQuote("key="+p.Folder) + `"$r/${f##*/}"` +
		" --form-string " + pages.ShellQuote("Content-Type="+saidType(p.ContentType)) +
		` -F "file=@-;filename=file" ` + pages.ShellQuote(p.URL) + ` <"$f") && ` + taken + ` || exit; done`
	return "sh -c " + pages.ShellQuote(script) + " waybill FILE"
}

// .NET's own HttpClient is the same in Windows PowerShell 5.1 and in PowerShell 7, streams what it sends, and takes no
// "[" in a name for a pattern.
const (
	powerShellBegin = `& { param($f) $ErrorActionPreference = 'Stop'; ` +
		`[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12; ` +
		`Add-Type -AssemblyName System.Net.Http; $c = New-Object Net.Http.HttpClient; $c.Timeout = [Threading.Timeout]::InfiniteTimeSpan; ` +
		`$p = (Resolve-Path -LiteralPath $f).ProviderPath; $n = [IO.Path]::GetFileName($p); $s = [IO.File]::OpenRead($p); ` +
		`try { $b = New-Object Net.Http.StreamContent $s; `
	powerShellEnd = `$a = $c.SendAsync($m).GetAwaiter().GetResult(); ` +
		`if (-not $a.IsSuccessStatusCode) { throw "$n was refused: HTTP $([int]$a.StatusCode) $($a.Content.ReadAsStringAsync().GetAwaiter().GetResult())" } ` +
		`Write-Host "sent: $n" } finally { $s.Dispose() } } FILE`
)

func powerShellPut(u Upload) string {
	script := powerShellBegin + "$m = New-Object Net.Http.HttpRequestMessage 'PUT', " + pages.PowerShellQuote(u.URL) + "; $m.Content = $b; "
	for _, name := range slices.Sorted(maps.Keys(u.Header)) {
		on := "$m"
		if strings.HasPrefix(name, "Content-") {
			on = "$b"
		}
		script += "[void]" + on + ".Headers.TryAddWithoutValidation(" + pages.PowerShellQuote(name) + ", " + pages.PowerShellQuote(u.Header[name]) + "); "
	}
	return script + `[void]$b.Headers.TryAddWithoutValidation('Content-Disposition', "attachment; filename*=UTF-8''" + [Uri]::EscapeDataString($n)); ` + powerShellEnd
}

// powerShellPost quotes the fields' names, which .NET leaves bare.
func powerShellPost(p PostWay) string {
	field := func(name, value string) string {
		return "$o.Add((New-Object Net.Http.StringContent " + value + "), " + pages.PowerShellQuote(`"`+name+`"`) + "); "
	}
	script := powerShellBegin + "$o = New-Object Net.Http.MultipartFormDataContent; "
	for _, name := range slices.Sorted(maps.Keys(p.Fields)) {
		script += field(name, pages.PowerShellQuote(p.Fields[name]))
	}
	script += field("key", "("+pages.PowerShellQuote(p.Folder)+" + [Guid]::NewGuid().ToString('N') + '/' + $n)") +
		field("Content-Type", pages.PowerShellQuote(saidType(p.ContentType))) + `$o.Add($b, '"file"', '"file"'); ` +
		"$m = New-Object Net.Http.HttpRequestMessage 'POST', " + pages.PowerShellQuote(p.URL) + "; $m.Content = $o; "
	return script + powerShellEnd
}
