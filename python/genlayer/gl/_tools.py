"""What a test tool's node lacks: sandboxes as plain calls, questions for judges as ordinary prompts.

# Invariants
- Nothing here is used inside of the sandbox.
- What the tool itself raises (a missing mock) goes to the tool, through every sandbox.
"""

import json

from .. import _outside
from ..py import calldata
from ._errors import Return, UserError, VMError
from ._internal.gl_call import gl_call_generic

_JUDGING = ("EqComparative", "EqNonComparativeValidator")


def run_here(function):
    """Runs a function and returns how it ended, as a sandbox would."""
    try:
        return Return(calldata.decode(calldata.encode(function())))
    except UserError as error:
        return error
    except Exception as error:
        if _outside.is_tools(error):
            raise
        return VMError("exit_code 1")


def ask(template, fields, after):
    """Puts the question of a template to the tool's model, so that its mocks can answer it."""
    prompt = "\n".join([template, *(f"{name}: {value}" for name, value in fields.items())])
    request = {"prompt": prompt, "response_format": "text", "images": []}
    answer = gl_call_generic({"ExecPrompt": request}, after).get()
    if template in _JUDGING:
        return _verdict(answer)
    return answer if isinstance(answer, str) else json.dumps(answer)


def _verdict(answer):
    if isinstance(answer, dict):
        answer = answer.get("result", answer.get("verdict"))
    if isinstance(answer, str):
        return answer.strip().strip(".!").lower() in ("true", "yes")
    return answer is True
