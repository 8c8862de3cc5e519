"""Requests to web sites and rendered pages."""

import dataclasses
import json as _json

from ... import _suggest
from .._internal.gl_call import gl_call_generic, lazy_api
from ._answer import Image, _decode_nondet

_METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH")
_MODES = ("text", "html", "screenshot")


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

    def __getattr__(self, name):
        raise _suggest.unknown("`Response`", name, dir(type(self)))


class Fetched(str):
    """A body as text with the attributes of its `Response`."""

    __slots__ = ("_response",)

    def __new__(cls, response):
        self = super().__new__(cls, response.text)
        self._response = response
        return self

    def __reduce__(self):
        return (Fetched, (self._response,))

    def __getattr__(self, name):
        return getattr(self._response, name)


def _text(where, name, value):
    if not isinstance(value, str):
        raise TypeError(f"`{where}`: `{name}` must be text, not {type(value).__name__}")
    return value


def _bytes(where, name, value):
    if isinstance(value, str):
        return value.encode("utf-8")
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    hint = ": write `json.dumps(...)`" if isinstance(value, (dict, list)) else ""
    raise TypeError(f"`{where}`: `{name}` must be bytes or text, not {type(value).__name__}{hint}")


def _header_map(where, headers):
    if headers is None:
        return {}
    if not isinstance(headers, dict):
        raise TypeError(f"`{where}`: `headers` must be a dict, not {type(headers).__name__}")
    return {
        _text(where, "header name", name): _bytes(where, f"headers[{name!r}]", value)
        for name, value in headers.items()
    }


def _one_of(where, name, value, allowed):
    if value not in allowed:
        raise ValueError(f"`{where}`: `{name}` is one of {', '.join(allowed)}, not {value!r}")
    return value


def _response(data):
    return Response(**_decode_nondet(data)["response"])


def _send(where, url, method, body, headers, sign):
    fields = {
        "method": _one_of(where, "method", _text(where, "method", method).upper(), _METHODS),
        "url": _text(where, "url", url),
        "headers": _header_map(where, headers),
        "body": None if body is None else _bytes(where, "body", body),
    }
    if sign:
        fields["sign"] = True
    return gl_call_generic({"WebRequest": fields}, _response)


@lazy_api
def request(url, *, method="GET", body=None, headers={}, sign=False):
    """Sends one HTTP request."""
    return _send("web.request", url, method, body, headers, sign)


def _method(name, has_body):
    where, verb = f"web.{name}", name.upper()

    def send(url, *, body=None, headers={}, sign=False):
        return _send(where, url, verb, body, headers, sign)

    def send_plain(url, *, headers={}, sign=False):
        return _send(where, url, verb, None, headers, sign)

    make = send if has_body else send_plain
    make.__name__ = make.__qualname__ = name
    make.__doc__ = f"Sends a {verb} request."
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


def _wait(value):
    if value is None:
        return "0ms"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise TypeError(
            f'`web.render`: `wait_after_loaded` is text such as "500ms" or "2s", not {value!r}'
        )
    return _text("web.render", "wait_after_loaded", value)


@lazy_api
def render(url, *, mode="text", wait_after_loaded=None):
    """Loads a page in a browser: its `text`, its `html`, or a `screenshot`."""
    fields = {
        "mode": _one_of("web.render", "mode", mode, _MODES),
        "url": _text("web.render", "url", url),
        "wait_after_loaded": _wait(wait_after_loaded),
    }
    return gl_call_generic({"WebRender": fields}, _rendered)


__getattr__ = _suggest.of_module(__name__, _suggest.WEB, "gl.nondet.web.")

__all__ = ["Response", "delete", "get", "head", "patch", "post", "put", "render", "request"]
