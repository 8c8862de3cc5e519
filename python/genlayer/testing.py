"""Empty: contracts that import a test helper run without it."""

__all__ = []
