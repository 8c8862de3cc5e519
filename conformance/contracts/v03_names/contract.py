# v0.3.0
# { "Depends": "py-genlayer:9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y9b8kjyda2y00" }
import genlayer as gl


class Names(gl.contract.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def missing(self) -> list:
        import genlayer.calldata, genlayer.chain, genlayer.contract, genlayer.eq_principle, genlayer.evm
        import genlayer.message, genlayer.nondet, genlayer.storage, genlayer.types, genlayer.vm, genlayer.wasi

        wanted = {
            "": "contract chain message vm evm nondet eq_principle types calldata storage wasi public private u8 i256"
            " Address Lazy SizedArray Keccak256 bigint IS_IN_VM",
            "contract": "Contract interface deploy get_at Proxy GenVMContractDeclaration StorageType ON",
            "chain": "ON IAccount Account Event InternalMessageParams id",
            "message": "contract_address sender_address origin_address signer_address stack value chain_id is_init"
            " entry_kind entry_data entry_stage_data raw datetime",
            "vm": "spawn_sandbox run_nondet run_nondet_default unpack_result Return VMError UserError Result trace"
            " trace_time_micro yield_ get_timestamp register_runner map_file ABI",
            "nondet": "exec_prompt Image NondetException web",
            "types": "u8 u256 i8 i256 bigint Lazy Address SizedArray Keccak256 KeccakHash",
            "storage": "DynArray Array TreeMap Comparable allow inmem_allocate Pickled Root ROOT_SLOT_ID Slot Manager"
            " Indirection VLA copy_to_memory cast_slot",
            "calldata": "encode decode to_str CalldataEncodable DataclassMixin Raw DecodingError Encodable Decoded",
            "message_allocation": "ANY_METHOD InternalAllocation ExternalAllocation UseBalanceParams Descendants",
        }
        missing = []
        for module, names in wanted.items():
            found = getattr(gl, module, None) if module else gl
            missing += [f"{module}.{name}" for name in names.split() if not hasattr(found, name)]
        return missing
