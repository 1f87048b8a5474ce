package pages

import (
	"fmt"
	"strings"
	"time"
)

// Both scripts treat files alike. Each file goes under its safe name into one new folder below the current one:
// people run such a script where their terminal opens, which is their home, and there a sender's
// ".config/autostart/x.desktop" would be more than a file. A name that is there already is skipped, and said, so that
// nothing is overwritten and a second run does what the first could not. A file is downloaded beside its name and
// renamed when it is whole. A failure is said and does not keep the others back; at the end the failed ones are
// said again, and the script's status is 1.

// folderOf names the folder of a page's files: the same at each run, another for another page.
func folderOf(made time.Time) string {
	if made.IsZero() {
		return "waybill-files"
	}
	return "waybill-" + made.UTC().Format("2006-01-02-150405")
}

// shellScript is for any POSIX shell, saved or pasted: in parentheses, so that its exit ends no terminal; without
// comments and "!", which zsh and bash read differently when somebody types them; past aliases (command); with no
// link in an argument of curl, which other people of the same machine could see (--config).
func shellScript(folder string, files []File, names []string) string {
	var s strings.Builder
	s.WriteString(`(
failed=0
which=
waybill_get() {
  if [ -e "$1" ] || [ -L "$1" ]; then
    printf 'skipped, it is there already: %s\n' "$1"
  elif command mkdir -p "${1%/*}" && command rm -f "$1` + partEnding + `" &&
    printf 'url = "%s"\n' "$2" | command curl -fgL -# --retry 2 --config - -o "$1` + partEnding + `" &&
    command mv "$1` + partEnding + `" "$1"; then
    printf 'saved: %s\n' "$1"
  else
    command rm -f "$1` + partEnding + `"
    printf 'FAILED: %s\n' "$1" >&2
    failed=$((failed + 1))
    which="$which
  $1"
  fi
}
`)
	for i, f := range files {
		fmt.Fprintf(&s, "waybill_get %s %s\n", ShellQuote("./"+folder+"/"+names[i]), ShellQuote(curlQuoter().Replace(f.URL)))
	}
	fmt.Fprintf(&s, `if [ "$failed" -gt 0 ]; then
  printf 'Of %[1]d files, %%s could not be saved:%%s\nRun this again to try them again.\n' "$failed" "$which" >&2
  exit 1
fi
printf 'All of %[1]d files are in %%s\n' %[2]s
)
`, len(files), ShellQuote("./"+folder))
	return s.String()
}

// ShellQuote makes a text one word of a POSIX shell.
func ShellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// curlQuoter writes a text so that it stands between the quotes of curl's configuration.
func curlQuoter() *strings.Replacer { return strings.NewReplacer(`\`, `\\`, `"`, `\"`) }

// powerShellScript is for Windows PowerShell 5.1 and for PowerShell 7, pasted or saved. It uses .NET's own calls,
// since those of PowerShell take "[" in a name for a pattern.
func powerShellScript(folder string, files []File, names []string) string {
	var s strings.Builder
	s.WriteString(`& {
$ErrorActionPreference = 'Stop'
[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
$here = (Get-Location -PSProvider FileSystem).ProviderPath
$failed = New-Object System.Collections.ArrayList
function Get-WaybillFile($name, $url) {
  $to = [IO.Path]::Combine($here, $name)
  if ([IO.File]::Exists($to) -or [IO.Directory]::Exists($to)) {
    Write-Host "skipped, it is there already: $name"
    return
  }
  try {
    [void][IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($to))
    (New-Object Net.WebClient).DownloadFile($url, "$to` + partEnding + `")
    [IO.File]::Move("$to` + partEnding + `", $to)
    Write-Host "saved: $name"
  } catch {
    Write-Host "FAILED: $name ($($_.Exception.GetBaseException().Message))" -ForegroundColor Red
    [void]$failed.Add($name)
    try { [IO.File]::Delete("$to` + partEnding + `") } catch { }
  }
}
`)
	for i, f := range files {
		fmt.Fprintf(&s, "Get-WaybillFile %s %s\n", PowerShellQuote(folder+"/"+names[i]), PowerShellQuote(f.URL))
	}
	fmt.Fprintf(&s, `if ($failed.Count -gt 0) {
  throw "Of %[1]d files, $($failed.Count) could not be saved: $($failed -join ', '). Run this again to try them again."
}
Write-Host ('All of %[1]d files are in ' + [IO.Path]::Combine($here, %[2]s))
}
`, len(files), PowerShellQuote(folder))
	return s.String()
}

// PowerShellQuote makes a text one string of PowerShell, in which nothing has a meaning. PowerShell takes
// typographic single quotes for quotes too: each is doubled, and then stands for itself.
func PowerShellQuote(s string) string {
	var out strings.Builder
	out.WriteByte('\'')
	for _, r := range s {
		switch r {
		case '\'', '‘', '’', '‚', '‛':
			out.WriteRune(r)
		}
		out.WriteRune(r)
	}
	out.WriteByte('\'')
	return out.String()
}
