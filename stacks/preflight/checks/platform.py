"""The platform of the workloads: what it has to publish, and what a stack on it cannot change."""

from collections.abc import Iterator
from dataclasses import replace

from components.operators import Operator
from stacks.context import StackContext
from stacks.outputs.platform import Platform, UnusablePlatformError, read_platform
from stacks.preflight.existing import PLATFORM_KEY
from stacks.preflight.lookup import ONE_TENANT, Lookup
from stacks.preflight.registry import check
from stacks.settings import Settings
from stacks.settings.rules.vault import named_vaults
from stacks.settings.validation.problems import Path, join_or
from stacks.settings.validation.registry import Violation

_PAGE = "docs/compositions.md: what each composition makes"


async def configured_platform(settings: Settings) -> Platform | UnusablePlatformError | None:
    """The output of the platform's stack, or why it cannot be used. None: no platform is configured."""
    if settings.platform is None:
        return None
    try:
        return await read_platform(settings.platform.stack)
    except UnusablePlatformError as error:
        return error


def on_platform(context: StackContext, platform: Platform) -> StackContext:
    """The context with the cluster, the namespaces and the operators' identities of the platform."""
    return replace(
        context,
        cluster_name=platform.cluster.name,
        platform_namespaces=platform.namespaces,
        operator_principals=platform.operator_principals,
        isolated_namespaces=context.isolated_namespaces | set(platform.isolated_namespaces),
    )


@check("platform-is-usable", _PAGE)
def platform_is_usable(lookup: Lookup) -> Iterator[Violation]:
    """The stack exists, and its output is of this release's version."""
    if error := lookup.platform_error:
        yield Violation(PLATFORM_KEY, error.problem, error.remedy, command=error.command)


@check(
    "platform-in-this-tenant",
    "https://learn.microsoft.com/azure/key-vault/general/move-subscription: a vault accepts tokens of its own"
    " tenant only",
)
def platform_is_in_this_tenant(lookup: Lookup) -> Iterator[Violation]:
    """Identities of one tenant have no rights in another one."""
    platform = lookup.platform
    if platform and not lookup.usable_platform:
        yield Violation(
            PLATFORM_KEY,
            f"stack {_stack(lookup)} is in tenant {platform.tenant_id}, but pulumi is signed in to"
            f" {lookup.context.deployer.tenant_id}",
            ONE_TENANT,
        )


@check("platform-has-the-operators", _PAGE)
def platform_has_the_operators(lookup: Lookup) -> Iterator[Violation]:
    """Operators belong to the platform's stack."""
    if lookup.platform is None:
        return
    stack, operators = _stack(lookup), lookup.platform.operators
    for index, workload in enumerate(lookup.settings.workloads):
        path: Path = ("workloads", index)
        needed = workload.spec.operator
        published = operators.get(needed.value) if needed else None
        if needed and published is None:
            yield Violation(
                (*path, "technique"),
                f"'{workload.technique}' needs operators.{needed}, which stack {stack} does not publish",
                "configure it there, then update that stack",
                command=f"pulumi up --stack {stack}",
            )
        elif published and workload.spec.operator_reads and published.identity is None:
            yield Violation(
                (*path, "technique"),
                f"'{workload.technique}' needs the identity of operators.{needed}, which stack {stack} does"
                " not publish",
                "update that stack with this release of the program",
                command=f"pulumi up --stack {stack}",
            )
        elif published and published.scoped_namespace not in (None, workload.namespace):
            yield Violation(
                (*path, "namespace"),
                f"{workload.namespace!r}, but operators.{needed} of stack {stack}"
                f" serves {published.scoped_namespace!r} only",
                "change its scoped_namespace there, then update that stack",
                command=f"pulumi up --stack {stack}",
            )
        elif published and workload.pushes and not published.pushes_secrets:
            yield Violation(
                (*path, "pushes"),
                f"needs operators.{needed}.push_secrets, which stack {stack} does not set",
                "set it there, then update that stack",
                command=f"pulumi up --stack {stack}",
            )


