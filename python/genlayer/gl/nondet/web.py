"""Requests to web sites and rendered pages."""

import dataclasses
import json as _json

from .._internal.gl_call import gl_call_generic, lazy_api
from ._answer import Image, _decode_nondet


@dataclasses.dataclass
class Response:
    """What a site answered; any status is an answer, not an error."""

    status: int
    headers: dict[str, bytes]
    body: bytes | None

    @property
    def status_code(self):
        """The status."""
        return self.status

    @property
    def content(self):
        """The body, empty if there is none."""
        return self.body or b""

    @property
    def text(self):
        """The body as text."""
        return self.content.decode("utf-8", "replace")

    @property
    def ok(self):
        """Whether the status is below 400."""
        return self.status < 400

    def json(self):
        """The body as parsed JSON."""
        return _json.loads(self.content)


def _bytes(value):
    return value.encode("utf-8") if isinstance(value, str) else value


def _response(data):
    return Response(**_decode_nondet(data)["response"])


@lazy_api
def request(url, *, method="GET", body=None, headers={}, sign=False):
    """Sends one HTTP request."""
    fields = {
        "method": method,
        "url": url,
        "headers": {name: _bytes(value) for name, value in headers.items()},
        "body": _bytes(body),
    }
    if sign:
        fields["sign"] = True
    return gl_call_generic({"WebRequest": fields}, _response)


def _method(name, has_body):
    def send(url, *, body=None, headers={}, **kwargs):
        return request.lazy(url, method=name.upper(), body=body, headers=headers, **kwargs)

    def send_plain(url, *, headers={}, **kwargs):
        return request.lazy(url, method=name.upper(), headers=headers, **kwargs)

    make = send if has_body else send_plain
    make.__name__ = make.__qualname__ = name
    make.__doc__ = f"Sends a {name.upper()} request."
    return lazy_api(make)


get = _method("get", False)
post = _method("post", True)
put = _method("put", True)
delete = _method("delete", True)
head = _method("head", True)
patch = _method("patch", True)


def _rendered(data):
    answer = _decode_nondet(data)
    return answer["text"] if "text" in answer else Image(answer["image"])


@lazy_api
def render(url, *, mode="text", wait_after_loaded=None):
    """Loads a page in a browser: its `text`, its `html`, or a `screenshot`."""
    fields = {"mode": mode, "url": url, "wait_after_loaded": wait_after_loaded or "0ms"}
    return gl_call_generic({"WebRender": fields}, _rendered)


__all__ = ["Response", "delete", "get", "head", "patch", "post", "put", "render", "request"]
