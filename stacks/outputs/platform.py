"""The contract between stacks: the output ``platform``, versioned plain data without a secret.

A platform's stack writes it (``platform_output``); a stack of workloads reads it (``read_platform``).
"""

from collections.abc import Mapping
from typing import Any, Literal, cast

import pulumi
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from components.cluster.base import Cluster
from components.identity.principal import ServiceAccount
from components.key_vault.access_policies import Authorization
from components.key_vault.vault import KeyVault
from components.operators import Operator
from components.resource_ids import ArmId
from stacks.args.identity import azure_identity_name, operator_subject
from stacks.context import InstalledOperator, PublishedPrincipal, ResolvedVault, StackContext, Vaults
from stacks.settings.model.operator_section import operator_identity

VERSION = 2
"""Version of the output; it changes when the meaning of a key changes."""


class UnusablePlatformError(Exception):
    """The output of a platform's stack cannot be used."""

    def __init__(self, problem: str, remedy: str, command: str | None = None) -> None:
        super().__init__(problem)
        self.problem, self.remedy, self.command = problem, remedy, command


class _Published(BaseModel):
    """Plain data with keys spelled as in Azure's responses.

    Unknown keys are ignored: a newer release wrote them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class PlatformCluster(_Published):
    """The platform's cluster."""

    name: str
    id: str
    issuer_url: str = Field(alias="issuerUrl")

    @property
    def subscription_id(self) -> str:
        """Subscription, from the ARM id."""
        return ArmId.parse(self.id).subscription_id

    @property
    def resource_group(self) -> str:
        """Resource group, from the ARM id."""
        return ArmId.parse(self.id).resource_group


class PlatformVault(_Published):
    """A vault of the platform."""

    name: str
    id: str
    uri: str
    keeps_policies: bool = Field(default=False, alias="keepsPolicies")
    """Whether the platform's stack owns the list of access policies, which no other stack may change."""

    @property
    def subscription_id(self) -> str:
        """Subscription, from the ARM id."""
        return ArmId.parse(self.id).subscription_id

    @property
    def resource_group(self) -> str:
        """Resource group, from the ARM id."""
        return ArmId.parse(self.id).resource_group


class PlatformIdentity(_Published):
    """The identity as which an operator of the platform reads the vaults."""

    name: str
    client_id: str = Field(alias="clientId")
    principal_id: str = Field(alias="principalId")
    subject: str | None = None
    """Subject of the operator's tokens. None: the platform does not install the operator."""

    @property
    def principal(self) -> PublishedPrincipal:
        """The identity as workloads use it."""
        return PublishedPrincipal(**self.model_dump())


class PlatformOperator(_Published):
    """An operator of the platform."""

    account_namespace: str | None = Field(default=None, alias="accountNamespace")
    """Namespace of the ServiceAccount that needs permission to request workload tokens.

    None: it may already.
    """
    account_name: str | None = Field(default=None, alias="accountName")
    identity: PlatformIdentity | None = None
    """None: it reads no vault, or as the workloads."""
    scoped_namespace: str | None = Field(default=None, alias="scopedNamespace")
    """The only namespace that the operator serves. None: all namespaces."""
    pushes_secrets: bool = Field(default=False, alias="pushesSecrets")
    """Whether it writes into vaults what workloads push."""
    namespace: str | None = None
    """Namespace of the control plane. None: pods do not call it, or an older release wrote the output."""
    watched: tuple[str, ...] | None = None
    """Namespaces in which Reloader watches. None: it is existing, or another operator, or an older release
    wrote the output.
    """

    @property
    def installed(self) -> InstalledOperator:
        """The operator as workloads use it."""
        known = self.account_namespace and self.account_name
        return InstalledOperator(
            account=ServiceAccount(self.account_namespace or "", self.account_name or "") if known else None,
            scoped_namespace=self.scoped_namespace,
            pushes_secrets=self.pushes_secrets,
            namespace=self.namespace,
        )


class Platform(_Published):
    """The facts that a stack of workloads has about its platform."""

    version: Literal[2]
    subscription_id: str = Field(alias="subscriptionId")
    tenant_id: str = Field(alias="tenantId")
    location: str
    resource_group: str = Field(alias="resourceGroup")
    cluster: PlatformCluster
    vault: PlatformVault
    vaults: dict[str, PlatformVault] = {}
    """Additional vaults by label, the value of key ``vault`` of a secret."""
    operators: dict[str, PlatformOperator]
    """Operators by their key in section ``operators``."""
    namespaces: tuple[str, ...]
    """Namespaces that the platform's stack creates."""
    isolated_namespaces: tuple[str, ...] = Field(default=(), alias="isolatedNamespaces")
    """Namespaces with a default-deny NetworkPolicy; empty as well if an older release wrote the output."""

    @property
    def installed_operators(self) -> dict[Operator, InstalledOperator]:
        """The operators that this release knows, as workloads use them."""
        return {
            operator: published.installed
            for operator in Operator
            if (published := self.operators.get(operator.value))
        }

    @property
    def operator_principals(self) -> dict[str, PublishedPrincipal]:
        """Identities of operators that this release knows, by their name among the identities."""
        return {
            operator_identity(operator): identity.principal
            for operator in Operator
            if (published := self.operators.get(operator.value)) and (identity := published.identity)
        }


