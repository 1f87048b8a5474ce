/*
 * waybill.com runs waybill.exe, which lies beside it, in the terminal that this is run in.
 *
 * waybill.exe belongs to the graphical subsystem, so that no console window opens with its own. A shell does not
 * wait for such a program, and shows nothing of what it writes. This one belongs to the console subsystem, and is what
 * a shell takes for "waybill": PATHEXT names .COM before .EXE. It hands on its standard handles, tells waybill.exe by
 * WAYBILL_TERMINAL to join its console, waits, and ends with the same status.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

/* Statuses of our own, where waybill.exe could not be run at all. */
enum { STATUS_FAILED = 1 };

static HANDLE child;

/*
 * Everything on this console gets Ctrl+C, waybill.exe too, and it is for that one to end. What ends a process whose
 * handler returns (the window was closed, the person signs out) waits for waybill.exe to put its things away.
 */
static BOOL WINAPI on_control(DWORD event) {
	if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT && child != NULL)
		WaitForSingleObject(child, INFINITE);
	return TRUE;
}

/* fail says what could not be done, in the system's words, and ends. */
static void fail(const wchar_t *what) {
	DWORD code = GetLastError();
	wchar_t reason[512] = L"";
	FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, code, 0, reason, 512, NULL);
	reason[wcscspn(reason, L"\r\n")] = 0;
	fwprintf(stderr, L"waybill: %ls: %ls (%lu)\n  Install Waybill again.\n", what, reason, code);
	exit(STATUS_FAILED);
}

/* program gives the path of waybill.exe: that of this file, with another end. */
static wchar_t *program(void) {
	enum { LONGEST = 32768 }; /* of a path, with its NUL */
	wchar_t *path = calloc(LONGEST, sizeof *path);
	DWORD length = path == NULL ? 0 : GetModuleFileNameW(NULL, path, LONGEST);
	if (length < 4 || length >= LONGEST)
		fail(L"its own path cannot be found");
	wcscpy(path + length - 4, L".exe");
	return path;
}

/* arguments gives what stands behind the program's name on a command line, as it stands there. */
static const wchar_t *arguments(const wchar_t *line) {
	BOOL quoted = FALSE;
	for (; *line != 0 && (quoted || (*line != L' ' && *line != L'\t')); line++)
		if (*line == L'"')
			quoted = !quoted;
	return line;
}

/* together makes waybill.exe end with this process, should somebody kill it. What waybill.exe starts is left alone: it
 * may be the person's browser. */
static void together(HANDLE process) {
	JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
	HANDLE job = CreateJobObjectW(NULL, NULL);
	limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
	if (job != NULL && SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits))
		AssignProcessToJobObject(job, process); /* no matter if not; the handle stays open until we end */
}

int wmain(void) {
	wchar_t *path = program();
	const wchar_t *rest = arguments(GetCommandLineW());
	size_t size = wcslen(path) + wcslen(rest) + 3;
	wchar_t *line = calloc(size, sizeof *line);
	STARTUPINFOW start = {.cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES};
	PROCESS_INFORMATION process;
	DWORD handles[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
	DWORD status = STATUS_FAILED;

	if (line == NULL)
		fail(L"there is no memory");
	_snwprintf(line, size, L"\"%ls\"%ls", path, rest);
	for (int i = 0; i < 3; i++)
		SetHandleInformation(GetStdHandle(handles[i]), HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
	start.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
	start.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
	start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
	SetEnvironmentVariableW(L"WAYBILL_TERMINAL", L"1");
	SetConsoleCtrlHandler(on_control, TRUE);
	if (!CreateProcessW(path, line, NULL, NULL, TRUE, CREATE_SUSPENDED, NULL, NULL, &start, &process))
		fail(L"waybill.exe, which belongs beside it, cannot be started");
	child = process.hProcess;
	together(child);
	ResumeThread(process.hThread);
	WaitForSingleObject(child, INFINITE);
	GetExitCodeProcess(child, &status);
	return (int)status;
}
