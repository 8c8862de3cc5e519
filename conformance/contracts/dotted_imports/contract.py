# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
import genlayer
import genlayer.gl as gl
import genlayer.gl.vm as glvm
import genlayer.py.calldata as calldata
import genlayer.py.evm
import genlayer.gl._internal.gl_call
import _genlayer_wasi as wasi
from genlayer import gl as same
from genlayer.py.get_schema import get_schema
from genlayer.py.keccak import Keccak256
from genlayer.py.public_abi import EntryKind, ResultCode, StorageType
from genlayer.py.storage import Array, DynArray, TreeMap, allow_storage, inmem_allocate
from genlayer.py.types import *


class Dotted(gl.Contract):
    value: u256
    items: TreeMap[str, DynArray[u8]]

    def __init__(self):
        self.value = u256(4)

    @gl.public.view
    def same(self) -> list:
        return [
            same is gl,
            glvm is gl.vm,
            calldata.encode({"a": 1}) == gl.calldata.encode({"a": 1}),
            Keccak256(b"").hexdigest(),
            genlayer.py.evm is not None,
            wasi.__name__,
        ]

    @gl.public.view
    def enums(self) -> list:
        return [int(EntryKind.MAIN), int(EntryKind.SANDBOX), int(EntryKind.CONSENSUS_STAGE), int(ResultCode.RETURN), int(ResultCode.USER_ERROR), int(ResultCode.VM_ERROR)]

    @gl.public.view
    def storage_types(self) -> list:
        return [int(StorageType.DEFAULT), int(StorageType.LATEST_FINAL), int(StorageType.LATEST_NON_FINAL)]

    @gl.public.view
    def schema_names(self) -> list:
        return sorted(get_schema(Dotted)["methods"])

    @gl.public.view
    def in_memory(self) -> list:
        return list(inmem_allocate(DynArray[u8], [1, 2]))
