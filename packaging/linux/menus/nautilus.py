"""Adds "Send with Waybill" to the context menu of Files (Nautilus), which shows it where nautilus-python is."""

import locale
import shutil
import subprocess

from gi.repository import GObject, Nautilus

# Waybill's own translations are inside the program, where a file manager cannot read them.
LABELS = {"de": "Mit Waybill senden"}
TIPS = {"de": "In den eigenen S3-Bucket hochladen und den Link kopieren"}


def in_language(translations, english):
    """The text in the language of the session, or in English."""
    language = locale.getlocale(locale.LC_MESSAGES)[0] or ""
    return translations.get(language.split("_")[0], english)


class Waybill(GObject.GObject, Nautilus.MenuProvider):
    """One menu item for files and folders that have a path."""

    def get_file_items(self, *arguments):
        """Called by Nautilus with the selection last; version 3 gives its window first."""
        paths = [f.get_location().get_path() for f in arguments[-1]]
        program = shutil.which("waybill")
        if not program or not paths or None in paths:
            return []
        item = Nautilus.MenuItem(
            name="Waybill::send",
            label=in_language(LABELS, "Send with Waybill"),
            tip=in_language(TIPS, "Upload to your own S3 bucket and copy the link"),
            icon="io.github.waybill_app.Waybill",
        )
        item.connect("activate", lambda _: subprocess.Popen([program, "--", *paths], start_new_session=True))
        return [item]
