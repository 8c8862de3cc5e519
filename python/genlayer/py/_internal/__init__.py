"""Parts that test tools look for here."""

from ...gl._proxy import create2_address

__all__ = ["create2_address"]
