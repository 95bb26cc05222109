"""Rules for section ``workloads``."""

import re
from collections.abc import Iterator

from components.workloads import Kind
from stacks.settings.model.secrets import SECRETS_PAGE
from stacks.settings.model.workloads import IdentitySettings, WorkloadSettings
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


@rule("secret-listed-once", WorkloadSettings, source=f"{SECRETS_PAGE}: names do not mind case")
def secrets_are_listed_once(workload: WorkloadSettings) -> Iterator[Violation]:
    """Twice the same object would be twice the same grant. Key Vault's names do not mind case. Of JSON each property may be wanted."""
    seen: set[tuple[object, ...]] = set()
    for index, secret in enumerate(workload.secrets):
        key = (*secret.place, secret.type, secret.property)
        if key in seen:
            yield Violation(("secrets", index, "name"), f"{secret.name!r} is listed twice", "list it once")
        seen.add(key)


# Namespaces of AKS and its add-ons, and the one that everything lands in which forgot to say where it belongs.
# https://learn.microsoft.com/azure/aks/managed-namespaces#limitations, https://learn.microsoft.com/azure/aks/faq
_SYSTEM_NAMESPACES = {
    "default",
    "app-routing-system",
    "calico-system",
    "dapr-system",
    "flux-system",
    "gatekeeper-system",
    "istio-system",
    "tigera-operator",
}


def is_of_the_system(namespace: str) -> bool:
    """Whether it belongs to Kubernetes, AKS or one of its add-ons."""
    return namespace in _SYSTEM_NAMESPACES or namespace.startswith(("kube-", "aks-"))


@rule(
    "system-namespace",
    WorkloadSettings,
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces",
)
def namespace_is_the_users(workload: WorkloadSettings) -> Iterator[Violation]:
    """Whoever may create pods in a namespace can take on every identity in it, so a workload's is its own."""
    name = workload.namespace
    if is_of_the_system(name):
        problem = f"{name!r} belongs to Kubernetes or AKS"
        yield Violation(("namespace",), problem, "choose a namespace of the workload's own", workload.name)


@rule(
    "service-account-default",
    WorkloadSettings,
    source="https://kubernetes.io/docs/concepts/security/service-accounts/#default-service-accounts",
)
def default_service_account_exists(workload: WorkloadSettings) -> Iterator[Violation]:
    """Kubernetes makes one called default in each namespace."""
    if workload.service_account_name == "default" and not workload.existing_service_account:
        problem = (
            "Kubernetes makes a ServiceAccount 'default' in each namespace, for every pod that names none"
        )
        yield Violation(
            ("service_account",), problem, "choose one of the workload's own", f"{workload.name}-app"
        )


@rule(
    "environment-variable-name",
    WorkloadSettings,
    source="https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/",
)
def environment_variables_have_names(workload: WorkloadSettings) -> Iterator[Violation]:
    """The names that every version of Kubernetes takes."""
    for name in workload.env:
        if not re.fullmatch(r"[-._a-zA-Z][-._a-zA-Z0-9]*", name):
            yield Violation(
                ("env", name),
                "not a name of an environment variable",
                "use letters, digits and underscores, no digit first",
                remove=True,
            )


@rule(
    "owner-name-length",
    WorkloadSettings,
    source="https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/, https://github.com/kubernetes/kubernetes/issues/64023",
)
def names_leave_room_for_what_is_appended(workload: WorkloadSettings) -> Iterator[Violation]:
    """A CronJob's Jobs and a StatefulSet's revisions are called like it, with 11 characters more, in 63."""
    if workload.kind in (Kind.CRON_JOB, Kind.STATEFUL_SET) and len(workload.name) > 52:
        yield Violation(
            ("name",),
            f"has {len(workload.name)} characters",
            f"a {workload.kind} has at most 52: Kubernetes appends to it",
        )


@rule(
    "service-name",
    WorkloadSettings,
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#rfc-1035-label-names",
)
def services_begin_with_a_letter(workload: WorkloadSettings) -> Iterator[Violation]:
    """A Service's name is that of a host."""
    if workload.service is not None and not workload.name[0].isalpha():
        yield Violation(
            ("name",),
            f"{workload.name!r} does not begin with a letter",
            "the name of a Service does",
            f"app-{workload.name}",
        )
