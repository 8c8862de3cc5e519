"""Builds the sandbox component `contract.wasm` from `python/` and `wit/`.

`python3 python/build.py --out build/guest`

# Invariants
- The same sources give the same bytes, on any machine of the same architecture: the interpreter
  is booted from a clean copy in memory-backed storage, with constant clocks and entropy.
- Nothing is built when the inputs did not change.
"""

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from find_python import find_python

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
REQUIREMENTS = HERE / "requirements-build.txt"
SHIM = HERE / "determinism.c"
WORLD = "contract"
#: Modules beside the package.
TOP = ("_genlayer_wasi.py", "genlayermodelwrappers.py", "word_piece_tokenizer.py")


class BuildError(Exception):
    """Something the reader can act on."""


def say(text):
    """One line of progress."""
    print("guest: " + text, flush=True)


def inputs():
    """Files the component is made of, sorted by path."""
    files = [Path(__file__).resolve(), REQUIREMENTS, SHIM, *(HERE / name for name in TOP)]
    folders = ("genlayer", "genlayer_embeddings", "guest", "numpy", "PIL")
    for folder, pattern in ((ROOT / "wit", "*.wit"), *((HERE / name, "*.py") for name in folders)):
        files.extend(folder.rglob(pattern))
    return sorted(files)


def digest(paths):
    """Hash over names and contents."""
    total = hashlib.sha256()
    for path in paths:
        total.update(str(path.relative_to(ROOT)).encode("utf-8") + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def file_hash(path):
    """SHA-256 of a file, empty if there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def run(command, what, **kwargs):
    """Runs a command; its output is shown only when it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **kwargs)
    if done.returncode != 0:
        sys.stderr.write(done.stdout.decode("utf-8", "replace"))
        raise BuildError("{} failed".format(what))


def ensure_venv(folder):
    """Makes a private environment with exactly the pinned packages, if it is not there."""
    stamp, wanted = folder / "requirements.sha256", file_hash(REQUIREMENTS)
    if not stamp.is_file() or stamp.read_text() != wanted:
        python = find_python()
        if python is None:
            raise BuildError("Python 3.12 or newer is needed: install it, or put it on PATH")
        say("installing the pinned build tools into {}".format(folder))
        shutil.rmtree(folder, ignore_errors=True)
        run([python, "-m", "venv", str(folder)], "making the environment")
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        pip += ["--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--require-hashes"]
        run(pip + ["-r", str(REQUIREMENTS)], "installing the pinned build tools")
        stamp.write_text(wanted)


def scratch_base():
    """A folder of our own, in memory if the machine has such a place."""
    shared = Path("/dev/shm")
    parent = shared if os.access(str(shared), os.W_OK) else Path("/tmp")
    base = parent / "venire-guest-{}".format(os.getuid())
    base.mkdir(mode=0o700, exist_ok=True)
    if base.is_symlink() or base.stat().st_uid != os.getuid():
        raise BuildError("{} belongs to somebody else".format(base))
    return base


def copy_sources(target, packages):
    """Exactly the files that belong into the image, in a fixed order."""
    target.mkdir()
    for folder, into in (
        (HERE / "genlayer", target / "genlayer"),
        (HERE / "genlayer_embeddings", target / "genlayer_embeddings"),
        (HERE / "guest", target),
        (HERE / "numpy", target / "numpy"),
        (HERE / "PIL", target / "PIL"),
        (packages / "cloudpickle", target / "cloudpickle"),
    ):
        for path in sorted(folder.rglob("*.py")):
            copy = into / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    for name in TOP:
        (target / name).write_bytes((HERE / name).read_bytes())


def build_shim(work):
    """The library that makes clocks and entropy constant; None where it can not be loaded."""
    if sys.platform != "linux":
        say("this system builds a working component, but not byte for byte the released one")
        return None
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None:
        raise BuildError("a C compiler is needed (cc): install gcc or clang")
    shim = work / "determinism.so"
    run([compiler, "-shared", "-fPIC", "-O1", "-o", str(shim), str(SHIM), "-ldl"], "compiling the shim")
    return shim


