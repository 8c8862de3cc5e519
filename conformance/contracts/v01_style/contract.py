# v0.1.0
# { "Depends": "py-genlayer:15qfivjvy80800rh998pcxmd2m8va1wq2qzqhz850n8ggcr4i9q0" }
from genlayer import *


class First(gl.Contract):
    value: u256

    def __init__(self):
        self.value = u256(1)

    @gl.public.write
    def rollback(self):
        raise Rollback("old way")

    @gl.public.write
    def rollback_message(self) -> str:
        try:
            raise gl.Rollback("m")
        except Rollback as error:
            return error.msg

    @gl.public.write
    def immediate(self):
        gl.advanced.rollback_immediate("now")

    @gl.public.write
    def strict(self) -> str:
        return gl.eq_principle_strict_eq(lambda: gl.exec_prompt("q"))

    @gl.public.write
    def comparative(self) -> str:
        return gl.eq_principle_prompt_comparative(lambda: gl.exec_prompt("q"), "same mood")

    @gl.public.write
    def non_comparative(self) -> str:
        return gl.eq_principle_prompt_non_comparative(lambda: "input", task="t", criteria="c")

    @gl.public.write
    def page(self) -> str:
        return gl.eq_principle_strict_eq(lambda: gl.get_webpage("https://example.org/", mode="html"))

    @gl.public.write
    def lazy_page(self) -> str:
        return gl.eq_principle_strict_eq(lambda: gl.get_webpage.lazy("https://example.org/", mode="html").get())

    @gl.public.view
    def names(self) -> list:
        wanted = (
            "ContractAt eth_contract eth deploy_contract contract_interface Event message message_raw public private"
            " Contract storage calldata wasi Lazy eq_principles advanced"
        ).split()
        return [name for name in wanted if not hasattr(gl, name)]
