"""Documents of the real engine about a small stack, and how they were recorded.

``python -m tests.trust.recording`` records them anew. They hold no secret: the engine masks or encrypts every
value, and the export's ciphertexts are taken out.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from pulumi.automation import CommandResult

from rehearsal import operations, state_folder
from rehearsal.engine import EngineCommand, OnOutput, find_engine
from rehearsal.operations import RehearsalOptions, open_stack_in, working_directory
from rehearsal.simulator_process import Simulators

FOLDER: Final = Path(__file__).parent / "recorded"
REPOSITORY: Final = Path(__file__).parents[2]
_WHOLE: Final = ("--json", "--show-sames", "--show-reads")
_LEFT_OUT: Final = ("sourcePosition", "stackTrace", "propertyDependencies", "created", "modified", "config")


def recorded(name: str) -> Any:
    """A recorded document."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


class _Previewing(EngineCommand):
    """Adds flags to `pulumi preview`, and keeps what it prints."""

    flags: tuple[str, ...] = ()
    printed = ""

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Any,
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        previews = args[0] == "preview"
        more = self.flags if previews else ()
        result = super().run([*args, *more], cwd, additional_env, on_output, on_error)
        if previews:
            self.printed = result.stdout
        return result


def digest_of(state: Path, stack: str, stack_file: Path, flags: tuple[str, ...] = _WHOLE) -> Any:
    """The digest of a preview over a state folder, which stays as it is."""
    options = RehearsalOptions(program=REPOSITORY, show=_drop, warn=_drop)
    here = state_folder.prepare(state, stack, REPOSITORY, stack_file)
    engine = _Previewing(find_engine())
    engine.flags = flags
    with here.temporary_copy() as copied, Simulators() as simulators, working_directory(REPOSITORY):
        opened = open_stack_in(engine, copied, options)
        operations.run(opened, copied, "preview", simulators, options, _drop)
    return json.loads(engine.printed)


def _drop(_: str) -> None:
    pass


def _record() -> Iterator[tuple[str, Any]]:
    before, after = FOLDER / "Pulumi.before.yaml", FOLDER / "Pulumi.after.yaml"
    options = RehearsalOptions(program=REPOSITORY, show=_drop, warn=_drop, skip_preview=True)
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        yield "preview_new", digest_of(state, "small", before)
        up = operations.operate(state_folder.prepare(state, "small", REPOSITORY, before), "up", options)
        yield "rehearsal_before", up.report.document()
        yield "state_before", {"version": 3, "deployment": dict(up.deployment)}
        yield "preview_same", digest_of(state, "small", before)
        with _drifted(state / "world" / "cloud.json"):
            yield "preview_drifted", digest_of(state, "small", before, ("--json", "--refresh"))
        yield "preview_changed", digest_of(state, "small", after)
        yield "preview_changed_only", digest_of(state, "small", after, ("--json",))
        changed = operations.operate(state_folder.prepare(state, "small", REPOSITORY, after), "up", options)
        yield "rehearsal_after", changed.report.document()


@contextmanager
def _drifted(world: Path) -> Iterator[None]:
    """The simulated cloud after a person's hand: a role is gone, a lock is off, a Deployment is larger."""
    text = world.read_text(encoding="utf-8")
    cloud = json.loads(text)
    for row in cloud["azure"]:
        if row["token"].endswith(":Vault"):
            row["properties"]["properties"]["enablePurgeProtection"] = False
    cloud["azure"].remove(next(row for row in cloud["azure"] if "/secrets/payment-api-key/" in row["id"]))
    (objects,) = cloud["kubernetes"].values()
    objects["apps/Deployment/worker/worker"]["spec"]["replicas"] = 5
    world.write_text(json.dumps(cloud), encoding="utf-8")
    yield
    world.write_text(text, encoding="utf-8")


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        if "ciphertext" in value:
            return {**value, "ciphertext": "v1:left-out"}
        return {key: _shortened(item) for key, item in value.items() if key not in _LEFT_OUT}
    return [_shortened(item) for item in value] if isinstance(value, list) else value


if __name__ == "__main__":
    for name, document in _record():
        text = json.dumps(_shortened(document), sort_keys=True, separators=(",", ":"))
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        sys.stdout.write(f"recorded {name}: {len(text)} characters\n")
