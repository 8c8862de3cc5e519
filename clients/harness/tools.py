"""genvm-lint and gltest as they were published, on the archive of `venire compat-cache`, without a network."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from .network import ROOT, binary

PLACE = ROOT / "build" / "clients" / "tools"
HOME = ROOT / "build" / "clients" / "tools-home"
HERE = ROOT / "clients" / "tools"

# Hashes that conformance cases invent; nobody registered them.
_INVENTED = ("0" * 52, "9b8kjyda2y" * 5 + "00")

_SECONDS = 300
# Nobody listens there: a tool that asks the network fails at once.
_NOWHERE = "http://127.0.0.1:9"


def environment():
    """A home folder of its own, and no way out."""
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
    path = f"{PLACE / 'bin'}{os.pathsep}{os.environ['PATH']}"
    own = dict(os.environ)
    # The sandbox, and the cache of its compiled copy, stay where they are.
    own.setdefault("VENIRE_GUEST", str(ROOT / "build" / "guest" / "contract.wasm"))
    own.setdefault("VENIRE_CACHE_DIR", str(Path.home() / ".cache" / "venire"))
    own |= dict.fromkeys(names, _NOWHERE)
    own |= {"HOME": str(HOME), "PATH": path, "NO_PROXY": "", "no_proxy": "", "PYTHONDONTWRITEBYTECODE": "1"}
    return own


def run(*command, cwd=None):
    """Runs a command to its end."""
    command = [str(part) for part in command]
    return subprocess.run(
        command, cwd=cwd, env=environment(), capture_output=True, text=True, timeout=_SECONDS
    )


def prepare():
    """An empty home, and the archive in both caches."""
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    extra = [part for hash in _INVENTED for part in ("--hash", hash)]
    done = run(binary(), "compat-cache", *extra, "--json")
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def lint(command, paths):
    """The outcome of a command of genvm-lint for each file: its exit code and what it printed."""
    done = run(PLACE / "bin" / "python", HERE / "lint_all.py", command, *paths)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def schema(path):
    """The schema as `venire schema` prints it, or None."""
    done = run(binary(), "schema", path)
    return json.loads(done.stdout) if done.returncode == 0 else None
