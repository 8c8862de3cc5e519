# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
from genlayer import *


class Star(gl.Contract):
    def __init__(self):
        pass

    @gl.public.view
    def types_everywhere(self) -> list:
        ints = [f"{kind}{bits}" for kind in "ui" for bits in range(8, 257, 8)]
        return [len(ints), [name for name in ints if name not in globals() or not hasattr(gl, name)]]

    @gl.public.view
    def names(self) -> list:
        wanted = "gl Address allow_storage Array DynArray TreeMap Keccak256 bigint".split()
        return [name for name in wanted if name not in globals()]

    @gl.public.view
    def not_exported(self) -> list:
        return [name for name in ("dataclass", "datetime", "json", "typing") if name in globals()]

    @gl.public.view
    def integers_are_callables(self) -> list:
        return [u256(5), i8(-3), bigint(2**300) == 2**300, u8(7) + 1, u256("12"), gl.u256(1)]

    @gl.public.view
    def gl_names(self) -> list:
        wanted = (
            "Contract public private message message_raw get_contract_at contract_interface deploy_contract"
            " Event trace trace_time_micro Lazy SizedArray Keccak256 Address bigint calldata storage wasi"
            " vm nondet eq_principle evm advanced"
        ).split()
        return [name for name in wanted if not hasattr(gl, name)]

    @gl.public.view
    def submodule_names(self) -> list:
        wanted = {
            "vm": "Return VMError UserError Result unpack_result spawn_sandbox run_nondet_unsafe run_nondet",
            "nondet": "exec_prompt Image NondetException _decode_nondet web",
            "nondet.web": "get post delete head patch request render Response",
            "eq_principle": "strict_eq prompt_comparative prompt_non_comparative",
            "advanced": "user_error_immediate emit_raw_event",
            "storage": "DynArray Array TreeMap allow_storage inmem_allocate copy_to_memory Root ROOT_SLOT_ID"
            " Slot Manager InmemManager Indirection VLA",
            "evm": "contract_interface signature_of type_name_of selector_of MethodEncoder encode decode"
            " ContractProxy ContractDeclaration InplaceTuple bytes1 bytes32",
            "calldata": "encode decode to_str CalldataEncodable",
        }
        missing = []
        for module, names in wanted.items():
            found = gl
            for part in module.split("."):
                found = getattr(found, part)
            missing += [module + "." + name for name in names.split() if not hasattr(found, name)]
        return missing
