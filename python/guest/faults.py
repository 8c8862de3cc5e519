"""Turns an exception into what the node reports: kind, message, traceback and line."""

import traceback
import types

import hints
import importer

#: Where this library is in the image.
_LIBRARY = "/0/"
#: Frames kept at each end of a long traceback, and exceptions of a chain that are trimmed.
_ENDS = 10
_CHAIN = 8
_name_of_class = type.__dict__["__name__"].__get__
_NO_MEMORY = "the contract used more memory than a call may"
#: Notes of an exception that are shown in its message.
_NOTES = 2


def describe(error):
    """(kind, message, traceback, location) of an exception."""
    kind = _kind(error)
    try:
        importer.feed_linecache()
        place = _location(error)
        text = _traceback(error)
        hint = hints.of(error)
        if hint:
            text += f"Hint: {hint}\n" if hint.endswith("?") else f"Hint: {hint}.\n"
        return kind, plain(_message(error, hint)), plain(text), plain(place)
    except BaseException as broken:
        message = _NO_MEMORY if isinstance(error, MemoryError) else ""
        return kind, message, f"{kind} (its description failed: {_kind(broken)})\n", ""


def plain(text):
    """Text that can be sent: halves of letters are spelled out."""
    return str.encode(text, "utf-8", "backslashreplace").decode()


def text_of(value):
    """What a value says about itself, or nothing."""
    try:
        return plain(str(value))
    except BaseException:
        return ""


def _kind(error):
    """Name of the class, whatever its metaclass says."""
    return plain(_name_of_class(type(error)))


def _message(error, hint):
    """What Python says, what the library adds in notes, and what to do."""
    text = _words(error)
    more = [*getattr(error, "__notes__", ())[:_NOTES], *([hint] if hint else [])]
    if not more:
        return text
    return f"{text} ({'; '.join(more)})" if text else "; ".join(more)


def _words(error):
    if isinstance(error, SyntaxError):
        return error.msg or ""
    if isinstance(error, KeyError) and len(error.args) == 1:
        text = repr(error.args[0])
    else:
        text = str(error)
    return text.strip().split("\n", 1)[0]


def _traceback(error):
    left_out = _trim(error, set())
    note = f"({left_out} frames left out)\n" if left_out else ""
    return note + "".join(traceback.format_exception(error))


def _trim(error, seen):
    """Keeps the frames that tell the author something; returns how many others were cut."""
    if error is None or id(error) in seen or len(seen) >= _CHAIN:
        return 0
    seen.add(id(error))
    frames, left_out = _frames(error.__traceback__), 0
    if len(frames) > 2 * _ENDS:
        left_out = len(frames) - 2 * _ENDS
        frames = frames[:_ENDS] + frames[-_ENDS:]
    rebuilt = None
    for entry in reversed(frames):
        rebuilt = types.TracebackType(rebuilt, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    error.with_traceback(rebuilt)
    return left_out + _trim(error.__cause__, seen) + _trim(error.__context__, seen)


def _frames(tb):
    """Entries from the first contract frame on, without this library's own."""
    frames, inside = [], False
    while tb is not None:
        path = tb.tb_frame.f_code.co_filename
        inside = inside or path in importer.TEXTS
        if inside and not path.startswith(_LIBRARY) and not path.startswith("<frozen importlib"):
            frames.append(tb)
        tb = tb.tb_next
    return frames


def _location(error):
    if isinstance(error, SyntaxError) and error.filename in importer.TEXTS:
        return f"{error.filename}:{error.lineno or 0}"
    place, tb = "", error.__traceback__
    while tb is not None:
        path = tb.tb_frame.f_code.co_filename
        if path in importer.TEXTS:
            place = f"{path}:{tb.tb_lineno}"
        tb = tb.tb_next
    return place or getattr(error, "place", "")
