# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl

COUNTS = ["leader_timeunits_allocation", "validator_timeunits_allocation"]
NEWER = ["leader_time_units_allocation", "validator_time_units_allocation"]
BUDGET = "execution_budget_per_round"
PRICES = ["max_price_gen_per_time_unit", "storage_fee_max_gas_price", "receipt_fee_max_gas_price"]
GOOD = {**dict.fromkeys(COUNTS, 0), BUDGET: 0, **dict.fromkeys(PRICES, 1), "rotations": [0]}


def send(use_balance=False, **params):
    fields = {
        "address": gl.message.sender_address,
        "calldata": {},
        "value": 0,
        "on": "finalized",
        "use_balance": use_balance,
        "fee_params": {**GOOD, **params},
    }
    try:
        gl.wasi.gl_call(gl.calldata.encode({"PostMessage": fields}))
    except SystemError as error:
        return str(error)
    return "sent"


class Fees(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.write
    def good(self) -> list:
        largest = {**dict.fromkeys(COUNTS + NEWER, 2**32 - 1), **dict.fromkeys(PRICES + [BUDGET], 2**96 - 1)}
        return [send(), send(True), send(**largest, rotations=[2**32 - 1, 1])]

    @gl.public.write
    def bad(self) -> list:
        cases = [{name: 2**32} for name in COUNTS + NEWER] + [{BUDGET: 2**96}]
        cases += [{name: value} for name in PRICES for value in (0, 2**96)]
        cases += [{"rotations": []}, {"rotations": [2**32]}, {"rotations": 1}, {"more": 1}, {COUNTS[0]: "1"}, {COUNTS[0]: -1}]
        return sorted({send(**case) for case in cases} | {send("yes")})
