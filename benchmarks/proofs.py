"""``python -m benchmarks.proofs``: which part of a preview's time the proofs take, in one and the same run.

A stack with workloads of every technique is previewed as `make preview` does, without its proofs. Then the
proofs judge the document that this run has printed. The ratio of both times holds on any machine, also on a
busy one, as far as it is equally busy during the run.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from components.workloads import WORKLOADS, Capability, Technique

LIMIT = 0.1
"""The largest part of a preview that the proofs may take."""
_SPECS = {technique.value: WORKLOADS[technique].spec for technique in Technique}


def stack_of(workloads: int) -> dict[str, Any]:
    """The config of a stack with workloads of every technique in turn, ten in a namespace."""
    techniques = list(_SPECS)
    operators = [spec.operator.value for spec in _SPECS.values() if spec.operator]
    return {
        "azure-native:location": "westeurope",
        "aks-secrets:cluster": {"system_pool": {"vm_size": "Standard_D4s_v5", "count": 3}},
        "aks-secrets:vault": {"purge_protection": True},
        "aks-secrets:operators": {**{key: {} for key in operators}, "dapr": {"scheduler": False}},
        "aks-secrets:workloads": [
            {
                "name": f"app-{number}",
                "namespace": f"shop-{number // 10}",
                "technique": technique,
                "image": "registry.example/app:1.0.0",
                "secrets": [{"name": f"app-{number}-key", "from": "random", **_delivered(technique)}],
            }
            for number in range(workloads)
            for technique in [techniques[number % len(techniques)]]
        ],
    }


def _delivered(technique: str) -> dict[str, str]:
    """A file of a mounted volume, or a variable, where the technique has one."""
    capabilities, volume = _SPECS[technique].capabilities, _SPECS[technique].volume_by_vault
    if volume and Capability.FILE in capabilities:
        return {"file": "key"}
    return {"env": "KEY"} if Capability.ENV in capabilities else {}


def preview(workloads: int) -> tuple[dict[str, Any], float]:
    """The document of a preview without proofs, and the seconds that it takes."""
    with tempfile.TemporaryDirectory() as folder:
        stack_file = Path(folder) / "Pulumi.large.yaml"
        stack_file.write_text(yaml.safe_dump({"config": stack_of(workloads)}), encoding="utf-8")
        command = [sys.executable, "-m", "rehearsal", "preview", "--stack", "large", "--no-proofs", "--json"]
        command += ["--state", str(Path(folder) / "state"), "--config-file", str(stack_file)]
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"proofs: the preview failed: {(done.stderr or done.stdout).strip()[-2000:]}")
    return json.loads(done.stdout), seconds


def prove(document: dict[str, Any]) -> tuple[int, float]:
    """How many proofs are not proved, and the seconds that all of them take, reading and imports included."""
    start = time.perf_counter()
    from trust import read_rehearsal
    from trust.chain import Chain
    from trust.proofs import run

    verdicts = run(Chain.read(read_rehearsal(document)))
    failing = sum(verdict.status not in ("proved", "does not apply") for verdict in verdicts)
    return failing, time.perf_counter() - start


def main(arguments: list[str] | None = None) -> int:
    """Prints the ratio. The exit status: 1 if it exceeds the limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.proofs", description=__doc__)
    parser.add_argument("--workloads", metavar="NUMBER", type=int, default=240)
    options = parser.parse_args(arguments)
    document, previewed = preview(options.workloads)
    failing, proved = prove(document)
    ratio = proved / (previewed + proved)
    table = Table("workloads", "resources", "preview, s", "proofs, s", "part of both", "not proved")
    table.add_row(
        str(options.workloads),
        str(len(document["resources"])),
        f"{previewed:.1f}",
        f"{proved:.2f}",
        f"{ratio:.1%}",
        str(failing),
    )
    console = Console()
    console.print(table)
    console.print(f"{'within' if ratio <= LIMIT else 'over'} the limit: {LIMIT:.0%}")
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
