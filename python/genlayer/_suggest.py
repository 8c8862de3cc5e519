"""Errors for names that do not exist: the nearest name, or the right way to do what was meant.

# Invariants
- Nothing here runs before something has gone wrong.
"""

_LINK = " or "


class _Nothing:
    """Stands for the object in an error, so that a traceback does not guess once more."""

    def __dir__(self):
        return []


_NOTHING = _Nothing()


def nearest(name, names):
    """The existing name that `name` almost is, or up to two that look like it."""
    import difflib

    public = {item.casefold(): item for item in names if not item.startswith("_")}
    word, names = name.casefold().strip("_"), list(public)
    found = [item for item in names if len(word) > 3 and item.startswith(word)][:2]
    found = found or difflib.get_close_matches(word, names, n=1, cutoff=0.85)
    found = found or difflib.get_close_matches(word, names, n=2, cutoff=0.65)
    return [public[item] for item in found]


def unknown(owner, name, names=(), known=None, prefix=""):
    """The `AttributeError` for `name`; `known` maps frequent inventions to what to write."""
    text = f"{owner} has no attribute {name!r}"
    if known and name in known:
        text += f": {known[name]}"
    elif not name.startswith("__"):
        close = nearest(name, names)
        if close:
            text += f". Did you mean {_LINK.join(f'`{prefix}{item}`' for item in close)}?"
    return AttributeError(text, name=name, obj=_NOTHING)


def of_module(module, known=None, prefix=""):
    """A module's `__getattr__`: raises for every name."""

    def __getattr__(name):
        import sys

        raise unknown(f"module {module!r}", name, dir(sys.modules[module]), known, prefix)

    return __getattr__


_PROMPT = "ask a model with `gl.nondet.exec_prompt(...)` inside of a non-deterministic block"
_WEB = "use `gl.nondet.web.get(url)` or `gl.nondet.web.render(url)` inside of a non-deterministic block"
_STORE = "declare the field in the class body (`name: str`) and use `self.name`"
_FAIL = "refuse with `raise gl.vm.UserError(\"why\")`"
_CALL = "use `gl.get_contract_at(address).view().method(...)`"
_SEND = "use `gl.transfer(address, amount)`"
_TIME = "use `gl.message.timestamp` (seconds) or `datetime.now()`: both are the transaction's time"
_SENDER = "use `gl.message.sender_address`"
_EQ = "use `gl.eq_principle.strict_eq(function)`"
_EVENT = "declare `class Happened(gl.Event)` and call `Happened(...).emit()`"

#: What people write as `gl.<name>`, and what to write.
GL = {
    **dict.fromkeys(
        "llm call_llm llm_call ask ask_llm run_prompt ai gpt model generate".split(), _PROMPT
    ),
    **dict.fromkeys("web http fetch http_get requests request render get url_get".split(), _WEB),
    **dict.fromkeys(
        "storage_get storage_set storage_read storage_write get_storage set_storage state store db".split(),
        _STORE,
    ),
    **dict.fromkeys("require revert fail abort error Error Revert ensure".split(), _FAIL),
    **dict.fromkeys("call call_contract contract_call invoke".split(), _CALL),
    **dict.fromkeys("send pay send_value payout transfer_to".split(), _SEND),
    **dict.fromkeys("now time timestamp block_timestamp datetime".split(), _TIME),
    **dict.fromkeys("sender msg_sender caller msg tx get_sender".split(), _SENDER),
    **dict.fromkeys("strict_eq consensus equivalence eq".split(), _EQ),
    **dict.fromkeys("emit events log_event".split(), _EVENT),
    "prompt_comparative": "use `gl.eq_principle.prompt_comparative(function, principle)`",
    "prompt_non_comparative": "use `gl.eq_principle.prompt_non_comparative(function, task=..., criteria=...)`",
    "value": "use `gl.message.value`",
    "chain_id": "use `gl.message.chain_id`",
    "balance": "use `self.balance`, or `gl.get_contract_at(address).balance`",
    "view": "mark the method with `@gl.public.view`",
    "write": "mark the method with `@gl.public.write`",
    "payable": "mark the method with `@gl.public.write.payable`",
    "external": "mark the method with `@gl.public.view` or `@gl.public.write`",
    "log": "use `print(...)`: the output is in the receipt",
    "print": "use `print(...)`: the output is in the receipt",
    "random": "use `import random`: it is seeded by the transaction",
    "json": "use `import json`",
    "run_nondet": "use `gl.vm.run_nondet(leader, validator)`",
    "run_nondet_unsafe": "use `gl.vm.run_nondet_unsafe(leader, validator)`",
    "spawn_sandbox": "use `gl.vm.spawn_sandbox(function)`",
    "Return": "use `gl.vm.Return`",
    "VMError": "use `gl.vm.VMError`",
    "inmem_allocate": "use `gl.storage.inmem_allocate(Type, ...)`",
    "copy_to_memory": "use `gl.storage.copy_to_memory(value)`",
    "emit_raw_event": "use `gl.advanced.emit_raw_event(topics, blob)`",
}

