"""Runs the tests of the clients; prints one line each and, at the end, how many passed.

`python clients/run.py [PART...]` in the environment that `clients/Makefile` makes; a PART is a
module of `tests`, a class or a test in it, such as `test_py` or `test_verdicts.Dissent`.
"""

import sys
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
PARTS = (
    "test_py",
    "test_js",
    "test_contracts",
    "test_verdicts",
    "test_appeals",
    "test_cancel",
    "test_foreign",
    "test_bad_input",
    "test_tools",
)

# Shown of a failure; tracebacks are longest where they say least.
_LINES = 14


class Progress(unittest.TestResult):
    """Prints a line for each test, and the reason when it fails."""

    def __init__(self):
        super().__init__()
        self.passed = 0
        self._started = 0.0

    @property
    def failed(self):
        return len(self.failures) + len(self.errors) + len(self.unexpectedSuccesses)

    def _say(self, word, test, more=""):
        name = str(test).split(" (")[0] if not isinstance(test, str) else test
        place = type(test).__name__
        print(f"{word} {place}.{name}{more} {time.monotonic() - self._started:.1f}s", flush=True)

    def startTest(self, test):
        super().startTest(test)
        self._started = time.monotonic()

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1
        self._say("ok  ", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._fail(test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self._fail(test, self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        if err is None:
            self.passed += 1
            self._say("ok  ", test, f" {subtest._message}")
        else:
            self.failures.append((subtest, ""))
            self._fail(test, "".join(map(str, err[1].args)), f" {subtest._message}")

    def _fail(self, test, why, more=""):
        self._say("FAIL", test, more)
        lines = why.strip().splitlines()[-_LINES:]
        print("\n".join("     " + line for line in lines), flush=True)


def main(parts):
    """Runs the parts and says how it went."""
    sys.path.insert(0, str(HERE))
    from harness.network import LOGS, binary

    if not binary().exists():
        print(f"clients: {binary()} is missing; run `make build`, or set VENIRE_BIN", file=sys.stderr)
        return 1
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromNames([f"tests.{part}" for part in parts or PARTS])
    progress = Progress()
    suite.run(progress)
    if progress.failed:
        print(f"the consoles of the networks are in {LOGS}")
    print(f"{progress.passed} passed, {progress.failed} failed")
    return 1 if progress.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
