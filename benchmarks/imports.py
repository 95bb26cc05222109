"""``python -m benchmarks.imports``: how long the program's imports take and what they keep in memory.

Each candidate is imported in fresh processes, in turns, with warm bytecode. The lowest value of all turns
counts, since the rest is noise of the machine. The ratio to Pulumi's own SDK holds on any machine; the limits
are for a machine like that of CI.
"""

import json
import subprocess
import sys
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

TURNS = 5
SECONDS, MEBIBYTES = 1.0, 110
"""Limits for the program of the dev stack."""

CANDIDATES = {
    "pulumi alone": "import pulumi",
    "this program": "import stacks, stacks.settings",
    "its SDK modules alone": "from pulumi_azure_native import authorization, containerservice, keyvault;"
    " from pulumi_azure_native import managedidentity, resources;"
    " from pulumi_kubernetes import core, meta; import pulumi_random;"
    " containerservice.ManagedCluster, keyvault.Vault, core.v1.Namespace, meta.v1.ObjectMetaArgs",
}

_MEASURE = """
import json, resource, time
before = time.perf_counter()
{statement}
seconds = time.perf_counter() - before
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


@dataclass
class Cost:
    """The lowest values of all turns."""

    seconds: float = float("inf")
    mebibytes: float = float("inf")


def measure() -> dict[str, Cost]:
    """The cost of each candidate."""
    costs = {name: Cost() for name in CANDIDATES}
    for _ in range(TURNS):
        for name, statement in CANDIDATES.items():
            code = _MEASURE.format(statement=statement)
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
            seconds, mebibytes = json.loads(done.stdout)
            costs[name].seconds = min(costs[name].seconds, seconds)
            costs[name].mebibytes = min(costs[name].mebibytes, mebibytes)
    return costs


def main() -> int:
    """Prints the table. The exit status: 1 if the program exceeds a limit."""
    costs = measure()
    base = costs["pulumi alone"]
    table = Table("imports", "seconds", "MiB resident", "time, to pulumi alone", "memory, to pulumi alone")
    for name, cost in costs.items():
        ratios = (f"{cost.seconds / base.seconds:.1f} ×", f"{cost.mebibytes / base.mebibytes:.1f} ×")
        table.add_row(name, f"{cost.seconds:.2f}", f"{cost.mebibytes:.0f}", *ratios)
    console = Console()
    console.print(table)
    ours = costs["this program"]
    within = ours.seconds <= SECONDS and ours.mebibytes <= MEBIBYTES
    console.print(f"{'within' if within else 'over'} the limits: {SECONDS} s and {MEBIBYTES} MiB")
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
