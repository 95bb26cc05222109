"""A language host that measures: the program is a process of its own, whose costs are read at its end.

The engine reaches it by `--client`, as it reaches a program of Automation API. Deliberately not here: what
the process does (executor.py).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import grpc
from pulumi.automation._server import LanguageServer  # what Automation API serves to the engine
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from benchmarks.executor import PEAK

REPOSITORY: Final = Path(__file__).resolve().parents[1]
_OPTIONS: Final = [
    ("grpc.max_receive_message_length", 400 << 20),
    ("grpc.max_send_message_length", 400 << 20),
]


@dataclass(frozen=True)
class ProcessCost:
    """The cost of one process, from its start to its end, imports included."""

    cpu_seconds: float
    """User and system time."""
    wall_seconds: float
    peak_mebibytes: float


class LanguageHost(LanguageServer):
    """Serves one program, as long as the block lasts."""

    def __init__(self, program: Path, environment: Mapping[str, str]) -> None:
        super().__init__(lambda: None)
        self._file, self._environment = program, environment
        self._server = grpc.server(ThreadPoolExecutor(max_workers=4), options=_OPTIONS)
        language_pb2_grpc.add_LanguageRuntimeServicer_to_server(self, self._server)
        self.port: int = self._server.add_insecure_port("127.0.0.1:0")
        self.cost: ProcessCost | None = None
        """None: the program has not ended yet."""
        self.errors = ""
        """The program's standard error."""

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop(grace=1).wait()

    def Run(self, request: Any, context: Any) -> language_pb2.RunResponse:
        """Run the program in a process of its own, where Automation API runs it in this one."""
        del context
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "request"
            file.write_bytes(request.SerializeToString())
            command = [sys.executable, "-m", "benchmarks.executor", str(self._file), str(file)]
            status, self.cost, self.errors = _measured(command, self._environment, file)
        return language_pb2.RunResponse(error=f"the program ended with status {status}" if status else "")


def _measured(
    command: list[str], environment: Mapping[str, str], request: Path
) -> tuple[int, ProcessCost, str]:
    """The exit status, the cost, and the standard error of a program's process."""
    path = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")]))
    log, peak = request.with_name("errors"), Path(f"{request}{PEAK}")
    with log.open("wb") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONPATH": path, **environment},
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    mebibytes = float(peak.read_text(encoding="utf-8")) if peak.exists() else 0.0
    cost = ProcessCost(usage.ru_utime + usage.ru_stime, wall, mebibytes)
    return process.returncode, cost, log.read_text(encoding="utf-8", errors="replace")
