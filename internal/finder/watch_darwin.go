package finder

import (
	"fmt"

	"github.com/ebitengine/purego"
	"github.com/ebitengine/purego/objc"
)

// What an app is told by, as AppKit's headers have it.
const (
	willFinishLaunching = "NSApplicationWillFinishLaunchingNotification"
	coreEventClass      = 0x61657674 // 'aevt'
	openDocuments       = 0x6F646F63 // 'odoc'
	directObject        = 0x2D2D2D2D // '----'
)

// watch makes the object that macOS hands files to. By way of the runtime and not in Objective-C, so that every system can
// compile and check it; there is nothing here that would be shorter otherwise.
//
// GLFW, which the window is made by, runs the app once while it starts, and the files that the app is started with come in
// that moment. AppKit has its own handler for them until launching is about to end; so that is when ours takes its place.
func watch(hand func([]string)) error {
	if _, err := purego.Dlopen("/System/Library/Frameworks/AppKit.framework/AppKit", purego.RTLD_GLOBAL|purego.RTLD_LAZY); err != nil {
		return fmt.Errorf("load AppKit: %w", err)
	}
	var (
		begin = objc.RegisterName("begin:")
		open  = objc.RegisterName("open:reply:")
	)
	class, err := objc.RegisterClass("WaybillFinder", objc.GetClass("NSObject"), nil, nil, []objc.MethodDef{
		{Cmd: begin, Fn: func(self objc.ID, _ objc.SEL, _ objc.ID) {
			manager := objc.ID(objc.GetClass("NSAppleEventManager")).Send(objc.RegisterName("sharedAppleEventManager"))
			manager.Send(objc.RegisterName("setEventHandler:andSelector:forEventClass:andEventID:"),
				self, open, uint32(coreEventClass), uint32(openDocuments))
			app := objc.ID(objc.GetClass("NSApplication")).Send(objc.RegisterName("sharedApplication"))
			app.Send(objc.RegisterName("setServicesProvider:"), self)
		}},
		{Cmd: open, Fn: func(_ objc.ID, _ objc.SEL, event, _ objc.ID) { hand(ofEvent(event)) }},
		// The name is that of NSMessage in Info.plist; the last argument is for a sentence on what went wrong.
		{Cmd: objc.RegisterName("sendFiles:userData:error:"), Fn: func(_ objc.ID, _ objc.SEL, board, _ objc.ID, _ uintptr) {
			hand(ofPasteboard(board))
		}},
	})
	if err != nil {
		return fmt.Errorf("make what macOS hands files to: %w", err)
	}
	watcher := objc.ID(class).Send(objc.RegisterName("new")) // for as long as the process lives
	center := objc.ID(objc.GetClass("NSNotificationCenter")).Send(objc.RegisterName("defaultCenter"))
	center.Send(objc.RegisterName("addObserver:selector:name:object:"), watcher, begin, text(willFinishLaunching), objc.ID(0))
	return nil
}

// ofEvent reads the paths in an event that opens documents.
func ofEvent(event objc.ID) []string {
	list := event.Send(objc.RegisterName("paramDescriptorForKeyword:"), uint32(directObject))
	var paths []string
	for i := range objc.Send[int](list, objc.RegisterName("numberOfItems")) {
		item := list.Send(objc.RegisterName("descriptorAtIndex:"), i+1) // it counts from one
		paths = appendPath(paths, item.Send(objc.RegisterName("fileURLValue")))
	}
	return paths
}

// ofPasteboard reads the paths of the files on a pasteboard.
func ofPasteboard(board objc.ID) []string {
	classes := objc.ID(objc.GetClass("NSArray")).Send(objc.RegisterName("arrayWithObject:"), objc.GetClass("NSURL"))
	urls := board.Send(objc.RegisterName("readObjectsForClasses:options:"), classes, objc.ID(0))
	var paths []string
	for i := range objc.Send[int](urls, objc.RegisterName("count")) {
		paths = appendPath(paths, urls.Send(objc.RegisterName("objectAtIndex:"), i))
	}
	return paths
}

// appendPath appends the path of a URL, if it is of a file. Messages to nil are answered with nil.
func appendPath(paths []string, url objc.ID) []string {
	if url == 0 || !objc.Send[bool](url, objc.RegisterName("isFileURL")) {
		return paths
	}
	// A file's URL may be a number that follows it about; this is its path.
	if path := objc.Send[string](url.Send(objc.RegisterName("filePathURL")), objc.RegisterName("fileSystemRepresentation")); path != "" {
		paths = append(paths, path)
	}
	return paths
}

// text makes a string of macOS's.
func text(s string) objc.ID {
	return objc.ID(objc.GetClass("NSString")).Send(objc.RegisterName("alloc")).Send(objc.RegisterName("initWithUTF8String:"), s)
}
