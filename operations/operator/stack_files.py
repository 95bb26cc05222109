"""Facts of each stack file that the operator's objects need, and the stack files that pods cannot deploy.

Owns: the reading, and the order between stacks. Deliberately not here: the objects (objects.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import networkx as nx

from operations.effective_settings import StackSettings, stack_settings
from operations.operator.deployment import Deployment
from stacks.settings import Composition, Settings
from stacks.settings.base.project_file import project_name

LONGEST_NAME: Final = 42
"""Characters of a Stack object's name: a rule of its CustomResourceDefinition."""
_OBJECT_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_VAULT_KEY: Final = re.compile(r"azurekeyvault://[A-Za-z0-9-]+\.vault\.[a-z.]+/keys/[A-Za-z0-9-]+(/\w+)?")
_KEY_FORM: Final = "azurekeyvault://VAULT.vault.azure.net/keys/KEY"
ORGANIZATION: Final = "organization"
"""https://www.pulumi.com/docs/iac/concepts/stacks/: the first part of a stack's name in such a backend."""


@dataclass(frozen=True, kw_only=True)
class DeployedStack:
    """A stack as the operator deploys it."""

    name: str
    project: str
    subscription: str
    secrets_provider: str
    platform: str
    """The stack that it waits for. Empty: none."""
    sources: tuple[str, ...]
    """The other stacks that it waits for: it copies outputs of theirs into a vault."""
    needs_kubelogin: bool
    has_private_api_server: bool

    @property
    def object_name(self) -> str:
        """The name of its objects in Kubernetes."""
        return object_name(self.name)

    @property
    def waits_for(self) -> tuple[str, ...]:
        return (*([self.platform] if self.platform else []), *self.sources)

    @property
    def full_name(self) -> str:
        return f"{ORGANIZATION}/{self.project}/{self.name}"


def object_name(stack: str) -> str:
    """A stack's name as Kubernetes can have it. `tools.ci.federation` writes the same."""
    return re.sub(r"[^a-z0-9]+", "-", stack.lower()).strip("-")


def stack_names(deployment: Deployment, folder: Path) -> tuple[str, ...]:
    """The stacks that are deployed."""
    files = sorted(folder.glob("Pulumi.*.yaml"))
    return deployment.stacks or tuple(file.name[len("Pulumi.") : -len(".yaml")] for file in files)


def deployed_stacks(deployment: Deployment, folder: Path) -> tuple[list[DeployedStack], list[str]]:
    """The stacks, and everything that is wrong with them or their options.

    Raises:
        OperationError: a file cannot be read.
    """
    names = stack_names(deployment, folder)
    stacks: list[DeployedStack] = []
    problems: list[str] = [] if names else [f"--stack: {folder} has no stack file, Pulumi.STACK.yaml"]
    problems += _name_problems(names)
    problems += [
        f"--identity: {name} is not deployed; name one of {', '.join(names)}"
        for name in deployment.identities
        if name not in names
    ]
    for name in names:
        file = folder / f"Pulumi.{name}.yaml"
        read = stack_settings(name, folder, file)
        if read.settings is None:
            problems += map(str, read.problems)
            continue
        problems += _file_problems(name, read)
        stack = _stack(name, project_name(folder) or "", read, read.settings, deployment)
        problems += _option_problems(stack, deployment)
        stacks.append(stack)
    if len(stacks) == len(names):
        stacks, more = _ordered(stacks, deployment)
        problems += more
    return stacks, problems


def _stack(
    name: str, project: str, read: StackSettings, settings: Settings, deployment: Deployment
) -> DeployedStack:
    cluster = settings.cluster
    is_made = settings.composition is not Composition.WORKLOADS and cluster.existing is None
    return DeployedStack(
        name=name,
        project=project,
        subscription=read.config.get("azure-native:subscriptionId", "") or deployment.subscription,
        secrets_provider=str(read.document.get("secretsprovider") or ""),
        platform=_full(settings.platform.stack, project) if settings.platform else "",
        sources=tuple(
            dict.fromkeys(
                _full(secret.stack.name, project)
                for workload in settings.workloads
                for secret in workload.secrets
                if secret.stack
            )
        ),
        needs_kubelogin=cluster.entra.enabled if is_made else True,
        has_private_api_server=cluster.private is not None,
    )


def _full(stack: str, project: str) -> str:
    return stack if "/" in stack else f"{ORGANIZATION}/{project}/{stack}"


