"""The state that a release leaves behind in a user's backend; later programs are held against it.

``python -m tests.support.release 0.1.0`` rehearses the dev stack and keeps its state, its cloud and its stack
file under ``tests/releases/0.1.0/``. Nothing of it is a user's: the cloud is simulated, and so is every value
in it.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

from ruamel.yaml import YAML

from rehearsal import state_folder
from rehearsal.simulator_process import Simulators
from tests.support.rehearse import REPOSITORY, Rehearsal

RELEASES = Path(__file__).parents[1] / "releases"
STACK = "dev"
# File of a release → where a rehearsal has it, below its state folder.
FILES = {
    "state.json": f"state/.pulumi/stacks/aks-secrets/{STACK}.json",
    "meta.yaml": "state/.pulumi/meta.yaml",
    "cloud.json": "world/cloud.json",
    "cloud.key": "world/cloud.key",
    "passphrase": "passphrase",
}
STACK_FILE = f"Pulumi.{STACK}.yaml"


def keep(name: str) -> Path:
    """Rehearse what this program makes, and keep what it leaves."""
    folder = RELEASES / name
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch, Simulators() as simulators:
        rehearsal = Rehearsal(Path(scratch), _config(REPOSITORY / STACK_FILE), simulators, STACK)
        rehearsal.up()
        for file, place in FILES.items():
            shutil.copyfile(rehearsal.state / place, folder / file)
    _forget_the_machine(folder / "state.json")
    shutil.copyfile(REPOSITORY / STACK_FILE, folder / STACK_FILE)
    return folder


def restored(name: str, folder: Path, simulators: Simulators) -> Rehearsal:
    """The stack as that release left it, for the program of today."""
    rehearsal = Rehearsal(folder, _config(RELEASES / name / STACK_FILE), simulators, STACK)
    state_folder.prepare(rehearsal.state, STACK, REPOSITORY, RELEASES / name / STACK_FILE)
    for file, place in FILES.items():
        target = rehearsal.state / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(RELEASES / name / file, target)
    return rehearsal


def _forget_the_machine(state_file: Path) -> None:
    """Remove the paths of the machine on which the state was made."""
    state = json.loads(state_file.read_text(encoding="utf-8"))
    for resource in state["checkpoint"]["latest"]["resources"]:
        for key in ("sourcePosition", "stackTrace"):
            resource.pop(key, None)
    state_file.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")


def _config(stack_file: Path) -> dict[str, object]:
    return YAML(typ="safe").load(stack_file)["config"]


if __name__ == "__main__":
    print(f"kept {keep(sys.argv[1]).relative_to(REPOSITORY)}")
