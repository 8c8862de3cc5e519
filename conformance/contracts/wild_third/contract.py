# v0.3-dev
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }

import datetime
from dataclasses import dataclass

import genlayer as gl
from genlayer.message_allocation import InternalAllocation
from genlayer.storage import DynArray, TreeMap, allow as allow_storage
from genlayer.types import *
from genlayer.vm.public_abi import Permissions

PARAMS = gl.chain.InternalMessageParams(
    leader_timeunits_allocation=5,
    validator_timeunits_allocation=5,
    execution_budget_per_round=1024,
    rotations=[4, 4],
    max_price_gen_per_time_unit=2,
    storage_fee_max_gas_price=20,
    receipt_fee_max_gas_price=20,
)


def newer_params() -> gl.chain.InternalMessageParams:
    return gl.chain.InternalMessageParams(
        leader_time_units_allocation=100,
        validator_time_units_allocation=200,
        execution_budget_per_round=10**18,
        rotations=[0],
        max_price_gen_per_time_unit=1,
        storage_fee_max_gas_price=1,
        receipt_fee_max_gas_price=1,
    )


class Paid(gl.chain.Event):
    def __init__(self, who: Address, /, **blob): ...


@allow_storage
@dataclass
class Person:
    name: str
    since: datetime.datetime


@gl.evm.contract_interface
class Ghost:
    class View:
        def test(self, x: u256, /) -> u256: ...

    class Write:
        def test(self, x: u256, /) -> None: ...


@gl.contract.interface
class Other:
    class View:
        def info(self) -> str: ...

    class Write:
        def poke(self, n: u256) -> None: ...


class Third(gl.contract.Contract):
    people: gl.DynArray[Person]
    scores: gl.storage.TreeMap[Address, u64]
    last: str

    def __init__(self):
        self.last = ""
        gl.storage.Root.get().set_permission(Permissions.CAN_USE_BALANCE_FOR_MESSAGE_FEES, True)

    @gl.public.write
    def now(self) -> list:
        raw = str(gl.message.raw["datetime"])
        stamp = int(gl.vm.get_timestamp().timestamp())
        self.people.append(Person("Ada", datetime.datetime.now()))
        first = self.people[-1]
        self.people[-1] = Person("Not Ada", datetime.datetime.now())
        return [raw, stamp, first.name, first.since.isoformat(), int(gl.chain.id)]

    @gl.public.write
    def sends(self):
        there = gl.Address(b"\x30" * 20)
        gl.contract.get_at(there).emit(on="decided", use_balance=True, fee_params=PARAMS).foo(1, 2)
        gl.contract.get_at(there).emit(use_balance=True, fee_params=newer_params()).foo(3)
        Other(gl.message.sender_address).emit(on="finalized").poke(5)
        Ghost(Address(b"\x30" * 20)).emit().test(1)
        Paid(gl.message.sender_address, n=1).emit()
        self.scores[gl.message.sender_address] = 5

    @gl.public.view
    def fees(self) -> list:
        newer = newer_params()
        return [
            newer.leader_timeunits_allocation, newer.validator_time_units_allocation,
            PARAMS.leader_time_units_allocation,
            gl.storage.Root.get().get_permission(Permissions.CAN_USE_BALANCE_FOR_MESSAGE_FEES),
            gl.storage.Root.get().slot().read(gl.vm.ABI.root_offsets.PERMISSIONS, 1),
        ]

    @gl.public.write
    def errors(self) -> list:
        out = []
        try:
            raise gl.vm.UserError({"code": 1})
        except gl.vm.UserError as error:
            out.append(error.data)
        result = gl.vm.run_nondet(
            lambda: 1 // 0, lambda one: isinstance(one, gl.vm.VMError), catch_vm_error=True
        )
        out.append(isinstance(result, gl.vm.VMError) and result.public_code)
        return out

    @gl.public.write
    def stops(self):
        gl.vm.UserError.immediate("no")