@check("platform-has-reloader", _PAGE)
def platform_reloads(lookup: Lookup) -> Iterator[Violation]:
    """Reloader belongs to the platform's stack, and watches the namespaces that this one lists."""
    if lookup.platform is None:
        return
    stack, reloader = _stack(lookup), lookup.platform.operators.get(Operator.RELOADER.value)
    for index, workload in enumerate(lookup.settings.workloads):
        if not workload.reload:
            continue
        path = ("workloads", index, "reload")
        if reloader is None:
            problem = f"needs operators.reloader, which stack {stack} does not publish"
            remedy = f"configure it there with namespaces: [{workload.namespace}], then update that stack"
        elif reloader.watched is not None and workload.namespace not in reloader.watched:
            problem = (
                f"has no effect: Reloader of stack {stack} does not watch namespace {workload.namespace!r}"
            )
            remedy = "add it to operators.reloader.namespaces there, then update that stack"
        else:
            continue
        yield Violation(path, problem, remedy, command=f"pulumi up --stack {stack}")


@check(
    "platform-isolation-stays",
    "docs/compositions.md: NetworkPolicies add up, so a team cannot undo the default-deny",
)
def platform_isolation_stays(lookup: Lookup) -> Iterator[Violation]:
    """The platform's default-deny applies; a team cannot turn it off."""
    if lookup.platform is None:
        return
    for index, namespace in enumerate(lookup.settings.namespaces):
        isolated = namespace.name in lookup.platform.isolated_namespaces
        if isolated and not namespace.isolated and "isolated" in namespace.model_fields_set:
            yield Violation(
                ("namespaces", index, "isolated"),
                f"false, but stack {_stack(lookup)} isolates namespace {namespace.name!r}",
                "remove this key",
                remove=True,
            )


@check("vault-label-is-free", "our own choice: one label names one vault")
def vault_labels_are_not_the_platforms(lookup: Lookup) -> Iterator[Violation]:
    """A secret's key ``vault`` would name two vaults."""
    if lookup.platform is None:
        return
    for index, vault in enumerate(lookup.settings.vaults):
        if vault.name in lookup.platform.vaults:
            yield Violation(
                ("vaults", index, "name"),
                f"{vault.name!r} is also the name of a vault of stack {_stack(lookup)}",
                "choose another name",
            )


@check("vault-label-is-known", "our own choice: a misspelled vault must not look like another one")
def named_vaults_are_known(lookup: Lookup) -> Iterator[Violation]:
    """A label is one of section ``vaults`` or of the platform (without a platform: rules/vault.py)."""
    if lookup.platform is None:
        return
    known = sorted({vault.name for vault in lookup.settings.vaults} | set(lookup.platform.vaults))
    for index, workload in enumerate(lookup.settings.workloads):
        for path, label in named_vaults(workload):
            if label not in known:
                yield Violation(
                    ("workloads", index, *path),
                    f"{label!r} is neither in vaults nor a vault of stack {_stack(lookup)}",
                    f"choose {join_or(known)}" if known else "list it in vaults, with existing",
                )


@check("platform-vault-policies", "https://learn.microsoft.com/azure/key-vault/general/assign-access-policy")
def platform_vaults_use_rbac(lookup: Lookup) -> Iterator[Violation]:
    """The platform's stack owns the list of access policies, and its update removes those of other stacks."""
    if lookup.platform is None:
        return
    read = {label for workload in lookup.settings.workloads for label in workload.vaults}
    read |= {ingress.vault for _, ingress in lookup.settings.ingresses}
    vaults = [
        lookup.platform.vault,
        *(vault for label, vault in lookup.platform.vaults.items() if label in read),
    ]
    for vault in vaults:
        if vault.keeps_policies:
            yield Violation(
                PLATFORM_KEY,
                f"vault {vault.name!r} of stack {_stack(lookup)} uses access policies, and that stack's"
                " next update would remove"
                " the policies that this one adds",
                "move the vault to RBAC there as docs/migrations.md describes",
            )


def _stack(lookup: Lookup) -> str:
    return lookup.settings.platform.stack if lookup.settings.platform else ""
