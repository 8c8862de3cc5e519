# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Web(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def methods(self) -> list:
        def block():
            web = gl.nondet.web
            url = "https://example.org/m"
            return [
                web.get(url).status,
                web.get(url, headers={"X-One": "1"}).status,
                web.post(url, body="text").status,
                web.post(url, body=b"bytes").status,
                web.delete(url).status,
                web.head(url).status,
                web.patch(url, body="p").status,
                web.request(url, method="PUT", body="put").status,
                web.request(url, method="OPTIONS").status,
            ]

        return gl.eq_principle.strict_eq(block)

    @gl.public.write
    def response(self) -> list:
        def block():
            r = gl.nondet.web.get("https://example.org/r")
            return [r.status, r.body, r.headers["content-type"], type(r).__name__]

        return gl.eq_principle.strict_eq(block)

    @gl.public.write
    def conveniences(self) -> list:
        def block():
            r = gl.nondet.web.request("https://example.org/json")
            return [r.status_code, r.text, r.json()["a"], r.ok, r.content == r.body]

        return gl.eq_principle.strict_eq(block)

    @gl.public.write
    def render(self, mode: str) -> str:
        def block():
            page = gl.nondet.web.render("https://example.org/p", mode=mode, wait_after_loaded="2s")
            return page if isinstance(page, str) else page.raw

        return gl.eq_principle.strict_eq(block)

    @gl.public.write
    def default_mode(self) -> str:
        return gl.eq_principle.strict_eq(lambda: gl.nondet.web.render("https://example.org/p"))

    @gl.public.write
    def failing(self, url: str) -> dict:
        def block():
            try:
                return gl.nondet.web.render(url)
            except gl.nondet.NondetException as error:
                return error.args[0]

        return gl.eq_principle.strict_eq(block)

    @gl.public.write
    def uncaught(self, url: str) -> str:
        return gl.eq_principle.strict_eq(lambda: gl.nondet.web.render(url))
