# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Mixin:
    """A plain class beside the contract."""

    @gl.public.view
    def from_mixin(self) -> str:
        return "mixin " + self.name


class Contract(gl.Contract, Mixin):
    name: str

    def __init__(self, name: str = "default"):
        self.name = name

    @property
    def upper(self):
        return self.name.upper()

    @gl.public.view
    def use_property(self) -> str:
        return self.upper

    @classmethod
    def helper(cls) -> str:
        return cls.__name__

    @gl.public.view
    def use_class(self) -> str:
        return self.helper() + Contract.__module__
