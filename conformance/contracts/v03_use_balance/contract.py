# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl
from genlayer.types import *

FEES = gl.chain.InternalMessageParams(
    leader_timeunits_allocation=10,
    validator_timeunits_allocation=10,
    execution_budget_per_round=0,
    rotations=[1],
    max_price_gen_per_time_unit=1,
    storage_fee_max_gas_price=1,
    receipt_fee_max_gas_price=1,
)


class Fees(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def send(self):
        gl.contract.get_at(gl.message.sender_address).emit(fee_params=FEES).hello()
