"""Meaning as vectors: `VecDB`, the vectors in a contract's storage, and the model that makes them."""

from ._distance import (
    ChebyshevDistance,
    CosineDistance,
    Distance,
    EuclideanDistance,
    EuclideanDistanceSquared,
    ManhattanDistance,
)
from ._model import SentenceTransformer, SentenceTransformerFromPath, get_model
from ._vecdb import Id, VecDB, VecDBElement

__all__ = [
    "ChebyshevDistance",
    "CosineDistance",
    "Distance",
    "EuclideanDistance",
    "EuclideanDistanceSquared",
    "Id",
    "ManhattanDistance",
    "SentenceTransformer",
    "SentenceTransformerFromPath",
    "VecDB",
    "VecDBElement",
    "get_model",
]
