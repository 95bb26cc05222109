"""Rules for section ``identities``."""

from collections.abc import Iterator
from difflib import get_close_matches

from components import naming
from components.identity.workload_identity import CREDENTIALS_PER_IDENTITY
from components.workloads import Access
from stacks.settings.model.identities import IdentitySettings
from stacks.settings.model.settings import Settings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.rules.address_ranges import makes_a_cluster
from stacks.settings.types.azure import RESOURCE_NAME_RULES
from stacks.settings.validation.problems import Path, join_or, other_names, set_command
from stacks.settings.validation.registry import Violation, rule


@rule(
    "existing-identity-has-its-name",
    IdentitySettings,
    source="docs/adopt.md: what exists is read, and never changed",
)
def existing_identities_keep_their_name(identity: IdentitySettings) -> Iterator[Violation]:
    """The program does not rename an existing identity."""
    if identity.existing and identity.resource_name:
        yield Violation(
            ("resource_name",),
            f"{identity.resource_name!r} has no effect beside existing, which names the identity",
            "remove it",
            remove=True,
        )


_BINDINGS = "https://learn.microsoft.com/azure/aks/identity-bindings"
_FEDERATION = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations"


@rule(
    "identity-is-declared",
    Settings,
    source="our own choice: workloads that share an identity share every right, so both places name it",
)
def shared_identities_are_listed(settings: Settings) -> Iterator[Violation]:
    """Workloads that share an identity share every right. A misspelled name must not be a new identity."""
    listed = {identity.name for identity in settings.identities}
    for path, name in _named(settings):
        if name in listed:
            continue
        problem = f"{name!r} is not in identities"
        if near := get_close_matches(name, listed, 1):
            yield Violation(path, problem, f"choose {join_or(sorted(listed))}", near[0])
        else:
            command = set_command(("identities", len(settings.identities), "name"), name)
            yield Violation(path, problem, "list it in identities", command=command)


def _named(settings: Settings) -> Iterator[tuple[Path, str]]:
    """Each key that names an entry of identities, and the name."""
    for index, workload in enumerate(settings.workloads):
        if workload.identity:
            yield ("workloads", index, "identity"), workload.identity
    for operator, section in settings.operators.reading.items():
        if section.identity:
            yield ("operators", operator.value, "identity"), section.identity


@rule(
    "identity-is-used",
    Settings,
    source="our own choice: an unused identity is a misspelled one",
)
def listed_identities_are_used(settings: Settings) -> Iterator[Violation]:
    """An identity without a workload or an operator trusts no ServiceAccount."""
    used = {name for _, name in _named(settings)}
    for index, identity in enumerate(settings.identities):
        if identity.name not in used:
            yield Violation(
                ("identities", index), f"no workload uses {identity.name!r}", "remove it", remove=True
            )


@rule("identity-names-differ", Settings, source=f"{RESOURCE_NAME_RULES}#microsoftmanagedidentity")
def identity_names_differ(settings: Settings) -> Iterator[Violation]:
    """A shared identity has another name than other identities, and than workloads with an identity of their
    own.
    """
    own = {w.name for w in settings.workloads if w.has_identity and w.identity is None}
    for index, identity in enumerate(settings.identities):
        earlier = {other.name for other in settings.identities[:index]}
        if identity.name in own | earlier:
            problem = f"{identity.name!r} is the name of a workload's identity or of another entry"
            yield Violation(
                ("identities", index, "name"), problem, "choose another name", other_names(identity.name)
            )
        resource_name = identity.resource_name and identity.resource_name.lower()
        if resource_name and resource_name in {
            (other.resource_name or "").lower() for other in settings.identities[:index]
        }:
            problem = f"{identity.resource_name!r} is the name of another entry"
            yield Violation(
                ("identities", index, "resource_name"),
                problem,
                "choose another name",
                other_names(identity.resource_name or ""),
            )


@rule(
    "existing-identity-is-listed-once",
    Settings,
    source=f"{_FEDERATION}#concurrent-updates-arent-supported-user-assigned-managed-identities",
)
def existing_identities_are_listed_once(settings: Settings) -> Iterator[Violation]:
    """Two entries would grant the identity the same roles, and write its federated credentials at once. One
    that the program makes does not exist yet.
    """
    group = settings.cluster.resource_group or naming.resource_group(settings.project, settings.stack)
    made = {
        (group.lower(), naming.identity(settings.project, settings.stack, workload.name).lower()): workload
        for workload in settings.workloads
        if workload.identity is None and workload.signs_in_by(Access.WORKLOAD_IDENTITY)
    }
    seen: dict[tuple[str | None, str, str], str] = {}
    for index, identity in enumerate(settings.identities):
        if identity.existing is None:
            continue
        where, name = map(str.lower, identity.existing.resource_group_and_name)
        subscription = identity.existing.subscription
        path = ("identities", index, "existing")
        other = seen.setdefault((subscription and subscription.lower(), where, name), identity.name)
        if other != identity.name:
            problem = f"{name!r} is also the identity of entry {other!r}"
            yield Violation(path, problem, f"list it once, and name {other!r} in its workloads")
        elif subscription is None and (where, name) in made:
            problem = f"{name!r} is the identity that the program makes for {made[where, name].name!r}"
            yield Violation(path, problem, "name this entry in the workload's identity")


