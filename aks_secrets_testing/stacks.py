"""Building a stack file on Pulumi's mocks, and asking who reads what."""

import copy
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aks_secrets_testing.answers import PROJECT, Answer
from aks_secrets_testing.builds import build
from aks_secrets_testing.existing import ExistingCloud
from aks_secrets_testing.graphs import graph_of
from aks_secrets_testing.registrations import Build
from rehearsal.command_options import read_cloud
from rehearsal.stack_files import STAND_IN, read_document, secure_values
from stacks import STACKS
from stacks.settings import load
from stacks.settings.base.base_file import PROGRAM
from stacks.settings.base.project_file import project_values
from stacks.settings.loader import effective_config
from trust import Graph


@dataclass
class StackBuild(Build):
    """The registrations of a stack file, and who reads what by them."""

    config: Mapping[str, str] = field(default_factory=dict[str, str])
    """The stack file's config, as Pulumi passes it to the program."""

    @property
    def graph(self) -> Graph:
        """The resources as the trust chain is read from them."""
        return graph_of(self)

    @property
    def access(self) -> list[dict[str, Any]]:
        """The output ``access``: a row for each vault object that a workload's identity may read."""
        return (self.outputs or {}).get("access", [])

    def readers(self, secret: str, *, vault: str | None = None) -> set[str]:
        """The workloads whose identity may read a secret, key or certificate of this name, through a grant on
        it or on the whole vault. Listed by the workload or not.

        ``vault`` is the vault's name in Azure; without it every vault counts. People and principals that have
        rights on a vault are no workloads: their grants are in ``of_type("RoleAssignment")``.
        """
        return {
            row["workload"]
            for row in self.access
            if row["secret"] in (secret, "*") and vault in (None, row["vault"])
        }

    def reads(self, workload: str) -> set[str]:
        """The names of the secrets, keys and certificates that a workload's identity may read. ``*`` is
        everything in a vault. Raises AssertionError for a workload that the stack file does not have.
        """
        config = effective_config(PROJECT, self.config)
        names = [entry["name"] for entry in json.loads(config.get(f"{PROJECT}:workloads", "[]"))]
        assert workload in names, f"there is no workload '{workload}'; choose {', '.join(names) or 'none'}"
        return {row["secret"] for row in self.access if row["workload"] == workload}


def build_stack(
    stack_file: str | Path,
    *,
    cloud: str | Path | Mapping[str, Any] | None = None,
    platform: StackBuild | None = None,
    answers: Mapping[str, Answer] | None = None,
    preview: bool = False,
) -> StackBuild:
    """The build of a stack file: the resources that ``pulumi up`` would register, and the outputs.

    Args:
        stack_file: ``Pulumi.<stack>.yaml``. Its encrypted values are not decrypted: each is a stand-in.
        cloud: what exists in Azure before, as a ``--cloud`` file of the rehearsal or as its contents. What
            the stack adopts has to be in it.
        platform: the build of the platform's stack file, for ``composition: workloads``.
        answers: what a function returns or raises instead, by token, such as
            ``{"azure-native:keyvault:getVault": Exception("…")}``.
        preview: leave the outputs of resources unknown, as in a first preview.

    Raises:
        pulumi.RunError: the settings or what they adopt are refused, with the words of ``pulumi up``.
        RehearsalError, SeedError: the stack file or the seed cannot be read.
    """
    path = Path(stack_file)
    document = read_document(path, "there is no file {path}")
    stack = path.name.removeprefix("Pulumi.").removesuffix(".yaml")
    return build_document(document, stack, cloud=cloud, platform=platform, answers=answers, preview=preview)


def build_document(
    document: Mapping[str, Any],
    stack: str,
    *,
    cloud: str | Path | Mapping[str, Any] | None = None,
    platform: StackBuild | None = None,
    answers: Mapping[str, Answer] | None = None,
    preview: bool = False,
) -> StackBuild:
    """The build of what stands in a stack file: ``build_stack`` without the file."""
    config, secret_keys = _config(document)
    seed = read_cloud(Path(cloud)) if isinstance(cloud, str | Path) else cloud
    built = StackBuild(config=config)
    if platform is not None:
        answers = {"pulumi:pulumi:StackReference": {"outputs": platform.outputs}, **(answers or {})}

    async def program() -> Any:
        settings = load()
        return await STACKS[settings.composition](settings)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        build(
            program,
            stack=stack,
            config=config,
            secret_keys=secret_keys,
            preview=preview,
            into=built,
            cloud=ExistingCloud(seed, Path(folder), built, platform, preview, answers),
        )
    return built


def as_config(settings: Mapping[str, Any]) -> dict[str, str]:
    """Config as Pulumi passes it to a program: full keys; strings, structured values as JSON."""
    return {
        key: value if isinstance(value, str) else json.dumps(value, default=_moment)
        for key, value in as_full_keys(settings).items()
    }


def as_full_keys(settings: Mapping[str, Any]) -> dict[str, Any]:
    """A key without a namespace is one of the project."""
    return {key if ":" in key else f"{PROJECT}:{key}": value for key, value in settings.items()}


def _moment(value: object) -> str:
    """A day or a moment without quotes, which YAML reads as such, as Pulumi passes it."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC) if value.tzinfo else value
        return f"{value:%Y-%m-%d %H:%M:%S} +0000 UTC"
    return f"{value} 00:00:00 +0000 UTC"


def _project_config() -> dict[str, Any]:
    """The values of Pulumi.yaml, which the engine adds for keys that the stack file does not have."""
    return {key: declared.value for key, declared in project_values(PROGRAM).items()}


def _config(document: Mapping[str, Any]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The config of a stack file, and its keys that are encrypted: a key is, as soon as a part of it is."""
    settings: dict[str, Any] = {
        **_project_config(),
        **as_full_keys(copy.deepcopy(document.get("config") or {})),
    }
    secret_keys: list[str] = []
    for path, holder, step in list(secure_values(settings, ())):
        holder[step] = STAND_IN + "-".join(str(part) for part in path)
        secret_keys.append(str(path[0]))
    return as_config(settings), tuple(dict.fromkeys(secret_keys))
