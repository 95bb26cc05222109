"""Rules for section ``identities``."""

from collections.abc import Iterator

from components.identity.workload_identity import CREDENTIALS_PER_IDENTITY
from stacks.settings.model.identities import IdentitySettings
from stacks.settings.model.settings import Settings
from stacks.settings.types.azure import RESOURCE_NAME_RULES
from stacks.settings.validation.problems import set_command
from stacks.settings.validation.registry import Violation, rule


@rule(
    "existing-identity-has-its-name",
    IdentitySettings,
    source="docs/adopt.md: what exists is read, and never changed",
)
def existing_identities_have_their_names(identity: IdentitySettings) -> Iterator[Violation]:
    """What is there already is called something."""
    if identity.existing and identity.resource_name:
        yield Violation(
            ("resource_name",),
            f"{identity.resource_name!r}, and existing says which one it is",
            "take it out",
            remove=True,
        )


_FEDERATION = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations"


@rule(
    "identity-is-declared",
    Settings,
    source="our own choice: who shares an identity shares every right, so it is said twice",
)
def shared_identities_are_declared(settings: Settings) -> Iterator[Violation]:
    """A misspelled identity must not quietly become a new one."""
    declared = {identity.name for identity in settings.identities}
    for index, workload in enumerate(settings.workloads):
        if workload.identity and workload.identity not in declared:
            known = f"choose {', '.join(sorted(declared))}" if declared else "declare it in identities"
            command = set_command(("identities", len(settings.identities), "name"), workload.identity)
            yield Violation(
                ("workloads", index, "identity"),
                f"{workload.identity!r} is not in identities",
                known,
                command=command,
            )


@rule(
    "identity-is-used",
    Settings,
    source="our own choice: an identity that nobody takes on is a misspelled one",
)
def declared_identities_are_used(settings: Settings) -> Iterator[Violation]:
    """An identity without a workload has nobody to trust."""
    used = {workload.identity for workload in settings.workloads}
    for index, identity in enumerate(settings.identities):
        if identity.name not in used:
            yield Violation(
                ("identities", index), f"no workload takes on {identity.name!r}", "take it out", remove=True
            )


@rule("identity-names-differ", Settings, source=f"{RESOURCE_NAME_RULES}#microsoftmanagedidentity")
def identity_names_differ(settings: Settings) -> Iterator[Violation]:
    """A shared identity must not be called like another, or like a workload that has one of its own."""
    own = {workload.name for workload in settings.workloads if workload.identity is None}
    for index, identity in enumerate(settings.identities):
        earlier = {other.name for other in settings.identities[:index]}
        if identity.name in own | earlier:
            problem = f"{identity.name!r} is the identity of a workload or of another entry"
            yield Violation(
                ("identities", index, "name"), problem, "choose another name", f"{identity.name}-shared"
            )
        called = identity.resource_name and identity.resource_name.lower()
        if called and called in {
            (other.resource_name or "").lower() for other in settings.identities[:index]
        }:
            problem = f"{identity.resource_name!r} is what another entry is called"
            yield Violation(
                ("identities", index, "resource_name"),
                problem,
                "choose another name",
                f"{identity.resource_name}-2",
            )


@rule("credentials-per-identity", Settings, source=_FEDERATION)
def identities_trust_at_most_twenty(settings: Settings) -> Iterator[Violation]:
    """Entra allows 20 federated credentials on one identity."""
    for index, identity in enumerate(settings.identities):
        count = len(settings.workloads_by_identity.get(identity.name, []))
        if count > CREDENTIALS_PER_IDENTITY:
            problem = f"{count} workloads take on {identity.name!r}"
            yield Violation(
                ("identities", index, "name"),
                problem,
                f"Azure allows {CREDENTIALS_PER_IDENTITY} per identity: add another one",
            )
