"""The contract between stacks: one versioned plain output, ``platform``, without a secret and without a kubeconfig.

A platform's stack writes it (``platform_of``), a stack of workloads reads it (``read_platform``), and both read this file.
"""

from collections.abc import Mapping
from typing import Any, Literal, cast

import pulumi
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from components.cluster.base import Cluster
from components.key_vault.access_policies import Authorization
from components.key_vault.vault import KeyVault
from components.operators import Operator
from stacks.builders.operators import Served
from stacks.context import Facts, VaultFacts
from stacks.settings import Settings

VERSION = 2
"""Another number means that the keys mean something else."""


class _Plain(BaseModel):
    """Keys are spelled as in Azure's answers; a key that is not known is of a newer program, and passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class PlatformCluster(_Plain):
    """The cluster."""

    name: str
    id: str
    issuer_url: str = Field(alias="issuerUrl")

    @property
    def resource_group(self) -> str:
        """Of its ARM id."""
        return self.id.split("/")[4]


class PlatformVault(_Plain):
    """The vault."""

    name: str
    id: str
    uri: str
    keeps_policies: bool = Field(default=False, alias="keepsPolicies")
    """Whether the platform's stack writes the list of who may read it, and nobody else may."""

    @property
    def resource_group(self) -> str:
        """Of its ARM id."""
        return self.id.split("/")[4]


class PlatformOperator(_Plain):
    """Something that serves techniques."""

    account_namespace: str | None = Field(default=None, alias="accountNamespace")
    """Where the ServiceAccount is that workloads have to let act as theirs; none: it may already."""
    account_name: str | None = Field(default=None, alias="accountName")
    scoped_namespace: str | None = Field(default=None, alias="scopedNamespace")
    """The one namespace that it serves; none: every one."""
    namespace: str | None = None
    """Where its control plane is, if workloads have to reach it and the platform tells."""


class Platform(_Plain):
    """What a stack of workloads knows of the platform under it."""

    version: Literal[2]
    subscription_id: str = Field(alias="subscriptionId")
    tenant_id: str = Field(alias="tenantId")
    location: str
    resource_group: str = Field(alias="resourceGroup")
    cluster: PlatformCluster
    vault: PlatformVault
    vaults: dict[str, PlatformVault] = {}
    """Others, by what secrets write at ``vault``."""
    operators: dict[str, PlatformOperator]
    """By the key that the settings have for them."""
    namespaces: tuple[str, ...]
    """Those that the platform makes."""
    isolated_namespaces: tuple[str, ...] = Field(default=(), alias="isolatedNamespaces")
    """Those of them that let nobody through; empty also of an older platform, which does not tell."""


def platform_of(
    settings: Settings,
    facts: Facts,
    cluster: Cluster,
    vaults: Mapping[str | None, KeyVault],
    operators: Mapping[Operator, Served],
) -> dict[str, Any]:
    """What a stack tells of its platform."""
    accounts = {operator: served.account for operator, served in operators.items() if served.account}
    # One that somebody else has installed is there all the same.
    there = [operator for operator in Operator if getattr(settings.operators, operator.value) is not None]
    told: dict[str, dict[str, str]] = {operator.value: {} for operator in there}
    for operator, account in accounts.items():
        told[operator.value] |= {"accountNamespace": account.namespace, "accountName": account.name}
    if (eso := settings.operators.external_secrets) and eso.scoped_namespace:
        told[Operator.EXTERNAL_SECRETS.value]["scopedNamespace"] = eso.scoped_namespace
    if dapr := settings.operators.dapr:
        told[Operator.DAPR.value]["namespace"] = dapr.namespace
    made = {name: said for name, said in settings.namespaces_by_name.items() if not said.existing}
    return {
        "version": VERSION,
        "subscriptionId": facts.deployer.subscription_id,
        "tenantId": facts.deployer.tenant_id,
        "location": settings.location,
        "resourceGroup": facts.resource_group,
        "cluster": {"name": cluster.name, "id": cluster.resource_id, "issuerUrl": cluster.issuer_url},
        "vault": _told(vaults[None], facts.vaults[None]),
        "vaults": {label: _told(vault, facts.vaults[label]) for label, vault in vaults.items() if label},
        "operators": told,
        "namespaces": list(made),
        "isolatedNamespaces": [name for name, said in made.items() if said.isolated],
    }


def _told(vault: KeyVault, known: VaultFacts) -> dict[str, Any]:
    policies = not known.exists and known.authorization is Authorization.ACCESS_POLICY
    return {"name": vault.name, "id": vault.resource_id, "uri": vault.vault_uri, "keepsPolicies": policies}


async def read_platform(stack: str) -> Platform:
    """What the other stack tells.

    Raises:
        pulumi.RunError: it tells nothing, or in another version; the sentence names both stacks.
    """
    here = f"{pulumi.get_project()}/{pulumi.get_stack()}"
    try:
        told: Any = (
            await pulumi.StackReference("platform", stack_name=stack).get_output_details("platform")
        ).value
    except Exception as error:  # the SDK raises no narrower one for a stack that is not there
        raise pulumi.RunError(f"platform.stack: stack {here} cannot read stack {stack}: {error}") from None
    if not isinstance(told, dict):
        raise pulumi.RunError(
            f"platform.stack: stack {stack} has no output 'platform', which stack {here} needs;"
            f" bring it up with composition platform or all-in-one (pulumi up --stack {stack})"
        )
    told = cast("dict[str, Any]", told)
    if (version := told.get("version")) != VERSION:
        # The engine hands every number on as a float.
        shown = f"{version:g}" if isinstance(version, float) else version
        raise pulumi.RunError(
            f"platform.stack: stack {stack} tells version {shown} of its platform, and stack {here} reads version {VERSION};"
            " run the same release of the program in both, the platform first"
        )
    try:
        return Platform.model_validate(told)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, one['loc']))}: {one['msg'].lower()}"
            for one in error.errors(include_url=False)
        )
        raise pulumi.RunError(
            f"platform.stack: what stack {stack} tells of its platform is not what stack {here} reads: {wrong}"
        ) from None