def _name_problems(names: tuple[str, ...]) -> Iterator[str]:
    owners: dict[str, str] = {}
    for name in names:
        short = object_name(name)
        if not _OBJECT_NAME.fullmatch(short) or len(short) > LONGEST_NAME:
            yield (
                f"--stack: {name!r} has no name of 1 to {LONGEST_NAME} letters, digits and - in Kubernetes, "
                "as a Stack object needs one"
            )
        elif (other := owners.setdefault(short, name)) != name:
            yield f"--stack: {other} and {name} would both be {short} in Kubernetes; deploy one of them"


def _file_problems(name: str, read: StackSettings) -> Iterator[str]:
    """Secrets of the stack file that the pods could not decrypt."""
    file = f"Pulumi.{name}.yaml"
    provider = read.document.get("secretsprovider")
    if read.document.get("encryptionsalt") or provider == "passphrase":
        yield (
            f"{file}: encryptionsalt: a passphrase encrypts the stack's secrets, and the pods have none; use "
            f"a key in Key Vault (pulumi stack change-secrets-provider --stack {name} '{_KEY_FORM}')"
        )
    elif not provider or not read.document.get("encryptedkey"):
        missing = "encryptedkey" if provider else "secretsprovider"
        yield (
            f"{file}: {missing}: is missing; the stack has to exist, with a key in Key Vault for its "
            f"secrets, before pods update it (pulumi stack init {name} --secrets-provider '{_KEY_FORM}')"
        )
    elif not _VAULT_KEY.fullmatch(str(provider)):
        yield (
            f"{file}: secretsprovider: the pods sign in to Azure only, and this is no key in Key Vault "
            f"(pulumi stack change-secrets-provider --stack {name} '{_KEY_FORM}')"
        )


def _option_problems(stack: DeployedStack, deployment: Deployment) -> Iterator[str]:
    if stack.name not in deployment.identities:
        yield (
            f"--identity: {stack.name} has none; name the client id of the identity that deploys it "
            f"(--identity {stack.name}=CLIENT_ID)"
        )
    if not stack.subscription:
        yield (
            f"Pulumi.{stack.name}.yaml: azure-native:subscriptionId: is missing, and pods have no az login "
            "to take it from; write it there, or name it for all (--subscription ID)"
        )


def _ordered(stacks: list[DeployedStack], deployment: Deployment) -> tuple[list[DeployedStack], list[str]]:
    """The stacks with the platform that each waits for by its short name, and what speaks against it."""
    here = {stack.full_name: stack for stack in stacks}
    ordered: list[DeployedStack] = []
    problems: list[str] = []
    for stack in stacks:
        platform = here.get(stack.platform)
        if stack.platform and platform is None and not deployment.platform_elsewhere:
            problems.append(
                f"Pulumi.{stack.name}.yaml: platform.stack: {stack.platform!r} is not among the stacks, so "
                f"{stack.name} could not wait for it; deploy it too with --stack, or let {stack.name} not "
                "wait with --platform-elsewhere"
            )
        needs = platform.needs_kubelogin if platform else stack.needs_kubelogin
        ordered.append(replace(stack, platform=platform.name if platform else "", needs_kubelogin=needs))
    ordered = _with_sources(ordered, here)
    needing = [stack.name for stack in ordered if stack.needs_kubelogin]
    if needing and not deployment.image:
        problems.append(
            f"--image: is missing; the kubeconfig of {', '.join(needing)} runs kubelogin, which Pulumi's own "
            "images do not have (docs/operator.md describes one)"
        )
    return ordered, problems


def _with_sources(stacks: list[DeployedStack], here: Mapping[str, DeployedStack]) -> list[DeployedStack]:
    """The stacks with the short names of the deployed ones whose outputs they copy.

    Without those of a circle, in which each would wait for ever: the platform comes first.
    """
    order: nx.DiGraph[str] = nx.DiGraph()
    order.add_nodes_from(stack.name for stack in stacks)
    order.add_edges_from((stack.name, stack.platform) for stack in stacks if stack.platform)
    waiting: list[DeployedStack] = []
    for stack in stacks:
        sources = [here[name].name for name in stack.sources if name in here]
        kept = [
            name for name in sources if name != stack.platform and not nx.has_path(order, name, stack.name)
        ]
        order.add_edges_from((stack.name, name) for name in kept)
        waiting.append(replace(stack, sources=tuple(kept)))
    return waiting
