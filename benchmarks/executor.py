"""The process of the measured program: what Pulumi's Python language host starts.

``python -m benchmarks.executor <program> <request>``: the request is the file of a RunRequest. The order of
the calls is that of pulumi-language-python-exec, which comes with the CLI and not with the SDK. Nothing else
is imported here, since this process' time and memory are what is measured.
"""

import asyncio
import logging
import os
import resource
import runpy
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pulumi.runtime import reset_options, run_in_stack, set_all_config
from pulumi.runtime.proto import language_pb2

MODULES = "BENCHMARKS_MODULES"
"""Variable of the environment: the file for the names of all modules that the program has imported."""

PEAK = ".peak"
"""Ending of the file for the peak of resident memory, in MiB; it lies beside the request."""


def peak_mebibytes() -> float:
    """The peak of this process. What `wait4` and `getrusage` tell is at least that of the process that has
    started it, since a new program inherits it (https://man7.org/linux/man-pages/man2/getrusage.2.html).
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if "VmHWM" in line)
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2  # bytes, on macOS


def execute(program: str, request: language_pb2.RunRequest) -> None:
    """Run a program against the engine that the request names."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    reset_options(
        project=request.project,
        stack=request.stack,
        monitor_address=request.monitor_address,
        engine_address=request.args[0],
        parallel=request.parallel,
        preview=request.dryRun,
        organization=request.organization or "organization",
    )
    set_all_config(dict(request.config), list(request.configSecretKeys))
    sys.path.insert(0, str(Path(program).parent))
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(max_workers=max(request.parallel, 1) * 4))
    try:
        loop.run_until_complete(run_in_stack(lambda: _run(program)))
    finally:
        loop.close()
    if names := os.environ.get(MODULES):
        # The SDKs have modules that are loaded when they are used, and of another class until then.
        loaded = [name for name, module in sys.modules.items() if type(module).__name__ != "_LazyModule"]
        Path(names).write_text("\n".join(loaded), encoding="utf-8")


def _run(program: str) -> None:
    runpy.run_path(program, run_name="__main__")


def main(arguments: Sequence[str]) -> None:
    """The program and the file of the request."""
    program, file = arguments
    request = language_pb2.RunRequest()
    request.ParseFromString(Path(file).read_bytes())
    try:
        execute(program, request)
    finally:
        Path(f"{file}{PEAK}").write_text(str(peak_mebibytes()), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