@rule("identity-resource-names-differ", Settings, source=f"{RESOURCE_NAME_RULES}#microsoftmanagedidentity")
def identities_have_names_of_their_own(settings: Settings) -> Iterator[Violation]:
    """A name exists once in a resource group: the second identity would stop an update in its middle."""
    names = {
        naming.identity(
            settings.project, settings.stack, workload.name
        ).lower(): f"workload {workload.name!r}"
        for workload in settings.workloads
        if workload.has_identity and workload.identity is None
    } | {
        naming.identity(settings.project, settings.stack, identity.name).lower(): f"entry {identity.name!r}"
        for identity in settings.identities
        if identity.resource_name is None
    }
    if makes_a_cluster(settings):
        cluster = settings.cluster.name or naming.cluster(settings.stack)
        names[naming.control_plane_identity(cluster).lower()] = "the cluster"
    for index, identity in enumerate(settings.identities):
        owner = names.get((identity.resource_name or "").lower())
        if owner:
            problem = f"{identity.resource_name!r} is the name of the identity of {owner}"
            yield Violation(
                ("identities", index, "resource_name"),
                problem,
                "choose another name",
                f"{identity.resource_name}-shared",
            )


@rule(
    "identity-binding-has-a-name",
    Settings,
    source="our own choice: a name of nothing looks as if it named something",
)
def only_identities_with_a_binding_name_it(settings: Settings) -> Iterator[Violation]:
    """The program makes an identity binding for workloads that have asked for it."""
    of_operators = {section.identity for section in settings.operators.reading.values()}
    for index, identity in enumerate(settings.identities):
        workloads = settings.workloads_by_identity.get(identity.name, [])
        is_used = workloads or identity.name in of_operators
        if identity.binding_name and is_used and not any(map(_is_bound, workloads)):
            yield Violation(
                ("identities", index, "binding_name"),
                f"has no effect: no workload with {identity.name!r} has access: identity-binding",
                "remove it",
                remove=True,
            )


@rule("identity-binding-names-differ", Settings, source=_BINDINGS)
def identity_bindings_have_names_of_their_own(settings: Settings) -> Iterator[Violation]:
    """A name exists once in a cluster: the second binding would stop an update in its middle."""
    written = {identity.name: identity.binding_name for identity in settings.identities}
    reserved = {
        naming.identity_binding(settings.project, settings.stack, name): name
        for name, workloads in settings.workloads_by_identity.items()
        if written.get(name) is None and any(map(_is_bound, workloads))
    }
    for index, identity in enumerate(settings.identities):
        name = identity.binding_name
        if name is None:
            continue
        if owner := reserved.get(name):
            yield Violation(
                ("identities", index, "binding_name"),
                f"{name!r} is the name of the identity binding of {owner!r}",
                "choose another name",
                other_names(name),
            )
        reserved.setdefault(name, identity.name)


def _is_bound(workload: WorkloadSettings) -> bool:
    return workload.signs_in_by(Access.IDENTITY_BINDING)


@rule("credentials-per-identity", Settings, source=_FEDERATION)
def identities_trust_at_most_twenty_workloads(settings: Settings) -> Iterator[Violation]:
    """Entra ID allows 20 federated credentials on one identity. AKS makes one for all identity bindings."""
    for index, identity in enumerate(settings.identities):
        workloads = settings.workloads_by_identity.get(identity.name, [])
        count = sum(workload.signs_in_by(Access.WORKLOAD_IDENTITY) for workload in workloads)
        is_bound = any(map(_is_bound, workloads))
        if count + is_bound > CREDENTIALS_PER_IDENTITY:
            problem = f"{count} workloads use {identity.name!r}"
            if is_bound:
                problem += " by a federated credential, and AKS needs one more for its identity binding"
            yield Violation(
                ("identities", index, "name"),
                problem,
                f"Entra ID allows {CREDENTIALS_PER_IDENTITY} per identity: add another identity, or let"
                " workloads use it by access: identity-binding",
            )
