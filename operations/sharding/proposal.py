"""The proposal of a split: files, what moves into which stack, and what a person types, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from operations.effective_settings import StackSettings, stack_settings
from operations.errors import OperationError
from operations.sharding.files import Split
from operations.sharding.groups import shards
from operations.sharding.state import BORROWED, ObjectKey, State
from stacks.settings import Composition, Settings
from stacks.settings.loader import report

_BESIDE: Final = ("secretsprovider", "encryptedkey", "encryptionsalt")
"""Keys of Pulumi beside `config`: the platform keeps its key, and each new stack gets one of its own."""


@dataclass(frozen=True)
class Part:
    """One stack of workloads."""

    stack: str
    workloads: int
    document: Mapping[str, Any]
    moved: list[str]
    """URNs, in the order of the state."""
    secret_values: list[str]


@dataclass(frozen=True)
class Proposal:
    """A platform, and the stacks of its workloads."""

    stack: str
    platform: Mapping[str, Any]
    parts: list[Part]
    unlisted_namespaces: list[str]
    """Namespaces that the stack file has to list before anything moves."""
    namespaces: int
    """How many it lists already; those of a base file are not in this list, which merges by name."""

    changes: list[str]
    """Changes of the platform's own update, after everything has moved."""

    def write(self, out: Path, program: Path) -> None:
        """Write the files, each as the settings accept it.

        Raises OperationError if the settings refuse one of them: the split then needs a person.
        """
        out.mkdir(parents=True, exist_ok=True)
        documents = {self.stack: self.platform, **{part.stack: part.document for part in self.parts}}
        for stack, document in documents.items():
            file = out / f"Pulumi.{stack}.yaml"
            file.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
            # Values are encrypted for each stack by itself, which is one of the steps.
            problems = [
                problem
                for problem in stack_settings(stack, program, file).problems
                if "secret-values:" not in str(problem)
            ]
            if problems:
                raise OperationError(report(problems, f"in the proposed {file}"))
        for part in self.parts:
            (out / f"{part.stack}.moved.txt").write_text("\n".join(part.moved) + "\n", encoding="utf-8")

    def steps(self, out: Path) -> Iterator[str]:
        """The commands that a person types, in order."""
        yield f"pulumi stack export --stack {self.stack} --file {self.stack}.backup.json"
        for number, name in enumerate(self.unlisted_namespaces, self.namespaces):
            path = f"'aks-secrets:namespaces[{number}].name'"
            yield f"pulumi config set --path {path} {name} --stack {self.stack}"
        if self.unlisted_namespaces:
            yield f"pulumi up --stack {self.stack}  # changes nothing but the output platform"
        for part in self.parts:
            yield f"cp {out}/Pulumi.{part.stack}.yaml . && pulumi stack init {part.stack}"
            for key in part.secret_values:
                yield f"pulumi config set --secret secret-values:{key} --stack {part.stack}"
            urns = f"$(cat {out}/{part.stack}.moved.txt)"
            yield f"pulumi state move --source {self.stack} --dest {part.stack} {urns}"
            yield f"pulumi up --stack {part.stack}  # creates components only: stop if it shows more"
        changes = f"changes this only: {'; '.join(self.changes)}" if self.changes else "changes nothing"
        yield f"cp {out}/Pulumi.{self.stack}.yaml . && pulumi up --stack {self.stack}  # {changes}"


def proposal(read: StackSettings, config: Mapping[str, Any], state: State, count: int, org: str) -> Proposal:
    """The split of a stack whose settings were read.

    Raises OperationError if the stack cannot be split, or its state has nothing of it yet.
    """
    settings = read.settings
    if settings is None:
        raise OperationError(report(read.problems, "in the settings"))
    if settings.composition is not Composition.ALL_IN_ONE:
        raise OperationError(
            f"composition: '{settings.composition}' has no workloads of its own cluster to split off; only"
            " all-in-one has"
        )
    split = Split(settings, config, state, org)
    parts: list[Part] = []
    taken: set[ObjectKey] = set()
    certificates: set[ObjectKey] = set()
    for shard in shards(settings, count):
        seeded, granted = split.seeded(shard) - taken, split.granted(shard) - certificates
        taken |= seeded
        certificates |= granted
        document = split.workloads(shard, seeded, granted)
        parts.append(
            Part(
                shard.stack,
                len(shard.workloads),
                {"config": document},
                state.moved(shard, seeded, granted),
                split.secret_values(document),
            )
        )
    if not parts:
        raise OperationError("workloads: there are none, so there is nothing to split")
    beside = {key: read.document[key] for key in _BESIDE if key in read.document}
    return Proposal(
        settings.stack,
        {**beside, "config": split.platform()},
        parts,
        split.unlisted_namespaces(),
        len((read.document.get("config") or {}).get("aks-secrets:namespaces") or []),
        list(_changes(settings, split, parts)),
    )


def _changes(settings: Settings, split: Split, parts: Iterable[Part]) -> Iterator[str]:
    # It stands for nothing in Azure, and what was below it has moved.
    if any(urn.partition("$")[0].endswith(BORROWED) for part in parts for urn in part.moved):
        yield "deletes the component cluster/app-routing"
    if split.widens_reloader and not settings.reloads_mounted_objects:
        yield "updates Reloader, which then also watches what the CSI driver mounts"
