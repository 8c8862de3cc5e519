# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Hungry(gl.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def memory(self):
        data = [0] * 1024
        while True:
            data.extend(data)

    @gl.public.write
    def caught(self):
        try:
            data = [0] * 1024
            while True:
                data.extend(data)
        except MemoryError:
            data = None
            return "caught"

    @gl.public.write
    def recursion(self):
        return self.recursion()

    @gl.public.write
    def regex(self) -> int:
        import re

        return len(re.match(r"(?:x|y)*", "xy" * 50000).group(0))

    @gl.public.write
    def threads(self):
        import threading

        thread = threading.Thread(target=lambda: None)
        thread.start()
