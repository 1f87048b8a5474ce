; The folder's place in PATH. PATH may be longer than a string of NSIS, and one that was cut and written back would be
; lost: so it never is in one, but in memory of the system's, as ";" path ";".
;
; Each function takes 1 (for everybody) or 0 from the stack.

!define REG_QUERY_AND_SET 0x103 ; KEY_QUERY_VALUE | KEY_SET_VALUE | KEY_WOW64_64KEY
!define NOT_THERE 2             ; ERROR_FILE_NOT_FOUND

; openPath reads PATH: $R1 is the key, $R2 the kind of value, $R3 the memory, $R4 what is in it of ";$INSTDIR;" or 0. On
; failure $R3 is 0.
!macro openPath
	Pop $R0
	StrCpy $R3 0
	${If} $R0 == 1
		System::Call 'advapi32::RegOpenKeyExW(p 0x80000002, w "SYSTEM\CurrentControlSet\Control\Session Manager\Environment", i 0, i ${REG_QUERY_AND_SET}, *p .R1) i .R0'
	${Else}
		System::Call 'advapi32::RegOpenKeyExW(p 0x80000001, w "Environment", i 0, i ${REG_QUERY_AND_SET}, *p .R1) i .R0'
	${EndIf}
	${If} $R0 == 0
		System::Call 'advapi32::RegQueryValueExW(p R1, w "Path", p 0, *i .R2, p 0, *i .R5) i .R0'
		${If} $R0 == ${NOT_THERE}
			StrCpy $R0 0
			StrCpy $R2 2 ; REG_EXPAND_SZ
			StrCpy $R5 0
		${EndIf}
		${If} $R0 == 0
		${AndIf} $R2 >= 1
		${AndIf} $R2 <= 2 ; REG_SZ is 1
			StrLen $R6 $INSTDIR
			IntOp $R6 $R6 * 2
			IntOp $R6 $R6 + $R5
			IntOp $R6 $R6 + 64
			System::Alloc $R6 ; all zeroes
			Pop $R3
			System::Call 'kernel32::lstrcpyW(p R3, w ";")'
			${If} $R5 > 0
				IntPtrOp $R6 $R3 + 2
				System::Call 'advapi32::RegQueryValueExW(p R1, w "Path", p 0, p 0, p R6, *i R5R5)'
			${EndIf}
			System::Call 'kernel32::lstrcatW(p R3, w ";")'
			StrCpy $R7 ";$INSTDIR;"
			System::Call 'shlwapi::StrStrIW(p R3, w R7) p .R4'
		${Else}
			System::Call 'advapi32::RegCloseKey(p R1)'
		${EndIf}
	${EndIf}
!macroend

; writePath writes what is in the memory from its second character on, and tells the running programs.
!macro writePath
	IntPtrOp $R6 $R3 + 2
	System::Call 'kernel32::lstrlenW(p R6) i .R5'
	${If} $R5 == 0
		System::Call 'advapi32::RegDeleteValueW(p R1, w "Path") i .R0'
	${Else}
		IntOp $R5 $R5 + 1
		IntOp $R5 $R5 * 2
		System::Call 'advapi32::RegSetValueExW(p R1, w "Path", i 0, i R2, p R6, i R5) i .R0'
	${EndIf}
	SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=2000
!macroend

!macro closePath
	System::Free $R3
	System::Call 'advapi32::RegCloseKey(p R1)'
!macroend

; isInPath leaves 1, or nothing, on the stack.
Function isInPath
	!insertmacro openPath
	StrCpy $R8 ""
	${If} $R3 != 0
		${If} $R4 != 0
			StrCpy $R8 1
		${EndIf}
		!insertmacro closePath
	${EndIf}
	Push $R8
FunctionEnd

Function addToPath
	!insertmacro openPath
	StrCpy $R0 1
	${If} $R3 != 0
		StrCpy $R0 0
		${If} $R4 == 0
			System::Call 'kernel32::lstrlenW(p R3) i .R5'
			${If} $R5 == 2 ; PATH was empty
				System::Call 'kernel32::lstrcpyW(p R3, w ";")'
			${EndIf}
			System::Call 'kernel32::lstrcatW(p R3, w "$INSTDIR")'
			!insertmacro writePath
		${EndIf}
		!insertmacro closePath
	${EndIf}
	${If} $R0 != 0
		MessageBox MB_ICONEXCLAMATION "$(PATH_FAILED)" /SD IDOK
	${EndIf}
FunctionEnd

!macro removeFromPath
	!insertmacro openPath
	${If} $R3 != 0
		${If} $R4 != 0
			; ";a;here;b;" becomes ";a;b;", and without the last character what PATH was before.
			StrLen $R5 $INSTDIR
			IntOp $R5 $R5 + 1
			IntOp $R5 $R5 * 2
			IntPtrOp $R6 $R4 + $R5
			System::Call 'kernel32::lstrlenW(p R6) i .R5'
			IntOp $R5 $R5 + 1
			IntOp $R5 $R5 * 2
			System::Call 'kernel32::RtlMoveMemory(p R4, p R6, p R5)'
			System::Call 'kernel32::lstrlenW(p R3) i .R5'
			${If} $R5 > 1
				IntOp $R5 $R5 - 1
			${EndIf}
			IntOp $R5 $R5 * 2
			IntPtrOp $R6 $R3 + $R5
			System::Call '*$R6(&i2 0)'
			${If} $R6 == $R3
				System::Call '*$R3(&i4 0)'
			${EndIf}
			!insertmacro writePath
		${EndIf}
		!insertmacro closePath
	${EndIf}
!macroend

Function removeFromPath
	!insertmacro removeFromPath
FunctionEnd

Function un.removeFromPath
	!insertmacro removeFromPath
FunctionEnd
