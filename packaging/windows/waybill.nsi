; The installer for one person, or by choice for everybody. packaging/windows/dist.sh gives
;
;   VERSION   as the program says it          NUMBERS  four numbers, for Windows
;   STAGE     the folder with what to install OUTPUT   the installer to make
;   SIGN      a command that signs a file, if there is one
;
; docs/windows.md has its switches and exit statuses; keep it in step.

Unicode true
Target amd64-unicode
ManifestDPIAware true
ManifestLongPathAware true
ManifestSupportedOS Win10
RequestExecutionLevel user ; for one person; "for everybody" asks for an administrator when it is chosen
SetCompressor /SOLID lzma
Name "Waybill"
OutFile "${OUTPUT}"
BrandingText "Waybill ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include Sections.nsh
!include WinCore.nsh
!include x64.nsh

!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Waybill"
!define LOGIN_KEY "Software\Microsoft\Windows\CurrentVersion\Run"
!define APP_KEY "Software\Microsoft\Windows\CurrentVersion\App Paths\waybill.exe"
!define FILE_MENU "Software\Classes\*\shell\Waybill"
!define FOLDER_MENU "Software\Classes\Directory\shell\Waybill"

; Exit statuses besides NSIS's own: 0 done, 1 the person cancelled, 2 it could not be done.
!define STATUS_RUNNING 3
!define STATUS_NOT_ADMINISTRATOR 4

VIProductVersion "${NUMBERS}"
VIAddVersionKey /LANG=0 ProductName "Waybill"
VIAddVersionKey /LANG=0 ProductVersion "${VERSION}"
VIAddVersionKey /LANG=0 FileVersion "${VERSION}"
VIAddVersionKey /LANG=0 FileDescription "Waybill Setup"
VIAddVersionKey /LANG=0 CompanyName "The Waybill authors"
VIAddVersionKey /LANG=0 LegalCopyright "© 2026 The Waybill authors, MIT License"

!ifdef SIGN
	!uninstfinalize '${SIGN} "%1"' = 0
!endif

Var everybody ; 1: for all users of this computer

; The pages

!define MUI_ICON "${STAGE}\waybill.ico"
!define MUI_UNICON "${STAGE}\waybill.ico"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${STAGE}\side.bmp"
!define MUI_ABORTWARNING
!insertmacro MUI_PAGE_LICENSE "${STAGE}\LICENSE.txt"
Page custom askForWhom heardForWhom
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_FUNCTION start
!insertmacro MUI_PAGE_FINISH

!define MUI_UNCONFIRMPAGE_TEXT_TOP "$(KEEPS)"
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES

!insertmacro MUI_LANGUAGE "English" ; the first is for all languages that are not here
!insertmacro MUI_LANGUAGE "German"
!include words.nsh
!include path.nsh

; What is installed. What was chosen before is chosen again by an upgrade.

Section "Waybill" program
	SectionIn RO
	Call waitUntilClosed
	SetOutPath "$INSTDIR"
	File "${STAGE}\waybill.exe"
	File "${STAGE}\waybill.com"
	; Each by its name: a wildcard takes them in the order of the disk, and the same would not be the same twice.
	File "${STAGE}\LICENSE.txt"
	File /nonfatal "${STAGE}\THIRD_PARTY_NOTICES.txt"
	File "${STAGE}\CHANGELOG.txt"
	SetOutPath "$INSTDIR\docs"
	File "${STAGE}\docs\windows.md"
	File "${STAGE}\docs\links.md"
	File "${STAGE}\docs\command-line.md"
	SetOutPath "$INSTDIR" ; also where the shortcuts start it
	CreateShortcut "$SMPROGRAMS\Waybill.lnk" "$INSTDIR\waybill.exe" "" "" "" "" "" "$(ABOUT)"
	WriteRegStr SHCTX "${APP_KEY}" "" "$INSTDIR\waybill.exe"
	WriteUninstaller "$INSTDIR\uninstall.exe"

	${If} $everybody == 1
		StrCpy $0 "/AllUsers"
	${Else}
		StrCpy $0 "/CurrentUser"
	${EndIf}
	WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayName" "Waybill"
	WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
	WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\waybill.exe"
	WriteRegStr SHCTX "${UNINSTALL_KEY}" "Publisher" "The Waybill authors"
	WriteRegStr SHCTX "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
	WriteRegStr SHCTX "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe" $0'
	WriteRegStr SHCTX "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" $0 /S'
	WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoModify" 1
	WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoRepair" 1
	SectionGetSize ${program} $1
	WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "EstimatedSize" $1
