"""Rules for section ``workloads``: names, ServiceAccounts and namespaces."""

import re
from collections.abc import Iterator

from components.namespace import PodSecurityLevel
from components.workloads import WorkloadKind
from components.workloads.pod import Security
from stacks.settings.model.settings import Settings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.types.kubernetes import ENV_NAME
from stacks.settings.validation.registry import Violation, rule

# Namespaces of AKS and its add-ons, and default, where every object without a namespace lands.
# https://learn.microsoft.com/azure/aks/managed-namespaces#limitations, https://learn.microsoft.com/azure/aks/faq,
# https://learn.microsoft.com/azure/aks/istio-deploy-addon, and for `az aks command invoke`
# https://learn.microsoft.com/azure/aks/access-private-cluster. Other names that begin with aks- are the
# users': aks-store is that of AKS' own tutorials.
_SYSTEM_NAMESPACES = {
    "default",
    "aks-command",
    "aks-istio-egress",
    "aks-istio-ingress",
    "aks-istio-system",
    "app-routing-system",
    "calico-system",
    "dapr-system",
    "flux-system",
    "gatekeeper-system",
    "istio-system",
    "tigera-operator",
}


def is_system_namespace(namespace: str) -> bool:
    """Whether a namespace belongs to Kubernetes, AKS or one of its add-ons."""
    return namespace in _SYSTEM_NAMESPACES or namespace.startswith("kube-")


_FEDERATION = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations"


@rule(
    "system-namespace",
    WorkloadSettings,
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces",
)
def the_namespace_is_not_a_system_namespace(workload: WorkloadSettings) -> Iterator[Violation]:
    """A user who may create pods in a namespace can use every identity in it, so a workload has its own
    namespace.
    """
    name = workload.namespace
    if is_system_namespace(name):
        problem = f"{name!r} is a namespace of Kubernetes or AKS"
        yield Violation(("namespace",), problem, "choose a namespace of the workload's own", workload.name)


@rule(
    "service-account-default",
    WorkloadSettings,
    source="https://kubernetes.io/docs/concepts/security/service-accounts/#default-service-accounts",
)
def the_default_service_account_is_not_used(workload: WorkloadSettings) -> Iterator[Violation]:
    """Kubernetes makes a ServiceAccount called default in each namespace."""
    if workload.service_account_name == "default" and not workload.existing_service_account:
        problem = "'default' is the ServiceAccount of every pod of the namespace that names none"
        yield Violation(
            ("service_account",), problem, "choose one of the workload's own", f"{workload.name}-app"
        )


@rule(
    "environment-variable-name",
    WorkloadSettings,
    source="https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/",
)
def environment_variables_have_valid_names(workload: WorkloadSettings) -> Iterator[Violation]:
    """These names are valid in every version of Kubernetes."""
    for name in workload.env:
        if not re.fullmatch(ENV_NAME, name):
            yield Violation(
                ("env", name),
                "is not a valid name of an environment variable",
                "use letters, digits, underscores, hyphens and full stops, no digit first",
                remove=True,
            )


@rule(
    "owner-name-length",
    WorkloadSettings,
    source=(
        "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/,"
        " https://github.com/kubernetes/kubernetes/issues/64023"
    ),
)
def names_leave_room_for_suffixes(workload: WorkloadSettings) -> Iterator[Violation]:
    """Kubernetes appends 11 characters for a CronJob's Jobs and a StatefulSet's revisions, and allows 63."""
    if workload.kind in (WorkloadKind.CRON_JOB, WorkloadKind.STATEFUL_SET) and len(workload.name) > 52:
        yield Violation(
            ("name",),
            f"has {len(workload.name)} characters",
            f"a {workload.kind} allows 52, because Kubernetes appends a suffix",
        )


@rule(
    "service-name",
    WorkloadSettings,
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#rfc-1035-label-names",
)
def service_names_begin_with_a_letter(workload: WorkloadSettings) -> Iterator[Violation]:
    """The name of a Service is a host name."""
    if workload.service is not None and not workload.name[0].isalpha():
        yield Violation(
            ("name",),
            f"{workload.name!r} does not begin with a letter",
            "a Service needs that",
            f"app-{workload.name}",
        )


@rule(
    "workload-names-differ",
    Settings,
    source=(
        "two resources of one type and name are one URN:"
        " https://www.pulumi.com/docs/iac/concepts/resources/names/"
    ),
)
def workload_names_differ(settings: Settings) -> Iterator[Violation]:
    """The name of a workload is the key of its state."""
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
    """Two workloads with one ServiceAccount would be one subject with two identities."""
    seen: set[tuple[str, str]] = set()
    for index, workload in enumerate(settings.workloads):
        account = (workload.namespace, workload.service_account_name)
        if account in seen:
            problem = f"another workload of namespace {account[0]!r} has the ServiceAccount {account[1]!r}"
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
def existing_service_accounts_need_an_existing_namespace(settings: Settings) -> Iterator[Violation]:
    """A namespace that the program makes has no ServiceAccount but default."""
    for index, workload in enumerate(settings.workloads):
        made = not settings.namespaces_by_name[workload.namespace].existing
        if workload.existing_service_account and made and workload.service_account_name != "default":
            problem = (
                f"true, but the program makes namespace {workload.namespace!r},"
                f" which has no ServiceAccount {workload.service_account_name!r} yet"
            )
            remedy = "remove it, or list the namespace as existing in namespaces"
            yield Violation(("workloads", index, "existing_service_account"), problem, remedy, remove=True)


@rule(
    "security-fits-namespace",
    Settings,
    source="https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces",
)
def pods_meet_the_standard_of_their_namespace(settings: Settings) -> Iterator[Violation]:
    """A namespace that enforces the restricted standard refuses every other pod, and the Deployment waits in
    vain.
    """
    for index, workload in enumerate(settings.workloads):
        namespace = settings.namespaces_by_name[workload.namespace]
        runs_as_root = workload.kind is not WorkloadKind.NONE and workload.security is Security.BASELINE
        if runs_as_root and namespace.enforce is PodSecurityLevel.RESTRICTED:
            problem = f"'baseline' is not allowed in namespace {namespace.name!r}, which enforces restricted"
            yield Violation(
                ("workloads", index, "security"),
                problem,
                "choose another namespace, or set enforce: baseline",
            )
