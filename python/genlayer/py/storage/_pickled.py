"""`Pickled[T]`: any Python object, kept as the bytes of its pickle.

# Invariants
- The object is made into bytes before anything is written.
"""

import pickle

from ._records import allow_storage


@allow_storage
class Pickled[T]:
    """A field of any picklable type: `load()` and `store(value)`."""

    _data: bytes

    def load(self):
        """The object; `EOFError` when none was stored yet."""
        return pickle.loads(self._data)

    def store(self, value, /):
        """Keeps an object."""
        self._data = pickle.dumps(value)
