"""Rules for section ``workloads``: names, ServiceAccounts and namespaces."""

import re
from collections.abc import Iterator

from components.namespace import PodSecurityLevel
from components.workloads import Technique, WorkloadKind
from components.workloads.pod import Security
from stacks.settings.model.namespaces import is_system_namespace
from stacks.settings.model.settings import Settings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.types.kubernetes import ENV_NAME
from stacks.settings.validation.registry import Violation, rule

_FEDERATION = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations"


@rule(
    "system-namespace",
    WorkloadSettings,
    source=(
        "https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces,"
        " https://learn.microsoft.com/azure/aks/keda-workload-identity"
    ),
)
def the_namespace_is_not_a_system_namespace(workload: WorkloadSettings) -> Iterator[Violation]:
    """A user who may create pods in a namespace can use every identity in it, so a workload has its own
    namespace. An add-on reads with the ServiceAccount that it has.
    """
    name = workload.namespace
    if not is_system_namespace(name):
        return
    problem = f"{name!r} is a namespace of Kubernetes or AKS"
    if not workload.existing_service_account:
        remedy = "choose a namespace of the workload's own"
        if workload.kind is WorkloadKind.NONE:
            remedy += ", or set existing_service_account for a ServiceAccount that is there"
        yield Violation(("namespace",), problem, remedy, workload.name)
    elif workload.kind is not WorkloadKind.NONE:
        problem = f"{workload.kind}, and {problem}, in which an add-on deploys its own pods"
        yield Violation(("kind",), problem, "choose none for an add-on", WorkloadKind.NONE)
    elif workload.spec.reserved_ports and name.startswith("kube-"):
        # The admissions enforcer: https://learn.microsoft.com/azure/aks/faq
        problem = f"{workload.technique}, and pods of {name!r} get no sidecar"
        yield Violation(("technique",), problem, "choose sdk for an add-on", Technique.SDK)
    elif workload.service_account_name == "default":
        problem = f"'default' is the ServiceAccount of every pod of {name!r} that names none"
        yield Violation(("service_account",), problem, "name that of the add-on")


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
    """A ServiceAccount has one annotation with a client id, and an identity one credential for it. A workload
    whose operator reads as itself needs neither.
    """
    seen: dict[tuple[str, str], list[WorkloadSettings]] = {}
    for index, workload in enumerate(settings.workloads):
        account = (workload.namespace, workload.service_account_name)
        others = seen.setdefault(account, [])
        where = f"another workload of namespace {account[0]!r} has the ServiceAccount {account[1]!r}"
        at = ("workloads", index, "service_account")
        in_one = "list the secrets of both in one of them"
        annotated = [
            other for other in others if workload.annotate_service_account and other.annotate_service_account
        ]
        if any(
            _sign_in(workload, other) and workload.identity_name == other.identity_name for other in others
        ):
            yield Violation(at, f"{where} and the same identity", in_one)
        elif annotated and not workload.existing_service_account:
            yield Violation(at, where, "choose another name for one of them", f"{workload.name}-app")
        # Another name would be one that is not there.
        elif any(_sign_in(workload, other) for other in annotated):
            yield Violation(at, f"{where}, which names one identity", in_one)
        elif any(not other.existing_service_account for other in annotated):
            yield Violation(at, f"{where}, which does not exist yet", in_one)
        elif keys := sorted(key for other in annotated for key in _contradicted(workload, other)):
            problem = f"{where} and another value of {keys[0]!r}"
            yield Violation((*at[:2], "service_account_annotations"), problem, "use one value")
        others.append(workload)


def _sign_in(*workloads: WorkloadSettings) -> bool:
    """Whether each of the workloads needs a credential and an annotation of its own."""
    return not any(workload.spec.operator_reads for workload in workloads)


def _contradicted(workload: WorkloadSettings, other: WorkloadSettings) -> set[str]:
    """The annotations for which two field managers apply two values: a conflict.

    https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
    """
    of_other = other.service_account_annotations.items()
    listed = workload.service_account_annotations
    return {key for key, value in of_other if listed.get(key, value) != value}


@rule(
    "annotations-have-an-owner",
    WorkloadSettings,
    source="https://learn.microsoft.com/azure/aks/workload-identity-overview#service-account-annotations",
)
def an_account_without_annotations_has_another_owner(workload: WorkloadSettings) -> Iterator[Violation]:
    """The program annotates a ServiceAccount that it makes; the annotations of another are its owner's."""
    if workload.annotate_service_account:
        return
    if not workload.existing_service_account:
        problem = "false, and the program makes the ServiceAccount, with its annotations"
        remedy = "remove it, or set existing_service_account: true"
        yield Violation(("annotate_service_account",), problem, remedy, remove=True)
    elif workload.service_account_annotations:
        problem = "has no effect with annotate_service_account: false"
        remedy = "annotate the ServiceAccount where it is made"
        yield Violation(("service_account_annotations",), problem, remedy, remove=True)


@rule(
    "existing-account-has-an-older-namespace",
    Settings,
    source="https://kubernetes.io/docs/concepts/security/service-accounts/#default-service-accounts",
)
def existing_service_accounts_need_an_existing_namespace(settings: Settings) -> Iterator[Violation]:
    """A namespace that the program makes has no ServiceAccount but default, so there is none to annotate."""
    for index, workload in enumerate(settings.workloads):
        name = workload.namespace  # that of an add-on exists: rule system-namespace-exists
        made = not settings.namespaces_by_name[name].existing and not is_system_namespace(name)
        annotated = workload.existing_service_account and workload.annotate_service_account
        if annotated and made and workload.service_account_name != "default":
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
