# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl


class Web(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def methods(self) -> list:
        def block():
            web = gl.nondet.web
            url = "https://example.org/v3"
            return [web.get(url).status, web.put(url, body="p").status, web.get(url, sign=True).status, web.post(url, body=b"b", sign=True).status]

        return gl.eq_principle.strict_eq(block)

    @gl.public.write
    def failing(self) -> list:
        def block():
            try:
                gl.nondet.web.render("https://example.org/404")
            except gl.nondet.NondetException as error:
                return [list(error.causes), error.ctx["status"]]

        return gl.eq_principle.strict_eq(block)

    @gl.public.write
    def empty_prompt(self) -> list:
        def block():
            try:
                gl.nondet.exec_prompt("")
            except Exception as error:
                return "rejected"

        return gl.eq_principle.strict_eq(block)
