# v0.1.0
# {
#   "Seq": [
#     { "Depends": "py-lib-genlayer-embeddings:09h0i209wrzh4xzq86f79c60x0ifs7xcjwl53ysrnw06i54ddxyi" },
#     { "Depends": "py-genlayer:15qfivjvy80800rh998pcxmd2m8va1wq2qzqhz850n8ggcr4i9q0" }
#   ]
# }

"""A contract of the first generation, by its hash."""

from genlayer import *


class Answer(gl.Contract):
    @gl.public.view
    def answer(self) -> int:
        return 42
