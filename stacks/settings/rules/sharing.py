"""What workloads, identities, namespaces and secrets owe one another: the rules that no section can check alone."""

from collections.abc import Iterator

from components.authorization.roles import ObjectType
from components.cluster.network_profile import NetworkPolicy
from components.identity.workload_identity import CREDENTIALS_PER_IDENTITY
from components.namespace import PodSecurityLevel
from components.workloads import Kind
from components.workloads.pod import Security
from stacks.settings.model.secrets import SecretSource
from stacks.settings.model.settings import Settings
from stacks.settings.types.names import RESOURCE_NAME_RULES
from stacks.settings.validation.problems import set_command
from stacks.settings.validation.registry import Violation, rule

_TAGS = "https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations"
_FEDERATION = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations"
_ASSIGNMENTS = "https://learn.microsoft.com/azure/role-based-access-control/troubleshoot-limits"


@rule(
    "workload-names-differ",
    Settings,
    source="two resources of one type and name are one URN: https://www.pulumi.com/docs/iac/concepts/resources/names/",
)
def workload_names_differ(settings: Settings) -> Iterator[Violation]:
    """A workload's name is the key of its state."""
    seen: set[str] = set()
    for index, workload in enumerate(settings.workloads):
        if workload.name in seen:
            yield Violation(
                ("workloads", index, "name"),
                f"{workload.name!r} is the name of another workload",
                "choose another name",
            )
        seen.add(workload.name)


@rule(
    "service-accounts-differ",
    Settings,
    source=f"{_FEDERATION} (issuer and subject are unique on an identity)",
)
def service_accounts_differ(settings: Settings) -> Iterator[Violation]:
    """Two workloads on one ServiceAccount would be one subject with two identities."""
    seen: set[tuple[str, str]] = set()
    for index, workload in enumerate(settings.workloads):
        account = (workload.namespace, workload.service_account_name)
        if account in seen:
            problem = f"another workload runs as {account[1]!r} in namespace {account[0]!r}"
            yield Violation(
                ("workloads", index, "service_account"),
                problem,
                "choose another name for one of them",
                f"{workload.name}-app",
            )
        seen.add(account)


@rule(
    "namespace-is-used",
    Settings,
    source="our own choice: a namespace that no workload names is a misspelled one",
)
def listed_namespaces_are_used(settings: Settings) -> Iterator[Violation]:
    """The program makes the namespaces of workloads, and no other."""
    for index, namespace in enumerate(settings.namespaces):
        if namespace.name not in settings.namespaces_by_name:
            yield Violation(
                ("namespaces", index), f"no workload names {namespace.name!r}", "take it out", remove=True
            )


@rule("namespace-names-differ", Settings, source="our own choice: of two entries, one would not hold")
def namespace_names_differ(settings: Settings) -> Iterator[Violation]:
    """Each namespace is described once."""
    seen: set[str] = set()
    for index, namespace in enumerate(settings.namespaces):
        if namespace.name in seen:
            yield Violation(
                ("namespaces", index, "name"),
                f"{namespace.name!r} is the name of another entry",
                "keep one",
                remove=False,
            )
        seen.add(namespace.name)


@rule("isolation-is-enforced", Settings, source="https://learn.microsoft.com/azure/aks/use-network-policies")
def somebody_enforces_isolation(settings: Settings) -> Iterator[Violation]:
    """Without an engine a network policy is a text that nobody reads."""
    enforced = (
        settings.cluster.existing
        or settings.platform
        or settings.cluster.network.effective_policy is not NetworkPolicy.NONE
    )
    for index, namespace in enumerate(settings.namespaces):
        if namespace.isolated and not enforced:
            problem = "true, and cluster.network.policy is none: nobody would enforce it"
            yield Violation(
                ("namespaces", index, "isolated"),
                problem,
                "choose a policy engine, or take it out",
                remove=True,
            )


@rule(
    "existing-account-has-an-older-namespace",
    Settings,
    source="https://kubernetes.io/docs/concepts/security/service-accounts/#default-service-accounts",
)
def existing_accounts_are_older_than_their_namespace(settings: Settings) -> Iterator[Violation]:
    """In a namespace that the program makes there is the ServiceAccount default, and no other."""
    for index, workload in enumerate(settings.workloads):
        made = not settings.namespaces_by_name[workload.namespace].existing
        if workload.existing_service_account and made and workload.service_account_name != "default":
            problem = (
                f"true, and the program makes namespace {workload.namespace!r},"
                f" in which there is no {workload.service_account_name!r} yet"
            )
            remedy = "take it out, or say in namespaces that the namespace is existing"
            yield Violation(("workloads", index, "existing_service_account"), problem, remedy, remove=True)


@rule(
    "security-fits-namespace",
    Settings,
    source="https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces",
)
def pods_keep_to_their_namespace(settings: Settings) -> Iterator[Violation]:
    """A namespace that enforces the restricted standard refuses every other pod, and a Deployment waits for it in vain."""
    for index, workload in enumerate(settings.workloads):
        namespace = settings.namespaces_by_name[workload.namespace]
        runs_as_root = workload.kind is not Kind.NONE and workload.security is Security.BASELINE
        if runs_as_root and namespace.enforce is PodSecurityLevel.RESTRICTED:
            problem = f"baseline, and namespace {namespace.name!r} enforces restricted"
            yield Violation(
                ("workloads", index, "security"), problem, "choose another namespace, or enforce: baseline"
            )


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


@rule("secret-has-one-source", Settings, source="docs/security.md: a secret's value stands in one place")
def workloads_agree_on_a_secret(settings: Settings) -> Iterator[Violation]:
    """Workloads may share a secret; then one says where its value comes from, or all say the same."""
    first = {secret.place: secret for secret in settings.seeded_secrets}
    for w, workload in enumerate(settings.workloads):
        for s, secret in enumerate(workload.secrets):
            other = first.get(secret.place)
            if other is None or secret == other or secret.source is SecretSource.EXISTING:
                continue
            problem = f"another workload seeds {other.name!r} in another way (from: {other.source})"
            yield Violation(
                ("workloads", w, "secrets", s),
                problem,
                "write both alike, or say from: existing in all but one",
            )


@rule(
    "secret-is-no-certificate",
    Settings,
    source="https://learn.microsoft.com/azure/key-vault/certificates/about-certificates#composition-of-a-certificate",
)
def seeded_secrets_leave_certificates_alone(settings: Settings) -> Iterator[Violation]:
    """A certificate stands in the vault as a secret of the same name too; seeding that name would meet it."""
    certificates = {
        secret.place
        for workload in settings.workloads
        for secret in workload.secrets
        if secret.type in (ObjectType.CERT, ObjectType.CERT_KEY_PAIR)
    }
    for w, workload in enumerate(settings.workloads):
        for s, secret in enumerate(workload.secrets):
            if secret.seeded and secret.type is ObjectType.SECRET and secret.place in certificates:
                problem = f"{secret.name!r} is a certificate of the same vault, which keeps its key pair as a secret of that name"
                yield Violation(
                    ("workloads", w, "secrets", s, "name"), problem, "choose another name for the secret"
                )