#: `gl.message.<name>`.
MESSAGE = {
    "from_address": _SENDER,
    "caller": _SENDER,
    "sender_addr": _SENDER,
    "address": "use `gl.message.contract_address`",
    "to": "use `gl.message.contract_address`",
    "amount": "use `gl.message.value`",
    "time": _TIME,
    "now": _TIME,
    "data": "arguments come as parameters of the method",
    "gas": "there is no gas inside of a contract",
    "nonce": "a contract does not see the sender's nonce",
}

#: `gl.vm.<name>`.
VM = {
    **dict.fromkeys("rollback revert Revert Error Exception".split(), _FAIL),
    **dict.fromkeys("get_timestamp get_current_transaction_time timestamp now time".split(), _TIME),
    "sandbox": "use `gl.vm.spawn_sandbox(function)`",
    "strict_eq": _EQ,
    "exec_prompt": _PROMPT,
}

#: `gl.nondet.<name>`.
NONDET = {
    **dict.fromkeys("llm prompt call_llm ask execute_prompt run_prompt".split(), _PROMPT),
    **dict.fromkeys("get fetch request http get_webpage render http_get".split(), _WEB),
    "run_nondet": "use `gl.vm.run_nondet(leader, validator)`",
}

#: `gl.nondet.web.<name>`.
WEB = {
    **dict.fromkeys("fetch http_get get_page get_url".split(), "use `gl.nondet.web.get(url)`"),
    **dict.fromkeys(
        "get_webpage get_text get_html load screenshot".split(),
        "use `gl.nondet.web.render(url, mode=\"text\")` (or `html`, `screenshot`)",
    ),
}

#: `gl.eq_principle.<name>`.
EQ_PRINCIPLE = {
    "comparative": "use `gl.eq_principle.prompt_comparative(function, principle)`",
    "non_comparative": "use `gl.eq_principle.prompt_non_comparative(function, task=..., criteria=...)`",
    "run_nondet": "use `gl.vm.run_nondet(leader, validator)`",
    "eq": _EQ,
}

#: `self.<name>` of a contract.
SELF = {
    **dict.fromkeys("storage state store db storage_get storage_set".split(), _STORE),
    **dict.fromkeys("sender msg_sender caller msg message".split(), _SENDER),
    "value": "use `gl.message.value`",
    "transfer": _SEND,
    "emit": _EVENT,
}

#: Attributes of a sandbox's result.
RESULT = {
    "value": "use `.calldata`",
    "result": "use `.calldata`",
    "error": "the error is the object itself: `isinstance(result, gl.vm.UserError)`",
}


def stored_type(value):
    """The stored type that keeps such a value."""
    from .py.types import Address

    for kind, name in (
        (bool, "bool"),
        (Address, "Address"),
        (int, "u256"),
        (float, "float"),
        (bytes, "bytes"),
        ((list, tuple), "DynArray[str]"),
        (dict, "TreeMap[str, str]"),
        ((set, frozenset), "TreeMap[str, bool]"),
    ):
        if isinstance(value, kind):
            return name
    return "str" if isinstance(value, str) or value is None else "u256"

