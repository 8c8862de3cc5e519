"""Runs commands of genvm-lint over many contracts, one line of JSON for each; in the tools' environment.

`python lint_all.py COMMAND FILE...`, where COMMAND is `check`, `schema` or `validate`.

The commands are the tool's own, each in a process of its own as from a shell: only what every
process starts with, the interpreter and numpy, is loaded once.
"""

import json
import os
import sys
import tempfile

import numpy  # noqa: F401  (loaded before the package, as the tool does)
from click.testing import CliRunner
from genvm_linter import cli
from genvm_linter.lint import linter  # noqa: F401
from genvm_linter.validate import validator  # noqa: F401


def one(command, path):
    """What one run printed, and its exit code."""
    result = CliRunner().invoke(cli.main, [command, path, "--json"])
    words = result.stdout if result.exception is None or result.exit_code else repr(result.exception)
    return {"file": path, "code": result.exit_code, "output": words}


def main(command, paths):
    """Runs all, each in a child; two at a time would gain nothing on a shared machine."""
    for path in paths:
        with tempfile.TemporaryFile("w+") as file:
            child = os.fork()
            if child == 0:
                json.dump(one(command, path), file)
                file.flush()
                os._exit(0)
            os.waitpid(child, 0)
            file.seek(0)
            print(file.read() or json.dumps({"file": path, "code": -1, "output": "died"}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
