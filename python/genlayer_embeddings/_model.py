"""The sentence model: the node computes, with the same bits on every machine.

# Invariants
- Allowed everywhere, also outside of non-deterministic blocks: the vector depends on the text only.
"""

import numpy

from genlayer.gl._internal.gl_call import request

MODEL = "all-MiniLM-L6-v2"


class _Sentence:
    """Turns a text into 384 `float32` of length one."""

    __slots__ = ()

    def __call__(self, text):
        if not isinstance(text, str):
            raise TypeError(f"the model reads text: expected a str, got {type(text).__name__}")
        data = request("VenireEmbed", {"model": MODEL, "text": text})
        return numpy.frombuffer(data, dtype=numpy.float32)

    def encode(self, sentences):
        """The vector of one text, or a row for each of several."""
        if isinstance(sentences, str):
            return self(sentences)
        return numpy.stack([self(text) for text in sentences])

    def __repr__(self):
        return f"SentenceTransformer({MODEL!r})"

    def __reduce__(self):
        return (SentenceTransformer, (MODEL,))


def _known(name):
    if not isinstance(name, str) or name.rpartition("/")[2] != MODEL:
        raise ValueError(f"there is no model {name!r} on this network: use {MODEL!r}")


def SentenceTransformer(model=MODEL):
    """A function from text to vector. Texts are read up to 256 tokens."""
    _known(model)
    return _Sentence()


def SentenceTransformerFromPath(path):
    """The same, named by a file or folder of the model."""
    parts = str(path).replace("\\", "/").split("/")
    if MODEL not in parts:
        raise ValueError(f"there is no model at {path!r} on this network: use SentenceTransformer({MODEL!r})")
    return _Sentence()


def get_model(model, inputs=None):
    """The model itself: a function from text to `{"embedding": vector}`."""
    _known(model)
    sentence = _Sentence()
    return lambda text: {"embedding": sentence(text)}
