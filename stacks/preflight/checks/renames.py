"""Names in Azure and in the cluster that the state holds under another label than the settings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from components.workloads import Access, Capability
from components.workloads.vault_objects import qualified_name
from stacks.args.identity import azure_identity_name
from stacks.preflight.existing import PLATFORM_KEY, get_vaults
from stacks.preflight.lookup import Lookup
from stacks.preflight.own_state import (
    DAPR_COMPONENT,
    DAPR_CONFIGURATION,
    EXTERNAL_SECRET,
    IDENTITY,
    KUBERNETES_SECRET,
    RESOURCE_GROUP,
    SERVICE_ACCOUNT,
    SERVICE_ACCOUNT_PATCH,
    VAULT,
)
from stacks.preflight.registry import check
from stacks.settings import Grants, Settings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.validation.problems import Path
from stacks.settings.validation.registry import Violation

_ANOTHER = "choose another name for this update, and this one in the next"
_ANOTHER_IDENTITY = "choose another identity for this update, and this one in the next"
_FIRST = "remove that workload in this update, and add this one in the next"
_STEPS = "docs/operations.md#renaming-a-workload"
_ACCOUNTS = (SERVICE_ACCOUNT, SERVICE_ACCOUNT_PATCH)
_CLUSTER, _VAULTS = "cluster", "vaults"
_OwnerOf = Callable[[str], str | None]
"""The owner in a logical name. None: a resource of another kind has the name."""


@dataclass(frozen=True, kw_only=True)
class _Claim:
    """A name that the settings give to what they call ``owner``."""

    type: str
    name: str
    """The key of ``OwnState.holders``."""
    owner: str
    """Name of the workload or identity; label of the vault, empty for the vault of section ``vault``."""
    path: Path
    owner_of: _OwnerOf
    problem: Callable[[str], str]
    """The problem, for the owner in the state."""
    remedy: Callable[[str], str]
    suggested: str | None = None


@check(
    "name-is-held-under-one-label",
    "Pulumi creates resources before it deletes those that left the program:"
    " https://www.pulumi.com/docs/iac/concepts/how-pulumi-works/#creation-and-deletion-order",
)
def names_are_not_held_under_another_label(lookup: Lookup) -> Iterator[Violation]:
    """A resource with another logical name is another one to Pulumi, which creates it while the old one still
    has the name.
    """
    claims = [claim for find in _CLAIMS for claim in find(lookup)]
    owners: dict[tuple[str, str], set[str]] = {}
    for claim in claims:
        owners.setdefault((claim.type, claim.name), set()).add(claim.owner)
    for claim in claims:
        # Two existing identities may have one name, in two resource groups.
        for holder in sorted(_holders(lookup, claim) - owners[claim.type, claim.name]):
            yield Violation(
                claim.path,
                f"{claim.problem(holder)} in the state, and Pulumi creates before it deletes",
                claim.remedy(holder),
                claim.suggested,
            )


def _holders(lookup: Lookup, claim: _Claim) -> set[str]:
    """Owners of the name in the state."""
    logical_names = lookup.state.holders.get((claim.type, claim.name), frozenset())
    return {owner for owner in map(claim.owner_of, logical_names) if owner is not None}


def _before(*suffixes: str) -> _OwnerOf:
    """The owner precedes one of these suffixes."""
    return lambda name: next(
        (name.removesuffix(suffix) for suffix in suffixes if name.endswith(suffix)), None
    )


def _created(suffix: str) -> _OwnerOf:
    """The owner precedes the suffix, and the resource is not one that exists independently of the stack."""
    return lambda name: None if name.endswith(f"-existing{suffix}") else _before(suffix)(name)


def _owner_of_secret(logical_name: str) -> str | None:
    return logical_name.partition("/")[0] if "/" in logical_name else None


def _owner_of_component(logical_name: str) -> str | None:
    qualified = _before("-component")(logical_name)
    return qualified and qualified.partition(".")[0]


def _label_of(component: _OwnerOf) -> _OwnerOf:
    """The label of a vault, of the logical name of its component."""

    def label(logical_name: str) -> str | None:
        owner = component(logical_name)
        return None if owner is None else owner.removeprefix("vault").removeprefix("-")

    return label


def _of_workload(
    workload: WorkloadSettings,
    token: str,
    name: str,
    path: Path,
    what: str,
    owner_of: _OwnerOf,
    suggested: str | None = None,
    remedy: str = _ANOTHER,
) -> _Claim:
    """A claim of an object in the workload's namespace."""
    return _Claim(
        type=token,
        name=f"{workload.namespace}/{name}",
        owner=workload.name,
        path=path,
        owner_of=owner_of,
        problem=lambda owner: f"{name!r} is {what} of workload {owner!r}",
        remedy=lambda _: remedy if suggested else f"{remedy} ({_STEPS})",
        suggested=suggested,
    )


