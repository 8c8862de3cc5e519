# { "Depends": "py-genlayer:latest" }

"""Says the time, and when it was made."""

from datetime import datetime, timezone

from genlayer import *


class Clock(gl.Contract):
    started: str
    moment: datetime

    def __init__(self):
        self.started = self.now()
        self.moment = datetime.now(timezone.utc)

    @gl.public.view
    def of_message(self) -> str:
        return gl.message_raw["datetime"]

    @gl.public.view
    def now(self) -> str:
        return datetime.now(timezone.utc).isoformat()
