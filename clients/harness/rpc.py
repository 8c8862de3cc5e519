"""JSON-RPC without a client library: what goes over the wire is what a test wrote."""

import contextlib
import http.client
import itertools
import json
from urllib.parse import urlsplit

SECONDS = 60


class RpcError(Exception):
    """An error answer."""

    def __init__(self, error):
        super().__init__(f"{error['message']} (code {error['code']})")
        self.code = error["code"]
        self.message = error["message"]
        self.data = error.get("data")


class Rpc:
    """One endpoint."""

    def __init__(self, url):
        parts = urlsplit(url)
        self.host, self.port, self.path = parts.hostname, parts.port, parts.path
        self._ids = itertools.count(1)

    def post(self, body):
        """Sends bytes as they are; gives the status and the answer, parsed."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=SECONDS)
        try:
            # A node that has seen enough answers, and closes, before everything is sent.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request("POST", self.path, body, {"content-type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def get(self, path):
        """Status and text of a page."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=SECONDS)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def call(self, method, *params):
        """The result of a call, or `RpcError`."""
        request = {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params}
        answer = self.post(json.dumps(request))[1]
        if "error" in answer:
            raise RpcError(answer["error"])
        return answer["result"]