def _account_claims(lookup: Lookup) -> Iterator[_Claim]:
    workloads = lookup.settings.workloads
    taken = {f"{workload.namespace}/{workload.service_account_name}" for workload in workloads}
    taken |= {name for token, name in lookup.state.holders if token in _ACCOUNTS}
    for index, workload in enumerate(workloads):
        candidates = (workload.name, f"{workload.name}-app")
        free = (name for name in candidates if f"{workload.namespace}/{name}" not in taken)
        exists = workload.existing_service_account
        for token in _ACCOUNTS:
            yield _of_workload(
                workload,
                token,
                workload.service_account_name,
                ("workloads", index, "name" if exists else "service_account"),
                "the ServiceAccount",
                _before("-service-account"),
                None if exists else next(free, None),
                # The deletion of the old patch takes the annotations of the new one along.
                _FIRST if exists else _ANOTHER,
            )


def _group_claims(lookup: Lookup) -> Iterator[_Claim]:
    """The resource groups that the stack creates: one for the cluster, and those that only vaults are in."""
    context = lookup.context
    existing = {group.name.lower() for group in context.settings.resource_groups if group.existing}
    groups: dict[str, tuple[Path, str]] = {
        context.vaults[label].resource_group.lower(): ((*path, "resource_group"), _VAULTS)
        for path, label, vault in reversed([*context.settings.all_vaults])
        if not vault.existing
    }
    groups[context.resource_group.lower()] = ("cluster", "resource_group"), _CLUSTER
    for name, (path, owner) in groups.items():
        if name not in existing:
            yield _Claim(
                type=RESOURCE_GROUP,
                name=name,
                owner=owner,
                path=path,
                owner_of=lambda logical_name: _CLUSTER if logical_name == "resource-group" else _VAULTS,
                problem=lambda holder, name=name: f"{name!r} is the resource group of the {holder}",
                remedy=lambda _: "choose another resource group",
            )


def _secret_claims(lookup: Lookup) -> Iterator[_Claim]:
    for index, workload in enumerate(lookup.settings.workloads):
        # Several values may share a Secret.
        for name, path in {name: path for path, name in reversed([*_chosen_secrets(workload)])}.items():
            for token in (KUBERNETES_SECRET, EXTERNAL_SECRET):
                at = ("workloads", index, *path)
                yield _of_workload(workload, token, name, at, "a Kubernetes Secret", _owner_of_secret)


def _chosen_secrets(workload: WorkloadSettings) -> Iterator[tuple[Path, str]]:
    """Kubernetes Secrets whose names the settings choose; a default name contains the workload's name."""
    for path, value in workload.delivered_values:
        target = value.kubernetes_secret
        if target and target.name and workload.uses_kubernetes_secret(value):
            yield (*path, "kubernetes_secret", "name"), target.name
    for position, search in enumerate(workload.find):
        if search.kubernetes_secret:
            yield ("find", position, "kubernetes_secret"), search.kubernetes_secret


