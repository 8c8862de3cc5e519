"""A small website: match reports, a deliverable, data, and pages that go wrong."""

from .serving import Serving

_MATCH = """<!doctype html><html><head><title>Northport United v Southbay City</title></head>
<body><nav>Home | Fixtures | Tables</nav><main><h1>Northport United v Southbay City</h1>
<p>{line}</p><p>Attendance 41,208. <a href="/data">Statistics</a></p></main></body></html>"""

_PAGES = {
    "/match": ("text/html", _MATCH.format(line="Full time: Northport United 2 - 1 Southbay City")),
    "/tomorrow": ("text/html", _MATCH.format(line="Kick-off tomorrow at 20:00")),
    "/deliverable": ("text/plain", "The report is complete: five chapters, tests, and a summary."),
    "/data": ("application/json", '{"status": "up", "requests": 1207, "errors": 0}'),
}

# Longer than any limit of a node.
_SLOW_SECONDS = 120


class Site(Serving):
    """The website; `visits` counts requests by path."""

    def __init__(self):
        self.visits = {}
        super().__init__()

    def answer(self, path, body):
        self.visits[path] = self.visits.get(path, 0) + 1
        if path == "/slow":
            self.closing.wait(_SLOW_SECONDS)
        if path == "/to-private":
            return 302, {"location": "http://10.0.0.1/secrets"}, b""
        if path not in _PAGES:
            return 404, {"content-type": "text/html"}, b"<h1>There is no such page</h1>"
        kind, text = _PAGES[path]
        return 200, {"content-type": kind + "; charset=utf-8"}, text.encode()
