"""genvm-lint and gltest work offline on our package: our contracts, foreign ones, conformance cases."""

import json
import tomllib
import unittest
import xml.etree.ElementTree as Xml

from harness import foreign, tools
from harness.network import ROOT

EXPECTED = tomllib.loads((tools.HERE / "expected.toml").read_text())


def setUpModule():
    tools.prepare()


def ours():
    """Our contracts by name."""
    return {path.parent.name: path for path in sorted(ROOT.glob("contracts/*/contract.py"))}


def published():
    """Contracts of published packages by name, as files."""
    files = {}
    for plan in foreign.expected()["contract"]:
        short = plan["file"].rsplit("/", 1)[-1]
        path = tools.HOME / "foreign" / plan["package"] / short
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(foreign.text(plan["package"], plan["file"]))
        files[f"{plan['package']} {short}"] = path
    return files


def cases():
    """Contracts of the conformance cases that are single files."""
    paths = sorted(ROOT.glob("conformance/contracts/*/*.py"))
    return {str(path.relative_to(ROOT / "conformance/contracts")): path for path in paths}


class Linter(unittest.TestCase):
    """Each contract is a subtest."""

    def test_check(self):
        files = ours() | published()
        for name, done in zip(files, tools.lint("check", files.values()), strict=True):
            with self.subTest(name):
                told = json.loads(done["output"])
                codes = sorted({finding["code"] for finding in told["lint"].get("warnings", [])})
                self.assertEqual(codes, EXPECTED["check"].get(name, []))
                self.assertTrue(told["validate"]["ok"], told)
                self.assertEqual(told["validate"].get("warnings", []), [])

    def test_schema_is_the_one_of_the_sandbox(self):
        files = ours() | published()
        for name, done in zip(files, tools.lint("schema", files.values()), strict=True):
            with self.subTest(name):
                self.assertEqual(json.loads(done["output"])["schema"], tools.schema(files[name]))

    def test_schemas_of_conformance_cases(self):
        files = cases()
        compared = 0
        for name, done in zip(files, tools.lint("schema", files.values()), strict=True):
            theirs, mine = _schema_of(done), tools.schema(files[name])
            if name in EXPECTED["schema"]:
                self.assertNotEqual(theirs, mine, f"{name} is as it should be; strike it from expected.toml")
                continue
            with self.subTest(name):
                self.assertEqual(theirs, mine)
            compared += mine is not None
        self.assertGreater(compared, 40)

    def test_typecheck(self):
        files = {name: path for name, path in (ours() | published()).items() if name in EXPECTED["typecheck"]}
        for name, path in files.items():
            with self.subTest(name):
                done = tools.run("genvm-lint", "typecheck", path, "--json")
                rules = sorted({one.get("rule") for one in json.loads(done.stdout)["diagnostics"]})
                self.assertEqual(rules, EXPECTED["typecheck"][name], done.stdout)

    def test_the_command_itself(self):
        for command in ("lint", "validate", "check"):
            done = tools.run("genvm-lint", command, ours()["storage"])
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        done = tools.run("genvm-lint", "setup", "--contract", ours()["storage"], "--json")
        told = json.loads(done.stdout)
        self.assertTrue(told["ok"] and told["extraPaths"], told)


def _schema_of(done):
    try:
        return json.loads(done["output"])["schema"] if done["code"] == 0 else None
    except ValueError:
        return None


class Direct(unittest.TestCase):
    """gltest runs the tests of `clients/tools/direct` in its own process."""

    def test_direct_mode(self):
        report = tools.HOME / "direct.xml"
        options = ("-q", "-p", "no:cacheprovider", f"--junit-xml={report}")
        done = tools.run("gltest", *options, tools.HERE / "direct", cwd=tools.HOME)
        self.assertTrue(report.exists(), done.stdout + done.stderr)
        seen = 0
        for case in Xml.parse(report).iter("testcase"):
            seen += 1
            with self.subTest(case.get("name")):
                trouble = [child for child in case if child.tag in ("failure", "error", "skipped")]
                self.assertEqual([], [part.get("message") + (part.text or "") for part in trouble])
        self.assertGreater(seen, 20)