def _dapr_claims(lookup: Lookup) -> Iterator[_Claim]:
    for index, workload in enumerate(lookup.settings.workloads):
        if Capability.DAPR not in workload.spec.capabilities:
            continue
        at = ("workloads", index)
        configurations: dict[str, Path] = {workload.dapr_app_id: (*at, "dapr", "app_id")}
        for name, path in (configurations | {workload.name: (*at, "name")}).items():
            yield _of_workload(
                workload,
                DAPR_CONFIGURATION,
                name,
                path,
                "the Dapr app id",
                _before("-configuration", "-app-id"),
            )
        for vault in workload.vaults:
            name, path = qualified_name(workload.dapr_store, vault), (*at, "dapr", "store")
            yield _of_workload(workload, DAPR_COMPONENT, name, path, "the Dapr store", _owner_of_component)


def _identity_claims(lookup: Lookup) -> Iterator[_Claim]:
    settings = lookup.settings
    for label in settings.identity_names:
        workloads, entry = settings.workloads_by_identity.get(label, []), settings.listed_identity(label)
        existing = entry is not None and entry[1].existing is not None
        name = azure_identity_name(label, lookup.context)
        assigned = bool(workloads) and workloads[0].access is Access.POD_IDENTITY
        if existing and settings.grants is Grants.EXTERNAL and assigned:
            continue  # nothing is made for it: the label may change
        yield _Claim(
            type=IDENTITY,
            name=name.lower(),
            owner=label,
            path=_identity_path(settings, label),
            owner_of=_before("-existing-identity") if existing else _created("-identity"),
            problem=lambda owner, label=label, name=name: (
                f"{label!r}, but {name!r} is the identity of {owner!r}"
            ),
            remedy=lambda owner, label=label: (
                _ANOTHER_IDENTITY if "/" in owner + label else f"call it {owner!r} in identities"
            ),
        )


def _identity_path(settings: Settings, label: str) -> Path:
    """The key that names an identity."""
    if operator := settings.reading_operator(label):
        return ("operators", operator.operator.value, "identity")
    if entry := settings.listed_identity(label):
        return ("identities", entry[0], "name")
    names = [workload.identity_name for workload in settings.workloads]
    return ("workloads", names.index(label), "name")


def _vault_claims(lookup: Lookup) -> Iterator[_Claim]:
    vaults = get_vaults(lookup)
    for path, label, vault_settings in lookup.settings.all_vaults:
        if not vault_settings.existing and label not in vaults:
            yield _vault_claim((*path, "name"), label, lookup.context.vaults[label].name, _created("-vault"))
    settings = lookup.settings
    read = {label for workload in settings.workloads for label in workload.vaults}
    written = {secret.vault for secret in settings.seeded_secrets}
    for label, vault in vaults.items():
        by_role = vault.answer.properties.enable_rbac_authorization
        # Nothing is made in it: the label may change.
        if label not in read or (settings.grants is Grants.EXTERNAL and by_role and label not in written):
            continue
        path = vault.path if vault.path == PLATFORM_KEY else (*vault.path[:-1], "name")
        yield _vault_claim(path, label, vault.name, _before("-existing-vault"))


def _vault_claim(path: Path, label: str | None, name: str, component: _OwnerOf) -> _Claim:
    here = f"{label!r}, but " if label else ""
    return _Claim(
        type=VAULT,
        name=name.lower(),
        owner=label or "",
        path=path,
        owner_of=_label_of(component),
        problem=lambda owner: (
            f"{here}{name!r} is {f'vault {owner!r} of vaults' if owner else 'the vault of section vault'}"
        ),
        remedy=lambda owner: f"call it {owner!r} in vaults" if owner else "describe it in section vault",
    )


_CLAIMS = (_group_claims, _account_claims, _secret_claims, _dapr_claims, _identity_claims, _vault_claims)
