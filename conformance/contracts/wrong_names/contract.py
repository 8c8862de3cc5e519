# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Wrong(gl.Contract):
    counter: u256

    def __init__(self):
        pass

    @gl.public.write
    def on_gl(self):
        gl.deploy_contrat(code=b"")

    @gl.public.write
    def on_nondet(self):
        gl.nondet.exec_promt("hello")

    @gl.public.write
    def on_vm(self):
        raise gl.vm.UserErorr("hello")

    @gl.public.write
    def on_eq(self):
        gl.eq_principle.strict(lambda: 1)

    @gl.public.write
    def on_message(self):
        return gl.message.sender_adress

    @gl.public.view
    def on_self(self):
        return self.countr
