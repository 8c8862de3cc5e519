"""The lowest layer, under the third generation's name."""

from _genlayer_wasi import gl_call, get_balance, get_self_balance, storage_read, storage_write

__all__ = ["get_balance", "get_self_balance", "gl_call", "storage_read", "storage_write"]
