"""`gl`: what a contract works with."""

from collections.abc import Callable
from typing import Any, NoReturn, dataclass_transform, overload

import genlayer.std.eq_principles as _eq_principles

from .. import wasi as wasi
from ..py import calldata as calldata
from ..py import storage as storage
from ..py.storage import Array as Array
from ..py.storage import DynArray as DynArray
from ..py.storage import TreeMap as TreeMap
from ..py.storage import allow_storage as allow_storage
from ..py.storage import inmem_allocate as _inmem_allocate
from ..py.types import *
from . import advanced as advanced
from . import eq_principle as eq_principle
from . import evm as evm
from . import nondet as nondet
from . import vm as vm
from ._annotations import private as private
from ._annotations import public as public
from ._contract import Contract as Contract
from ._errors import Rollback as Rollback
from ._errors import UserError as UserError
from ._event import Event as Event
from ._event import emit_event as emit_event
from ._message import Message as _Message
from ._message import block as block
from ._message import message as message
from ._message import message_raw as message_raw
from ._prompt import prompt as prompt
from ._prompt import untrusted as untrusted
from ._proxy import ContractProxy as _ContractProxy
from ._proxy import contract_interface as contract_interface
from ._proxy import deploy_contract as deploy_contract
from ._proxy import get_contract_at as get_contract_at
from ._proxy import transfer as transfer
from ._trace import trace as trace
from ._trace import trace_time_micro as trace_time_micro
from .advanced import rollback_immediate as rollback_immediate

ContractAt = _ContractProxy
MessageType = _Message
storage_inmem_allocate = _inmem_allocate
eq_principles = _eq_principles
contract_at = get_contract_at
eth = evm
eth_contract = evm.contract_interface
eq_principle_strict_eq = eq_principle.strict_eq_first
eq_principle_prompt_comparative = eq_principle.prompt_comparative
eq_principle_prompt_non_comparative = eq_principle.prompt_non_comparative
exec_prompt = nondet.exec_prompt
get_webpage = nondet.web.render

def http_fetch(url: str) -> nondet.web.Fetched: ...
def rollback(message: Any) -> NoReturn: ...
@overload
@dataclass_transform()
def dataclass[C: type](cls: C, /, **options: Any) -> C: ...
@overload
@dataclass_transform()
def dataclass[C: type](cls: None = None, /, **options: Any) -> Callable[[C], C]: ...
def contract[C: type](cls: C) -> C: ...
