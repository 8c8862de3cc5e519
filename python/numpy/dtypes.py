"""Classes of the element types, for annotations: `Float32DType` and the like."""

from ._dtypes import CLASSES as _CLASSES

globals().update(_CLASSES)
__all__ = sorted(_CLASSES)
