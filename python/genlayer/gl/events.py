"""The second generation's module of events."""

from ._event import Event

__all__ = ["Event"]
