"""The oldest name of `VecDB`: three types, by cosine."""

__all__ = ["VecDB", "VecDBElement", "cosine_distance_fast"]


def __getattr__(name):
    if name == "cosine_distance_fast":
        from genlayer_embeddings import CosineDistance

        return CosineDistance()
    if name in __all__:
        import genlayer_embeddings

        return getattr(genlayer_embeddings, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
