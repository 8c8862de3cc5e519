"""A real `venire up` on a free port."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from .rpc import Rpc

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "build" / "clients"

# A new guest or binary compiles the sandbox first.
_START_SECONDS = 240
_STOP_SECONDS = 15


def binary():
    """The `venire` to test."""
    named = os.environ.get("VENIRE_BIN")
    return Path(named) if named else ROOT / "target" / "release" / "venire"


class Network:
    """A running network. Its console is kept in `build/clients/NAME.log`."""

    def __init__(self, name, *options):
        LOGS.mkdir(parents=True, exist_ok=True)
        self.log = LOGS / f"{name}.log"
        config = LOGS / f"{name}.json"
        config.unlink(missing_ok=True)
        environment = dict(os.environ)
        environment.setdefault("VENIRE_GUEST", str(ROOT / "build" / "guest" / "contract.wasm"))
        command = [str(binary()), "up", "--port", "0", "--config-out", str(config), *options]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        try:
            self.config = self._wait(config)
        except BaseException:
            self.close()
            raise
        self.url = self.config["rpc"]
        self.rpc = Rpc(self.url)
        self.accounts = self.config["accounts"]
        validators = self.rpc.call("sim_getAllValidators")
        self.models = {one["address"]: one["model"] for one in validators}

    def _wait(self, config):
        limit = time.monotonic() + _START_SECONDS
        while time.monotonic() < limit:
            if config.exists():
                return json.loads(config.read_text())
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError(f"venire up does not serve; see {self.log}:\n{self.log.read_text()[-2000:]}")

    @property
    def is_alive(self):
        """Does the process run, and does it answer?"""
        return self.process.poll() is None and self.rpc.get("/health")[0] == 200

    def close(self):
        """Stops the process; kills it when it does not."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
