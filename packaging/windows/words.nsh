; The words of the installer that are not NSIS's own.

!macro say NAME ENGLISH GERMAN
	LangString ${NAME} ${LANG_ENGLISH} "${ENGLISH}"
	LangString ${NAME} ${LANG_GERMAN} "${GERMAN}"
!macroend

!insertmacro say ABOUT "Drop a file, get a link that ends when you say" \
	"Datei ablegen, Link bekommen, der endet, wann Sie wollen"
!insertmacro say PROGRAM_TEXT "The window and the command line, with an entry in the start menu." \
	"Das Fenster und die Befehlszeile, mit einem Eintrag im Startmenü."
!insertmacro say MENU_NAME "In Explorer's menu" "Im Menü des Explorers"
!insertmacro say MENU_TEXT "“Send with Waybill” in the menu of files and folders." \
	"„Mit Waybill senden“ im Menü von Dateien und Ordnern."
!insertmacro say SENDTO_NAME "In “Send to”" "In „Senden an“"
!insertmacro say SENDTO_TEXT "Waybill in Explorer's “Send to” menu, for you." \
	"Waybill im Menü „Senden an“ des Explorers, für Sie."
!insertmacro say PATH_NAME "In the terminal" "Im Terminal"
!insertmacro say PATH_TEXT "The command “waybill” in every terminal: its folder is added to PATH." \
	"Der Befehl „waybill“ in jedem Terminal: sein Ordner kommt in PATH."
!insertmacro say LOGIN_NAME "When you sign in" "Bei der Anmeldung"
!insertmacro say LOGIN_TEXT "Start Waybill when you sign in, without its window." \
	"Waybill bei der Anmeldung starten, ohne Fenster."
!insertmacro say WHOM_TITLE "For whom?" "Für wen?"
!insertmacro say WHOM_SUBTITLE "Who shall be able to use Waybill on this computer?" \
	"Wer soll Waybill auf diesem Computer benutzen können?"
!insertmacro say WHOM_ME "For &me (no administrator is needed)" "Für &mich (ohne Administrator)"
!insertmacro say WHOM_ALL "For &everybody (an administrator is asked)" "Für &alle (ein Administrator wird gefragt)"
!insertmacro say NEEDS_64 "Waybill needs a 64-bit Windows 10 or later." "Waybill braucht ein 64-Bit-Windows ab Windows 10."
!insertmacro say NEEDS_ADMINISTRATOR "To install Waybill for everybody takes an administrator. Start the installer again, and choose “For me” or ask one." \
	"Um Waybill für alle zu installieren, braucht es einen Administrator. Starten Sie das Setup noch einmal und wählen Sie „Für mich“, oder fragen Sie einen."
!insertmacro say IS_RUNNING "Waybill is running. Close it, then choose Retry. What it is sending goes on when it is started again." \
	"Waybill läuft. Schließen Sie es und wählen Sie Wiederholen. Was es gerade sendet, geht nach dem nächsten Start weiter."
!insertmacro say KEEPS "Waybill will be removed. Your settings, the record of your links and the sandbox stay in $LOCALAPPDATA\Waybill, and so do your files in the stores." \
	"Waybill wird entfernt. Ihre Einstellungen, das Verzeichnis Ihrer Links und die Sandbox bleiben in $LOCALAPPDATA\Waybill, und Ihre Dateien in den Speichern bleiben auch."
!insertmacro say PATH_FAILED "PATH could not be changed. Add this folder to it yourself: $INSTDIR" \
	"PATH konnte nicht geändert werden. Tragen Sie diesen Ordner selbst ein: $INSTDIR"
