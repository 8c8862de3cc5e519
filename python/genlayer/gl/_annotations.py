"""Decorators of contract methods; they only put attributes on the function."""


def _mark(function, readonly):
    if not callable(function) and not isinstance(function, (staticmethod, classmethod)):
        raise TypeError(
            f"`@gl.public...` stands above a method (`def`), not above a {type(function).__name__}: "
            "leave the decorator between them out"
        )
    function.__gl_public__ = True
    function.__gl_readonly__ = readonly
    return function


class _MinGas:
    __slots__ = ("_leader", "_validator")

    def __init__(self, leader, validator):
        self._leader = leader
        self._validator = validator

    def __call__(self, function):
        _mark(function, False)
        function.__gl_min_gas_leader__ = self._leader
        function.__gl_min_gas_validator__ = self._validator
        return function

    def payable(self, function):
        """A method that takes value."""
        self(function).__gl_payable__ = True
        return function


class _Write:
    __slots__ = ()

    def __call__(self, function):
        return _mark(function, False)

    def payable(self, function):
        """A method that takes value."""
        _mark(function, False).__gl_payable__ = True
        return function

    def min_gas(self, *, leader, validator):
        """A method with least amounts of gas."""
        return _MinGas(leader, validator)


class public:
    """Methods that can be called from outside."""

    def __new__(cls, *_args):
        raise TypeError("write `@gl.public.view`, `@gl.public.write` or `@gl.public.write.payable`")

    @staticmethod
    def view(function):
        """A method that does not change the contract."""
        return _mark(function, True)

    write = _Write()


def private(function):
    """A method for the contract itself."""
    return function
