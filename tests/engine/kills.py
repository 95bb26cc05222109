"""Updates that die: at a chosen write, by the death of a chosen process, or by an answer that is lost.

A rehearsal's simulators make the chosen write, store it, and then answer nothing any more; the helper kills
then. So each death is the same in every run, on a machine of any speed. `python -m tests.engine.kills` makes
many of them and prints how they end.
"""

import argparse
import json
import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rehearsal.simulator_process import Simulators
from rehearsal.simulators.faults.document import VARIABLE
from rehearsal.simulators.world import World
from tests.support.rehearse import SKIP_PREVIEW, Rehearsal
from tests.support.run import Run

VICTIMS = ("engine", "program", "simulators", "all")
_VOLATILE = (
    *("uid", "resourceVersion", "generation"),
    *("reconcile.external-secrets.io/data-hash", "syncedResourceVersion"),  # hashes of the values
)
_LIMIT = 300
_RELEASE = "kubernetes:helm.sh/v3:Release"


def killed_up(stack: Rehearsal, victim: str, at: int, options: Sequence[str] = ()) -> Run:
    """An `up` in which one process is killed behind its write number `at`. Earlier ends count as such."""
    day = {"kill": {"process": victim, "write": at}}
    return stack.typed("up", SKIP_PREVIEW, *options, environment={VARIABLE: json.dumps(day)})


def lost_answers(stack: Rehearsal, tokens: Sequence[str], *, pending: bool = False) -> Run:
    """An `up` in which the first create of each type succeeds and its answer is lost. `pending`: Helm dies in
    the middle.
    """
    faults = {"lost_answers": list(tokens), "pending": pending}
    return stack.command("up", environment={VARIABLE: json.dumps(faults)})


def cloud_of(stack: Rehearsal) -> dict[str, Any]:
    """The resources that exist, without what differs between two clouds that came about in the same way:
    versions, and the hashes of random values.
    """
    world = World(stack.state / "world")
    return {
        "azure": {id_: _comparable(resource.properties) for id_, resource in sorted(world.azure.items())},
        "kubernetes": {
            cluster: {key: _comparable(manifest) for key, manifest in sorted(objects.items())}
            for cluster, objects in world.kubernetes.items()
        },
        "directory": sorted(world.directory),
    }


def _comparable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _comparable(item) for name, item in sorted(value.items()) if name not in _VOLATILE}
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    if isinstance(value, str) and value.startswith("hmac-sha256:"):
        return "a secret"
    # The CSI driver's paths contain the uid of the pod, which depends on the order of creation.
    return re.sub(r"/pods/[0-9a-f-]{36}/", "/pods/uid/", value) if isinstance(value, str) else value


def recovered(stack: Rehearsal) -> str:
    """How the stack comes back: by `up`, or by `resume` and `up`. Anything else is an AssertionError."""
    first = stack.command("up", "--json")
    if first.status == 0:
        return "up"
    assert "python -m rehearsal resume --stack" in first.output, first.output[-2000:]
    resumed = stack.command("resume", "--yes", "--mend-releases")
    assert resumed.status == 0, resumed.output[-3000:]
    second = stack.command("up", "--json")
    assert second.status == 0, second.output[-3000:]
    return "resume and up"


def _kills(count: int, writes: int) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Each victim with and without checkpoints, at moments spread over the update."""
    for number in range(count):
        options = ("--keep-checkpoints",) if number // len(VICTIMS) % 2 else ()
        yield VICTIMS[number % len(VICTIMS)], 1 + number * (writes - 1) // count, options


def main() -> None:
    """Kill and lose many times on the dev stack; print how each ends, and stop after the time given."""
    parser = argparse.ArgumentParser(prog="python -m tests.engine.kills", description=main.__doc__)
    parser.add_argument("folder", type=Path, help="folder for the state folders; a later run goes on in it")
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--minutes", type=float, default=9)
    parser.add_argument("--stack-file", default="Pulumi.dev.yaml")
    with Simulators() as simulators:
        _die_many_times(parser.parse_args(), simulators)


def _die_many_times(arguments: argparse.Namespace, simulators: Simulators) -> None:
    deadline = time.monotonic() + 60 * arguments.minutes
    results_file = arguments.folder / "results.json"
    results: dict[str, str] = json.loads(results_file.read_text()) if results_file.is_file() else {}

    def fresh(name: str) -> Rehearsal:
        shutil.rmtree(arguments.folder / name, ignore_errors=True)
        (arguments.folder / name).mkdir(parents=True)
        return Rehearsal.of(arguments.stack_file, arguments.folder / name, simulators)

    undisturbed = Rehearsal.of(arguments.stack_file, arguments.folder / "undisturbed", simulators)
    if not undisturbed.state.is_dir():
        undisturbed = fresh("undisturbed")
        assert undisturbed.typed("up", SKIP_PREVIEW, "--json").status == 0
    expected = cloud_of(undisturbed)
    resources = [row for row in undisturbed.deployment["resources"] if row["custom"]]
    types = {row["type"] for row in resources if not row["type"].startswith(("pulumi:", "random:"))}
    writes = sum(not row["type"].startswith("pulumi:") for row in resources)
    deaths: dict[str, Callable[[Rehearsal], Run]] = {
        f"{victim} killed{' ' + options[0] if options else ''}|{at}": partial(
            killed_up, victim=victim, at=at, options=options
        )
        for victim, at, options in _kills(arguments.kills, writes)
    }
    for token in sorted(types):
        deaths[f"lost answer|{token}"] = partial(lost_answers, tokens=(token,))
    deaths["lost answer|a release left pending"] = partial(lost_answers, tokens=(_RELEASE,), pending=True)
    for name, die in deaths.items():
        if name in results and not results[name].startswith("FAILED"):
            continue
        if time.monotonic() > deadline:
            print(f"{len(deaths) - len(results)} left; run the command again")
            break
        stack = fresh("dying")
        died = die(stack)
        try:
            way = recovered(stack)
            assert cloud_of(stack) == expected, "the cloud is another one"
            results[name] = way
        except AssertionError as failure:
            results[name] = f"FAILED: {failure} {died.output[-500:]}"
        results_file.write_text(json.dumps(results, indent=1))
        print(name, results[name], flush=True)
    counts = Counter((name.split("|")[0], way.split(":")[0]) for name, way in results.items())
    for (death, way), count in sorted(counts.items()):
        print(f"{count:3} {death}: {way}")


if __name__ == "__main__":
    main()
