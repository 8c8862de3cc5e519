"""`gl`: what a contract works with.

The names of the second API generation, those of the first that do not collide, and a few that
contracts in the wild use although no generation has them.
"""

import dataclasses as _dataclasses
import importlib as _importlib
import sys as _sys
import types as _types

import _genlayer_wasi as wasi

from .. import _suggest
from ..py import calldata, storage
from ..py.storage import Array, DynArray, TreeMap, allow_storage
from ..py.storage import inmem_allocate as storage_inmem_allocate
from ..py.types import *  # noqa: F403
from . import advanced, eq_principle, evm, nondet, vm
from ._annotations import private, public
from ._contract import Contract
from ._errors import Rollback, UserError
from ._event import Event, emit_event
from ._message import Message as MessageType
from ._message import block, message, message_raw
from ._prompt import prompt, untrusted
from ._proxy import contract_interface, deploy_contract, get_contract_at, transfer
from ._proxy import ContractProxy as ContractAt
from ._trace import trace, trace_time_micro
from .advanced import rollback_immediate

contract_at = get_contract_at
eth = evm
eth_contract = evm.contract_interface
eq_principle_strict_eq = eq_principle.strict_eq_first
eq_principle_prompt_comparative = eq_principle.prompt_comparative
eq_principle_prompt_non_comparative = eq_principle.prompt_non_comparative
exec_prompt = nondet.first_exec_prompt
get_webpage = nondet.web.render


def http_fetch(url):
    """The body of a page as text, which also has what a `Response` has."""
    return nondet.fetch_url(url)


def rollback(message):
    """Raises a `UserError`."""
    raise UserError(message)


def dataclass(cls=None, /, **options):
    """`@allow_storage` and `@dataclass` in one."""
    if cls is None:
        return lambda target: dataclass(target, **options)
    return allow_storage(_dataclasses.dataclass(cls, **options))


def contract(cls):
    """Class decorator of the oldest generation: makes a plain class the contract."""
    if issubclass(cls, Contract):
        return cls
    body = {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__doc__}
    return _types.new_class(cls.__name__, (cls, Contract), {}, lambda names: names.update(body))


def __getattr__(name):
    if name == "eq_principles":
        # Made of this module's parts, so it can not be imported before they are there.
        return _importlib.import_module("genlayer.std.eq_principles")
    names = dir(_sys.modules[__name__])
    raise _suggest.unknown(f"module {__name__!r}", name, names, _suggest.GL, "gl.")
