"""``python -m benchmarks.imports``: how long the imports of a stack take, and what they keep in memory.

A preview of the stack tells which modules its program imports, those that only an option needs among
them. They are imported in fresh processes, in turns, with warm bytecode and, as the program does it, without
garbage collections. The lowest value of all turns counts, since the rest is noise of the machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks.engine_runs import Bench, open_bench
from benchmarks.executor import MODULES
from benchmarks.language_host import REPOSITORY
from benchmarks.variants import THIS, VARIANTS

TURNS: Final = 5


@dataclass(frozen=True)
class Limit:
    """The bounds of a stack's imports."""

    seconds: float
    mebibytes: float


LIMITS: Final[Mapping[str, Limit]] = {"dev": Limit(0.7, 100), "prod": Limit(1.2, 140)}
_PACKAGES: Final = (
    "pulumi",
    "pulumi_azure_native",
    "pulumi_kubernetes",
    "pulumi_random",
    "stacks",
    "components",
)
_MEASURE: Final = """
import gc, importlib, json, sys, time
gc.disable()
before = time.perf_counter()
for module in sys.argv[1:]:
    importlib.import_module(module)
seconds = time.perf_counter() - before
from benchmarks.executor import peak_mebibytes
print(json.dumps([seconds, peak_mebibytes()]))
"""


def modules_of(bench: Bench, stack: str) -> list[str]:
    """The modules of program and SDKs that a preview of a shipped stack imports, in their order."""
    with tempfile.TemporaryDirectory() as folder:
        names = Path(folder) / "modules"
        stack_file = REPOSITORY / f"Pulumi.{stack}.yaml"
        bench.run(VARIANTS[THIS], stack_file, "preview", environment={MODULES: str(names)})
        modules = names.read_text(encoding="utf-8").splitlines()
    return [module for module in modules if module.partition(".")[0] in _PACKAGES]


def measure(stacks: Mapping[str, Sequence[str]], turns: int = TURNS) -> list[dict[str, Any]]:
    """The lowest cost of each stack's modules, with its limits, as JSON."""
    costs: dict[str, list[list[float]]] = {stack: [] for stack in stacks}
    for _ in range(turns):
        for stack, modules in stacks.items():
            command = [sys.executable, "-c", _MEASURE, *modules]
            done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
            costs[stack].append(json.loads(done.stdout))
    return [
        {
            "stack": stack,
            "seconds": round(min(seconds for seconds, _ in turns_of), 2),
            "mebibytes": round(min(mebibytes for _, mebibytes in turns_of), 1),
            "most_seconds": LIMITS[stack].seconds,
            "most_mebibytes": LIMITS[stack].mebibytes,
        }
        for stack, turns_of in costs.items()
    ]


def main() -> int:
    """Prints the table. The exit status: 1 if a stack exceeds a limit."""
    with open_bench() as bench:
        starts = measure({stack: modules_of(bench, stack) for stack in LIMITS})
    table = Table("imports of", "seconds", "at most", "MiB resident", "at most")
    within = True
    for start in starts:
        table.add_row(
            start["stack"],
            f"{start['seconds']:.2f}",
            str(start["most_seconds"]),
            f"{start['mebibytes']:.0f}",
            str(start["most_mebibytes"]),
        )
        within &= start["seconds"] <= start["most_seconds"] and start["mebibytes"] <= start["most_mebibytes"]
    Console().print(table)
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
