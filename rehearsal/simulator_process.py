"""The process of the simulated providers: its start, the requests to open and close worlds, its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Final, Self

from rehearsal.errors import RehearsalError
from rehearsal.simulators.seed_document import SeedError, require_json

REPOSITORY: Final = Path(__file__).resolve().parents[1]


class Simulators:
    """The running process. It answers when its imports are done; the engine can start meanwhile.

    The process has a session of its own, so that Ctrl-C reaches the engine first, which may still use it. It
    ends when its standard input closes, also when this process dies.
    """

    module: ClassVar[str] = "rehearsal.simulators"
    """The module that serves the requests."""

    def __init__(self) -> None:
        self._process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        path = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")]))
        return subprocess.Popen(
            [sys.executable, "-m", self.module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            encoding="utf-8",
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def open(
        self,
        folder: Path,
        cloud: Any = None,
        latency: Mapping[str, float] | None = None,
        faults: str = "",
    ) -> str:
        """Serve the world in the folder; returns the value of PULUMI_DEBUG_PROVIDERS."""
        return self._open(folder, cloud, latency, faults)["providers"]

    def _open(
        self, folder: Path, cloud: Any, latency: Mapping[str, float] | None, faults: str
    ) -> dict[str, Any]:
        try:
            require_json(cloud)
        except SeedError as error:
            raise RehearsalError(f"--cloud: {error}", status=2) from error
        request = {"open": str(folder), "cloud": cloud, "latency": dict(latency or {}), "faults": faults}
        answer = self.ask(request)
        if "error" in answer:
            raise RehearsalError(f"--{answer['about']}: {answer['error']}", status=2)
        return answer

    def close(self, folder: Path) -> None:
        """Save the world in the folder and stop serving it."""
        self.ask({"close": str(folder)})

    def kill(self) -> None:
        """End the process without a warning, as a machine's end does. What it has answered is stored."""
        # Popen.kill does nothing to a process that a fork of this one has inherited.
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one request of the protocol that `rehearsal.simulators.__main__` describes."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise RehearsalError(
                "the process of the simulated providers has ended; its error output is above"
            )
        return json.loads(line)


class SimulatorsWithServers(Simulators):
    """The process with a real API server in each cluster."""

    module = "rehearsal.real_cluster"


class SimulatorsWithPlanes(Simulators):
    """The process with the data planes: what a client of Azure and Kubernetes meets."""

    module = "rehearsal.data_planes"

    def open_with_planes(
        self,
        folder: Path,
        cloud: Any = None,
        latency: Mapping[str, float] | None = None,
        faults: str = "",
    ) -> dict[str, str]:
        """Serve the world in the folder; returns the environment of a process that meets it and nothing else,
        with the deployer signed in.
        """
        answer = self._open(folder, cloud, latency, faults)
        return {**answer["environment"], "PULUMI_DEBUG_PROVIDERS": answer["providers"]}
