"""The oldest name of the text embeddings.

# Invariants
- Contracts that import it were written for a star import that had two names more: `old_names`.
"""

__all__ = ["SentenceTransformer"]


def old_names():
    """What `from genlayer import *` gave when this library had this name."""
    import typing

    from genlayer_embeddings import VecDB

    return {"VecDB": VecDB, "typing": typing}


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    import genlayer_embeddings

    return getattr(genlayer_embeddings, name)
