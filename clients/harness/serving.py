"""Small HTTP servers on free ports of this machine, each in threads of its own."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A caller that gave up is not worth a traceback."""


class Serving:
    """A server whose subclasses say in `answer` what it says."""

    def __init__(self):
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def reply(self):
                length = int(self.headers.get("content-length") or 0)
                status, headers, body = owner.answer(self.path, self.rfile.read(length))
                self.send_response(status)
                for name, value in {"content-length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = reply

            def log_message(self, *_):
                pass

        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, path, body):
        """Status, headers and body for one request."""
        return 404, {"content-type": "text/plain"}, f"nothing at {path}, asked with {body!r}".encode()

    def close(self):
        """Ends the server, and answers that are still held back."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
