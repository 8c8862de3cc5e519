"""The stubs that editors read say what the package has: the same names, the same parameters."""

import ast
import importlib
import inspect
import pathlib
import unittest

from . import fake
import genlayer

_ROOT = pathlib.Path(genlayer.__file__).parent
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
#: Made while the package is imported, or known to `inspect` only in part.
_UNCHECKED_PARAMETERS = {"__init__", "__new__"}
#: Classes with methods that are not for contracts.
_LOW_LEVEL = {"Slot", "Manager", "InmemManager"}


def stubs():
    """`(module name, tree)` of every stub."""
    for path in sorted(_ROOT.rglob("*.pyi")):
        parts = path.relative_to(_ROOT.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        yield name, ast.parse(path.read_text(), str(path))


def declared(body):
    """Public names that a stub's body declares, with their nodes (the last of overloads)."""
    names = {}
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names[node.name] = node
        elif isinstance(node, ast.AnnAssign):
            names[node.target.id] = node
        elif isinstance(node, ast.Assign):
            names.update({target.id: node for target in node.targets})
        elif isinstance(node, (ast.ImportFrom, ast.Import)):
            names.update({alias.asname: node for alias in node.names if alias.asname == alias.name})
    return {name: node for name, node in names.items() if not name.startswith("_")}


def stars(name, tree):
    """Names that a stub takes over with `import *`."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            package = name if (_ROOT.parent / name.replace(".", "/")).is_dir() else name.rpartition(".")[0]
            module = importlib.import_module("." * node.level + (node.module or ""), package)
            found.update(module.__all__)
    return found


def parameters(node):
    """`(positional names, keyword names)` of a stub's function."""
    args = node.args
    positional = [arg.arg for arg in (*args.posonlyargs, *args.args)]
    return positional, {arg.arg for arg in args.kwonlyargs}


class Stubs(unittest.TestCase):
    def setUp(self):
        fake.fresh()

    def test_there_are_stubs(self):
        self.assertGreaterEqual(len(list(stubs())), 25)
        self.assertTrue((_ROOT / "py.typed").is_file())

    def test_stub_names_exist(self):
        for name, tree in stubs():
            module = importlib.import_module(name)
            for item, node in declared(tree.body).items():
                with self.subTest(f"{name}.{item}"):
                    if item not in vars(module).get("__annotations__", {}) and not self.is_type(node):
                        self.assertTrue(hasattr(module, item))

    @staticmethod
    def is_type(node):
        """Whether a name only exists for type checkers."""
        return isinstance(node, ast.TypeAlias)

    def test_package_names_are_declared(self):
        for name, tree in stubs():
            module = importlib.import_module(name)
            public = set(getattr(module, "__all__", ()))
            if name == "genlayer.gl":
                public = {item for item, value in vars(module).items() if not inspect.ismodule(value)}
                public = {item for item in public if not item.startswith("_")}
            known = set(declared(tree.body)) | stars(name, tree)
            with self.subTest(name):
                self.assertEqual(public - known - self.aliases(tree), set())

    def test_star_imports_are_the_same(self):
        """Type checkers read a stub's `__all__` as a plain list; it is the module's."""
        for name, tree in stubs():
            for node in tree.body:
                if isinstance(node, ast.Assign) and node.targets[0].id == "__all__":
                    with self.subTest(name):
                        public = importlib.import_module(name).__all__
                        self.assertEqual(set(ast.literal_eval(node.value)), set(public))

    @staticmethod
    def aliases(tree):
        return {node.name.id for node in tree.body if isinstance(node, ast.TypeAlias)}

    def test_parameters(self):
        for name, tree in stubs():
            module = importlib.import_module(name)
            protocols = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
            for item, node in declared(tree.body).items():
                with self.subTest(f"{name}.{item}"):
                    self.check(getattr(module, item, None), node, protocols)

    def check(self, value, node, protocols):
        if isinstance(node, ast.FunctionDef):
            self.same(node, value, 0)
        elif isinstance(node, ast.ClassDef) and isinstance(value, type):
            self.members(node, value)
        elif isinstance(node, ast.AnnAssign) and callable(value):
            protocol = protocols.get(getattr(node.annotation, "id", None))
            calls = [] if protocol is None else protocol.body
            for call in calls:
                if isinstance(call, ast.FunctionDef) and call.name == "__call__":
                    self.same(call, value, 1)

    def members(self, node, cls):
        for item in node.body:
            if not isinstance(item, ast.FunctionDef):
                continue
            self.assertTrue(hasattr(cls, item.name), item.name)
            member = inspect.getattr_static(cls, item.name)
            if isinstance(member, (staticmethod, classmethod)):
                member = member.__func__
            if inspect.isfunction(member) and item.name not in _UNCHECKED_PARAMETERS:
                self.same(item, member, 0)
        here = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
        here |= {item.target.id for item in node.body if isinstance(item, ast.AnnAssign)}
        for base in cls.__mro__[:-1]:
            if not base.__module__.startswith("genlayer") or base.__name__.startswith("_"):
                continue
            public = {
                name
                for name, member in vars(base).items()
                if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property))
            }
            if base is cls and cls.__name__ not in _LOW_LEVEL:
                self.assertEqual(public - here, set(), cls)

    def same(self, node, function, skipped):
        positional, keywords = parameters(node)
        runtime = list(inspect.signature(function).parameters.values())
        names = [item.name for item in runtime if item.kind in _POSITIONAL]
        self.assertEqual(positional[skipped:], names)
        if not any(item.kind is item.VAR_KEYWORD for item in runtime):
            known = {item.name for item in runtime if item.kind is item.KEYWORD_ONLY}
            missing = known - keywords if not self.is_overload(node) else set()
            self.assertEqual((keywords - known, missing), (set(), set()))

    @staticmethod
    def is_overload(node):
        return any(getattr(item, "id", "") == "overload" for item in node.decorator_list)


if __name__ == "__main__":
    unittest.main()