SectionEnd

; Explorer asks waybill.exe for the words, in the language of whoever looks.
!macro writeMenu KEY
	WriteRegStr SHCTX "${KEY}" "" "Send with Waybill"
	WriteRegStr SHCTX "${KEY}" "MUIVerb" "@$INSTDIR\waybill.exe,-101"
	WriteRegStr SHCTX "${KEY}" "Icon" '"$INSTDIR\waybill.exe"'
	WriteRegStr SHCTX "${KEY}" "MultiSelectModel" "Player" ; else the entry is not there for more than fifteen files
	WriteRegStr SHCTX "${KEY}\command" "" '"$INSTDIR\waybill.exe" "%1"'
!macroend

Section "$(MENU_NAME)" menu
	!insertmacro writeMenu "${FILE_MENU}"
	!insertmacro writeMenu "${FOLDER_MENU}"
SectionEnd

Section "$(SENDTO_NAME)" sendto
	CreateShortcut "$SENDTO\Waybill.lnk" "$INSTDIR\waybill.exe"
SectionEnd

Section "$(PATH_NAME)" path
	Push $everybody
	Call addToPath
SectionEnd

Section /o "$(LOGIN_NAME)" login
	WriteRegStr SHCTX "${LOGIN_KEY}" "Waybill" '"$INSTDIR\waybill.exe" --minimised'
SectionEnd

; An upgrade takes away what was there before and is not chosen any more.
Section
	${IfNot} ${SectionIsSelected} ${menu}
		DeleteRegKey SHCTX "${FILE_MENU}"
		DeleteRegKey SHCTX "${FOLDER_MENU}"
	${EndIf}
	${IfNot} ${SectionIsSelected} ${sendto}
		Delete "$SENDTO\Waybill.lnk"
	${EndIf}
	${IfNot} ${SectionIsSelected} ${path}
		Push $everybody
		Call removeFromPath
	${EndIf}
	${IfNot} ${SectionIsSelected} ${login}
		DeleteRegValue SHCTX "${LOGIN_KEY}" "Waybill"
	${EndIf}
	${RefreshShellIcons}
SectionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
	!insertmacro MUI_DESCRIPTION_TEXT ${program} "$(PROGRAM_TEXT)"
	!insertmacro MUI_DESCRIPTION_TEXT ${menu} "$(MENU_TEXT)"
	!insertmacro MUI_DESCRIPTION_TEXT ${sendto} "$(SENDTO_TEXT)"
	!insertmacro MUI_DESCRIPTION_TEXT ${path} "$(PATH_TEXT)"
	!insertmacro MUI_DESCRIPTION_TEXT ${login} "$(LOGIN_TEXT)"
!insertmacro MUI_FUNCTION_DESCRIPTION_END

; For whom

; isAdministrator leaves 1 or 0 on the stack.
!macro isAdministrator
	UserInfo::GetAccountType
	Pop $0
	${If} $0 == "Admin"
		Push 1
	${Else}
		Push 0
	${EndIf}
!macroend

; forWhom makes the choice in $everybody hold: where things are written, and where to install if nobody said.
!macro forWhom
	${If} $everybody == 1
		SetShellVarContext all
	${Else}
		SetShellVarContext current
	${EndIf}