def platform_output(
    context: StackContext,
    cluster: Cluster,
    vaults: Vaults,
    operators: Mapping[Operator, InstalledOperator],
) -> dict[str, Any]:
    """The output ``platform``."""
    namespaces = {
        name: namespace
        for name, namespace in context.settings.namespaces_by_name.items()
        if not namespace.existing
    }
    return {
        "version": VERSION,
        "subscriptionId": context.deployer.subscription_id,
        "tenantId": context.deployer.tenant_id,
        "location": context.settings.location,
        "resourceGroup": context.resource_group,
        "cluster": {"name": cluster.name, "id": cluster.resource_id, "issuerUrl": cluster.issuer_url},
        "vault": _published_vault(vaults[None], context.vaults[None]),
        "vaults": {
            label: _published_vault(vault, context.vaults[label]) for label, vault in vaults.items() if label
        },
        "operators": {
            # No resource of the stack shows an operator that exists already; the proofs read it here.
            name.value: {
                **published_operator(operator),
                **_published_identity(name, operator, context),
                "existing": operator.depends_on is None,
            }
            for name, operator in operators.items()
        },
        "namespaces": list(namespaces),
        "isolatedNamespaces": [name for name, namespace in namespaces.items() if namespace.isolated],
    }


def published_operator(operator: InstalledOperator) -> dict[str, str | bool | list[str]]:
    """An operator in the output ``platform``, without what does not apply to it."""
    account = operator.account
    published = {
        "accountNamespace": account and account.namespace,
        "accountName": account and account.name,
        "scopedNamespace": operator.scoped_namespace,
        "pushesSecrets": operator.pushes_secrets or None,
        "namespace": operator.namespace,
        "watched": None if operator.watched is None else list(operator.watched),
    }
    return {key: value for key, value in published.items() if value is not None}


def _published_identity(name: Operator, operator: InstalledOperator, context: StackContext) -> dict[str, Any]:
    """The identity of an operator that reads as itself; empty if it does not."""
    identity, label = operator.identity, operator_identity(name)
    if identity is None:
        return {}
    published = {
        "name": azure_identity_name(label, context),
        "clientId": identity.client_id,
        "principalId": identity.principal_id,
        "subject": operator_subject(label, context),
    }
    return {"identity": {key: value for key, value in published.items() if value is not None}}


def _published_vault(vault: KeyVault, resolved: ResolvedVault) -> dict[str, Any]:
    policies = not resolved.exists and resolved.authorization is Authorization.ACCESS_POLICY
    return {"name": vault.name, "id": vault.resource_id, "uri": vault.vault_uri, "keepsPolicies": policies}


async def read_platform(stack: str) -> Platform:
    """The output ``platform`` of another stack.

    Raises:
        UnusablePlatformError: the stack cannot be read, or its output is missing or has another version.
    """
    here = f"{pulumi.get_project()}/{pulumi.get_stack()}"
    try:
        published: Any = (
            await pulumi.StackReference("platform", stack_name=stack).get_output_details("platform")
        ).value
    except Exception as error:  # the SDK raises no narrower one for a stack that is not there
        raise UnusablePlatformError(
            f"stack {here} cannot read stack {stack}: {error}",
            "name a stack that exists",
            "pulumi stack ls --all",
        ) from None
    if not isinstance(published, dict):
        raise UnusablePlatformError(
            f"stack {stack} has no output 'platform', which stack {here} needs",
            "bring it up with composition platform or all-in-one",
            f"pulumi up --stack {stack}",
        )
    published = cast("dict[str, Any]", published)
    if (version := published.get("version")) != VERSION:
        # The engine returns every number as a float.
        number = f"{version:g}" if isinstance(version, float) else version
        raise UnusablePlatformError(
            f"stack {stack} publishes version {number} of its platform, but stack {here} reads version"
            f" {VERSION}",
            "run the same release of the program in both, the platform first",
        )
    try:
        return Platform.model_validate(published)
    except ValidationError as error:
        problems = ", ".join(
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg'].lower()}"
            for problem in error.errors(include_url=False)
        )
        raise UnusablePlatformError(
            f"stack {stack} publishes a platform that stack {here} cannot read: {problems}",
            "run the same release of the program in both, the platform first",
        ) from None
