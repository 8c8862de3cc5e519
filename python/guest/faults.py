"""Turns an exception into what the node reports: kind, message, traceback and line."""

import traceback

import importer


def describe(error):
    """(kind, message, traceback, location) of an exception."""
    kind = type(error).__name__
    try:
        importer.feed_linecache()
        return kind, _message(error), _traceback(error), _location(error)
    except Exception as broken:
        return kind, "", f"{kind} (its description failed: {type(broken).__name__})\n", ""


def _message(error):
    if isinstance(error, SyntaxError):
        return error.msg or ""
    if isinstance(error, KeyError) and len(error.args) == 1:
        text = repr(error.args[0])
    else:
        text = str(error)
    return text.strip().split("\n", 1)[0]


def _first_contract_frame(tb):
    while tb is not None and tb.tb_frame.f_code.co_filename not in importer.TEXTS:
        tb = tb.tb_next
    return tb


def _traceback(error):
    start = _first_contract_frame(error.__traceback__)
    if start is None and isinstance(error, SyntaxError):
        return "".join(traceback.format_exception_only(error))
    return "".join(traceback.format_exception(type(error), error, start or error.__traceback__))


def _location(error):
    if isinstance(error, SyntaxError) and error.filename in importer.TEXTS:
        return f"{error.filename}:{error.lineno or 0}"
    place, tb = "", error.__traceback__
    while tb is not None:
        path = tb.tb_frame.f_code.co_filename
        if path in importer.TEXTS:
            place = f"{path}:{tb.tb_lineno}"
        tb = tb.tb_next
    return place
