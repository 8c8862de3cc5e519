"""Imports a contract's own modules from memory.

# Invariants
- After `seal`, modules come from the image, from the interpreter, or from the contract: there
  is no search path and no file is ever looked at.
"""

import importlib.machinery
import linecache
import marshal
import sys
import types

import genlayermodelwrappers


def file_name(name, is_package):
    """The file a module would be in, as tracebacks show it."""
    path = name.replace(".", "/")
    return f"{path}/__init__.py" if is_package else f"{path}.py"


def compile_module(name, source):
    """Code and text of one module as bytes; `name` ends in `.__init__` for a package."""
    text = source.decode("utf-8")
    path = name.replace(".", "/") + ".py"
    code = compile(text, path, "exec", dont_inherit=True)
    return marshal.dumps((text, code))


class _Loader:
    @staticmethod
    def create_module(_spec):
        return None

    @staticmethod
    def exec_module(module):
        source = SOURCES[module.__spec__.name]
        path = file_name(source.name, source.is_package)
        module.__file__ = "/" + path
        if source.compiled:
            TEXTS[path], code = marshal.loads(source.code)
        else:
            TEXTS[path] = text = source.code.decode("utf-8")
            code = compile(text, path, "exec", dont_inherit=True)
        if "genlayermodelwrappers" in code.co_names:
            module.__dict__.update(genlayermodelwrappers.old_names())
        exec(code, module.__dict__)

    @staticmethod
    def get_source(name):
        """The text of a contract module that was imported."""
        return TEXTS[file_name(name, SOURCES[name].is_package)]


class ContractFinder:
    """Finds the modules of the invocation."""

    @staticmethod
    def find_spec(name, _path=None, _target=None):
        """The spec of a contract module."""
        source = SOURCES.get(name)
        if source is None:
            return None
        spec = importlib.machinery.ModuleSpec(name, _Loader, is_package=source.is_package)
        return spec

    @staticmethod
    def invalidate_caches():
        """Nothing is cached."""


#: Module name to source record.
SOURCES = {}
#: Where modules are looked for, longest first.
_ROOTS = ("/py/libs/", "/py/std/", "/")
#: File name to text, of the modules that were imported.
TEXTS = {}


def take(source):
    """Takes a module of the package in; one of the same name that the image has makes room."""
    SOURCES[source.name] = source
    sys.modules.pop(source.name, None)


def show(path, text):
    """Makes a source file importable that is shown where Python looks for modules."""
    root = next(root for root in _ROOTS if path.startswith(root))
    name, dot, kind = path.removeprefix(root).rpartition(".")
    if dot and kind == "py":
        name = name.replace("/", ".")
        package = name.removesuffix(".__init__")
        fields = {"name": package, "is_package": package != name, "code": text, "compiled": False}
        SOURCES[package] = types.SimpleNamespace(**fields)


def feed_linecache():
    """Lets tracebacks show the contract's lines."""
    for path, text in TEXTS.items():
        lines = [line + "\n" for line in text.splitlines()]
        linecache.cache[path] = (len(text), None, lines, path)


#: Left out by policy; the component's own runtime holds what it needs of them.
_CLOSED = {
    "asyncio",
    "concurrent",
    "ctypes",
    "multiprocessing",
    "selectors",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
}


def seal():
    """Closes every other way to import; called last at build time."""
    for name in [name for name in sys.modules if name.partition(".")[0] in _CLOSED]:
        del sys.modules[name]
    frozen, builtin = importlib.machinery.FrozenImporter, importlib.machinery.BuiltinImporter
    sys.meta_path[:] = [ContractFinder, builtin, frozen]
    sys.path[:] = []
    sys.path_hooks[:] = []
    sys.path_importer_cache.clear()
    linecache.updatecache = lambda *_args, **_kwargs: []
    linecache.checkcache = lambda *_args, **_kwargs: None
