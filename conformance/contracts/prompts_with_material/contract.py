# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Moderator(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def judge(self, text: str, limit: int) -> bool:
        def ask():
            prompt = gl.prompt("Is {comment} polite? At most {limit} words may be rude.", comment=text, limit=limit)
            return gl.nondet.exec_prompt(prompt, schema={"polite": bool})["polite"]

        return gl.eq_principle.strict_eq(ask)

    @gl.public.write
    def labelled(self, text: str) -> str:
        def ask():
            prompt = gl.prompt("Sum up {text}.", text=gl.untrusted(text, "letter"))
            return gl.nondet.exec_prompt(prompt)

        return gl.eq_principle.strict_eq(ask)

    @gl.public.write
    def built(self, parts: list) -> str:
        def ask():
            prompt = gl.prompt().words("Which of these is the oldest?")
            for part in parts:
                prompt.data(part, "letter")
            return gl.nondet.exec_prompt(prompt)

        return gl.eq_principle.strict_eq(ask)

    @gl.public.write
    def joined(self, text: str) -> str:
        return gl.eq_principle.strict_eq(lambda: gl.nondet.exec_prompt(f"Is {gl.untrusted(text)} polite?"))

    @gl.public.write
    def bad_schema(self) -> str:
        def ask():
            try:
                return gl.nondet.exec_prompt("x", schema={"type": "object", "properties": {"a": {"type": "map"}}})
            except gl.nondet.NondetException as error:
                return str(error)

        return gl.eq_principle.strict_eq(ask)