def componentize(work, venv, packages):
    """Makes the component; returns its path."""
    copy_sources(work / "src", packages)
    shutil.copytree(str(ROOT / "wit"), str(work / "wit"))
    (work / "tmp").mkdir()
    (work / "empty/lib/python3.14/site-packages").mkdir(parents=True)
    output = work / "contract.wasm"
    environment = {
        "PATH": "/nonexistent",
        "HOME": str(work),
        "TMPDIR": str(work / "tmp"),
        "VIRTUAL_ENV": str(work / "empty"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
    }
    shim = build_shim(work)
    if shim is not None:
        environment["LD_PRELOAD"] = str(shim)
    command = [str(venv / "bin" / "componentize-py")]
    command += ["-d", str(work / "wit"), "-w", WORLD]
    command += ["componentize", "-p", str(work / "src"), "app", "-o", str(output)]
    run(command, "building the component", env=environment, cwd=str(work))
    return output


def private_mounts(folder):
    """The command that gives a build mounts of its own, empty where that is not permitted."""
    for command in (["unshare", "-m"], ["unshare", "-Urm"]):
        probe = command + ["mount", "-t", "tmpfs", "none", str(folder)]
        try:
            if subprocess.run(probe, stderr=subprocess.DEVNULL).returncode == 0:
                return command
        except OSError:
            break
    say("no private mounts here: the component may differ from the released one in a few bytes")
    return []


def work_inside(work, result, venv, mounted):
    """The part that runs with private mounts: makes the component on an empty file system."""
    if mounted:
        run(["mount", "-t", "tmpfs", "none", str(work)], "mounting a file system in memory")
    packages = next((venv / "lib").glob("python3.*/site-packages"))
    shutil.copyfile(str(componentize(work, venv, packages)), str(result))


def build(out, venv):
    """Builds into `out` unless it is up to date; returns the component's hash."""
    wasm, stamp = out / "contract.wasm", out / "contract.stamp"
    wanted = digest(inputs())
    current = file_hash(wasm)
    if current and stamp.is_file() and stamp.read_text() == wanted + " " + current:
        say("up to date, sha256 {}".format(current))
        return current
    ensure_venv(venv)
    out.mkdir(parents=True, exist_ok=True)
    fresh = out / "contract.wasm.new"
    base = scratch_base()
    started = time.monotonic()
    with open(str(base / "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        work = base / "work"
        shutil.rmtree(str(work), ignore_errors=True)
        work.mkdir()
        say("booting the interpreter and freezing it into a component (about 30 s)")
        prefix = private_mounts(work) if sys.platform == "linux" else []
        command = prefix + [sys.executable, str(Path(__file__).resolve()), "--venv", str(venv)]
        command += ["--inside", str(work), "--result", str(fresh)] + ["--mounted"] * bool(prefix)
        if subprocess.run(command).returncode != 0:
            raise BuildError("the component was not built")
        shutil.rmtree(str(work), ignore_errors=True)
    os.replace(str(fresh), str(wasm))
    current = file_hash(wasm)
    stamp.write_text(wanted + " " + current)
    size = wasm.stat().st_size / 1e6
    say("built in {:.0f} s, {:.1f} MB, sha256 {}".format(time.monotonic() - started, size, current))
    return current


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description="Builds the contract sandbox component.")
    parser.add_argument("--out", type=Path, default=ROOT / "build/guest", help="folder of the component")
    parser.add_argument("--venv", type=Path, default=ROOT / "build/venv", help="folder of the build tools")
    for flag in ("--inside", "--result"):
        parser.add_argument(flag, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--mounted", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    try:
        if args.inside:
            work_inside(args.inside, args.result, args.venv, args.mounted)
        else:
            build(args.out.resolve(), args.venv.resolve())
    except BuildError as error:
        sys.stderr.write("guest: {}\n".format(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
