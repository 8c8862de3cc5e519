"""The same day in the life of genlayer-js: `js/flow.mjs` reports its steps, one line each."""

import json
import os
import subprocess
import unittest
from pathlib import Path

from harness import stage
from harness.network import ROOT

FLOW = Path(ROOT, "clients", "js", "flow.mjs")
_SECONDS = 120


class GenlayerJs(unittest.TestCase):
    """Every step is a subtest; the flow ends at the first that fails."""

    def test_flow(self):
        environment = {**os.environ, "VENIRE_RPC": stage.public().url}
        done = subprocess.run(
            ["node", str(FLOW)], env=environment, timeout=_SECONDS, capture_output=True, text=True
        )
        steps = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        for step in steps:
            with self.subTest(step["name"]):
                self.assertTrue(step["ok"], step.get("why"))
        self.assertTrue(steps, done.stderr[-2000:])
