#!/usr/bin/python3
"""A window of another program from which files are dragged: drag_source.py FILE... (GTK 3 and its introspection data)."""

import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402: after their versions are chosen


def give(_widget, _context, data, _kind, _time):
    data.set_uris([GLib.filename_to_uri(path) for path in sys.argv[1:]])


window = Gtk.Window(title="Files")
source = Gtk.EventBox()
source.add(Gtk.Label(label="Drag these"))
source.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [Gtk.TargetEntry.new("text/uri-list", 0, 0)], Gdk.DragAction.COPY)
source.connect("drag-data-get", give)
window.add(source)
window.set_default_size(160, 120)
window.connect("destroy", Gtk.main_quit)
window.show_all()
Gtk.main()
