# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import datetime
import time


class Clock(gl.Contract):
    when: datetime.datetime

    def __init__(self):
        pass

    @gl.public.write
    def now(self) -> list:
        utc = datetime.datetime.now(datetime.timezone.utc)
        return [datetime.datetime.now().isoformat(), utc.isoformat(), int(time.time()), time.time_ns() // 10**6, gl.message_raw["datetime"]]

    @gl.public.write
    def in_block(self) -> list:
        return gl.eq_principle.strict_eq(lambda: [datetime.datetime.now().isoformat(), int(time.time())])

    @gl.public.write
    def stands_still(self) -> list:
        start, fast = time.monotonic(), time.perf_counter()
        for _ in range(10000):
            pass
        return [time.monotonic() == start, time.perf_counter() == fast]

    @gl.public.write
    def stored(self) -> list:
        zero = self.when
        self.when = datetime.datetime.now(datetime.timezone.utc)
        return [zero.isoformat(), self.when.isoformat(), (self.when - datetime.timedelta(days=1)).isoformat()]

    @gl.public.write
    def micros(self) -> list:
        return [gl.trace_time_micro()]

    @gl.public.view
    def strftime(self) -> str:
        return time.strftime("%Y-%m-%d", time.gmtime()) + datetime.date.today().isoformat()