!macroend

Function .onInit
	${IfNot} ${RunningX64}
		MessageBox MB_ICONSTOP "$(NEEDS_64)" /SD IDOK
		SetErrorLevel 2
		Quit
	${EndIf}
	SetRegView 64
	${GetParameters} $1
	StrCpy $everybody 0
	ClearErrors
	${GetOptions} $1 "/AllUsers" $0
	${IfNot} ${Errors}
		StrCpy $everybody 1
	${EndIf}
	Call requireAdministrator
	!insertmacro forWhom
	Call chooseFolder
	Call chooseParts
FunctionEnd

; requireAdministrator starts the installer again as an administrator where everybody is to have Waybill.
Function requireAdministrator
	${If} $everybody != 1
		Return
	${EndIf}
	!insertmacro isAdministrator
	Pop $0
	${If} $0 == 1
		Return
	${EndIf}
	${If} ${Silent}
		SetErrorLevel ${STATUS_NOT_ADMINISTRATOR}
		Quit
	${EndIf}
	ClearErrors
	ExecShell "runas" "$EXEPATH" "/AllUsers"
	${If} ${Errors} ; the person said no
		MessageBox MB_ICONEXCLAMATION "$(NEEDS_ADMINISTRATOR)"
		SetErrorLevel ${STATUS_NOT_ADMINISTRATOR}
	${EndIf}
	Quit
FunctionEnd

; chooseFolder takes the folder of /D=, else of what is installed, else the usual one.
Function chooseFolder
	${If} $INSTDIR == ""
		ReadRegStr $INSTDIR SHCTX "${UNINSTALL_KEY}" "InstallLocation"
	${EndIf}
	${If} $INSTDIR == ""
		${If} $everybody == 1
			StrCpy $INSTDIR "$PROGRAMFILES64\Waybill"
		${Else}
			StrCpy $INSTDIR "$LOCALAPPDATA\Programs\Waybill"
		${EndIf}
	${EndIf}
FunctionEnd

; part sets an optional part by its switch, /NAME=1 or /NAME=0, else by whether it was installed before. $2 is 1 if
; Waybill was, and $3 is not empty if the part was.
!macro part NAME SECTION
	${If} $2 == 1
		${If} $3 == ""
			!insertmacro UnselectSection ${SECTION}
		${Else}
			!insertmacro SelectSection ${SECTION}
		${EndIf}
	${EndIf}
	ClearErrors
	${GetOptions} $1 "/${NAME}=" $0
	${IfNot} ${Errors}
		${If} $0 == 0
			!insertmacro UnselectSection ${SECTION}
		${Else}
			!insertmacro SelectSection ${SECTION}
		${EndIf}
	${EndIf}
!macroend

Function chooseParts
	${GetParameters} $1
	ReadRegStr $2 SHCTX "${UNINSTALL_KEY}" "UninstallString"
	${If} $2 != ""
		StrCpy $2 1
	${EndIf}
	ReadRegStr $3 SHCTX "${FILE_MENU}" ""
	!insertmacro part "MENU" ${menu}
	StrCpy $3 ""
	${If} ${FileExists} "$SENDTO\Waybill.lnk"
		StrCpy $3 1
	${EndIf}
	!insertmacro part "SENDTO" ${sendto}
	Push $everybody
	Call isInPath
	Pop $3
	!insertmacro part "PATH" ${path}
	ReadRegStr $3 SHCTX "${LOGIN_KEY}" "Waybill"
	!insertmacro part "LOGIN" ${login}
	${If} $everybody == 1 ; "Send to" is a folder of each person's own
		!insertmacro UnselectSection ${sendto}
		!insertmacro SetSectionFlag ${sendto} ${SF_RO}
	${EndIf}
FunctionEnd

Var forMe
Var forAll

