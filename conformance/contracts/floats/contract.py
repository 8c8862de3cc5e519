# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *
import math
import struct


class Floats(gl.Contract):
    ratio: float

    def __init__(self):
        pass

    @gl.public.view
    def texts(self) -> str:
        return "|".join(str(x) for x in (math.pi, math.sqrt(2), 0.1 + 0.2, 1e300 * 1e10, math.fsum([0.1] * 10)))

    @gl.public.view
    def nan_bits(self) -> list:
        inf = float("inf")
        return [struct.pack(">d", x).hex() for x in (float("nan"), inf - inf, inf * 0.0, math.nan + 1)]

    @gl.public.view
    def transcendental(self) -> str:
        return "|".join(repr(f(0.7)) for f in (math.sin, math.cos, math.tan, math.exp, math.log, math.atan, math.sinh))

    @gl.public.write
    def in_block(self) -> bool:
        def mix():
            return repr(math.sin(0.7) * math.exp(1.1) / math.log(3.3))

        return gl.eq_principle.strict_eq(mix) == mix()

    @gl.public.write
    def stored(self) -> list:
        zero = self.ratio
        self.ratio = -0.1
        return [str(zero), str(self.ratio), str(round(2.675, 2)), f"{1 / 3:.10f}"]

    @gl.public.view
    def returned(self):
        return 0.5

    @gl.public.view
    def decimals(self) -> str:
        import decimal
        import fractions

        return f"{decimal.Decimal('0.1') + decimal.Decimal('0.2')} {fractions.Fraction(1, 3) + fractions.Fraction(1, 6)}"
