"""Rules for section ``workloads``."""

import re
from collections.abc import Iterator

from components.namespace import PodSecurityLevel
from components.workloads import WorkloadKind
from components.workloads.pod import Security
from stacks.settings.model.settings import Settings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.validation.registry import Violation, rule

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


def is_system_namespace(namespace: str) -> bool:
    """Whether it belongs to Kubernetes, AKS or one of its add-ons."""
    return namespace in _SYSTEM_NAMESPACES or namespace.startswith(("kube-", "aks-"))


_FEDERATION = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations"


@rule(
    "system-namespace",
    WorkloadSettings,
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces",
)
def namespace_is_the_users(workload: WorkloadSettings) -> Iterator[Violation]:
    """Whoever may create pods in a namespace can take on every identity in it, so a workload's is its own."""
    name = workload.namespace
    if is_system_namespace(name):
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
    if workload.kind in (WorkloadKind.CRON_JOB, WorkloadKind.STATEFUL_SET) and len(workload.name) > 52:
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
        runs_as_root = workload.kind is not WorkloadKind.NONE and workload.security is Security.BASELINE
        if runs_as_root and namespace.enforce is PodSecurityLevel.RESTRICTED:
            problem = f"baseline, and namespace {namespace.name!r} enforces restricted"
            yield Violation(
                ("workloads", index, "security"), problem, "choose another namespace, or enforce: baseline"
            )