Function askForWhom
	!insertmacro MUI_HEADER_TEXT "$(WHOM_TITLE)" "$(WHOM_SUBTITLE)"
	nsDialogs::Create 1018
	Pop $0
	${NSD_CreateRadioButton} 0 10u 100% 12u "$(WHOM_ME)"
	Pop $forMe
	${NSD_CreateRadioButton} 0 28u 100% 12u "$(WHOM_ALL)"
	Pop $forAll
	${If} $everybody == 1
		${NSD_Check} $forAll
	${Else}
		${NSD_Check} $forMe
	${EndIf}
	nsDialogs::Show
FunctionEnd

Function heardForWhom
	${NSD_GetState} $forAll $0
	${If} $0 == $everybody
		Return
	${EndIf}
	StrCpy $everybody $0
	Call requireAdministrator
	!insertmacro forWhom
	StrCpy $INSTDIR ""
	Call chooseFolder
	Call chooseParts
FunctionEnd

; start starts Waybill as the person who is signed in, even if the installer runs as an administrator.
Function start
	Exec '"$WINDIR\explorer.exe" "$INSTDIR\waybill.exe"'
FunctionEnd

; waitUntilClosed asks until no Waybill runs out of the folder any more: a program that runs cannot be replaced. It is
; not for the installer to end one that may be sending.
!macro waitUntilClosed
	${Do}
		${IfNot} ${FileExists} "$INSTDIR\waybill.exe"
			${Break}
		${EndIf}
		ClearErrors
		FileOpen $0 "$INSTDIR\waybill.exe" a
		${IfNot} ${Errors}
			FileClose $0
			${Break}
		${EndIf}
		${If} ${Cmd} `MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(IS_RUNNING)" /SD IDCANCEL IDCANCEL`
			SetErrorLevel ${STATUS_RUNNING}
			Quit
		${EndIf}
	${Loop}
!macroend

Function waitUntilClosed
	!insertmacro waitUntilClosed
FunctionEnd

; The uninstaller

Function un.onInit
	SetRegView 64
	${GetParameters} $1
	StrCpy $everybody 0
	ClearErrors
	${GetOptions} $1 "/AllUsers" $0
	${IfNot} ${Errors}
		StrCpy $everybody 1
		!insertmacro isAdministrator
		Pop $0
		${If} $0 == 0
			${If} ${Silent}
				SetErrorLevel ${STATUS_NOT_ADMINISTRATOR}
				Quit
			${EndIf}
			ExecShell "runas" "$INSTDIR\uninstall.exe" "/AllUsers"
			Quit
		${EndIf}
	${EndIf}
	!insertmacro forWhom
FunctionEnd

Function un.waitUntilClosed
	!insertmacro waitUntilClosed
FunctionEnd

Section "Uninstall"
	Call un.waitUntilClosed
	Push $everybody
	Call un.removeFromPath
	DeleteRegValue SHCTX "${LOGIN_KEY}" "Waybill"
	DeleteRegKey SHCTX "${FILE_MENU}"
	DeleteRegKey SHCTX "${FOLDER_MENU}"
	DeleteRegKey SHCTX "${APP_KEY}"
	Delete "$SENDTO\Waybill.lnk"
	Delete "$SMPROGRAMS\Waybill.lnk"
	; No more than what was put there: the folder was the person's choice, and may be one of theirs.
	Delete "$INSTDIR\waybill.exe"
	Delete "$INSTDIR\waybill.com"
	Delete "$INSTDIR\LICENSE.txt"
	Delete "$INSTDIR\THIRD_PARTY_NOTICES.txt"
	Delete "$INSTDIR\CHANGELOG.txt"
	Delete "$INSTDIR\docs\*.md"
	RMDir "$INSTDIR\docs"
	Delete "$INSTDIR\uninstall.exe"
	RMDir "$INSTDIR"
	DeleteRegKey SHCTX "${UNINSTALL_KEY}"
	${RefreshShellIcons}
SectionEnd
