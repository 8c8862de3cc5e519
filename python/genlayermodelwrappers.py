"""The oldest name of the text embeddings."""

__all__ = ["SentenceTransformer"]


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    import genlayer_embeddings

    return getattr(genlayer_embeddings, name)
