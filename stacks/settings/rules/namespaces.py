"""Rules for section ``namespaces``."""

from collections.abc import Iterator

from components.cluster.network_profile import NetworkPolicy
from stacks.settings.model.namespaces import NamespaceSettings, is_system_namespace
from stacks.settings.model.settings import Settings
from stacks.settings.validation.registry import Violation, rule

_ADMISSION = "https://kubernetes.io/docs/concepts/security/pod-security-admission/"
_OF_EVERY_CLUSTER = ("default", "kube-system", "kube-public", "kube-node-lease")


@rule("existing-namespace-keeps-its-labels", NamespaceSettings, source=_ADMISSION)
def existing_namespaces_keep_their_labels(namespace: NamespaceSettings) -> Iterator[Violation]:
    """The program does not label a namespace that it does not make."""
    for key in ("release", "enforce", "warn", "labels", "annotations", "isolated"):
        if namespace.existing and key in namespace.model_fields_set:
            yield Violation(
                (key,),
                "has no effect: the program does not label an existing namespace",
                "remove it, or label the namespace where it is made",
                remove=True,
            )


@rule(
    "system-namespace-exists",
    Settings,
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces",
)
def system_namespaces_exist(settings: Settings) -> Iterator[Violation]:
    """The program neither makes nor labels a namespace of Kubernetes, or one in which an add-on reads.

    A platform may make one for a tool that it does not install (Flux, Istio).
    """
    read = {workload.namespace for workload in settings.workloads}
    for index, namespace in enumerate(settings.namespaces):
        of_kubernetes = namespace.name in _OF_EVERY_CLUSTER
        of_add_on = is_system_namespace(namespace.name) and namespace.name in read
        if not namespace.existing and (of_kubernetes or of_add_on):
            yield Violation(
                ("namespaces", index, "existing"),
                f"false, and {namespace.name!r} is a namespace of Kubernetes or AKS, with labels of its own",
                "choose true, or remove the entry",
                "true",
            )


@rule(
    "namespace-is-used",
    Settings,
    source="our own choice: a namespace that no workload names is a misspelled one",
)
def listed_namespaces_are_used(settings: Settings) -> Iterator[Violation]:
    """The program makes the namespaces of workloads and no others; an unused entry is a misspelled one."""
    for index, namespace in enumerate(settings.namespaces):
        if namespace.name not in settings.namespaces_by_name:
            yield Violation(
                ("namespaces", index), f"no workload names {namespace.name!r}", "remove it", remove=True
            )


@rule("namespace-names-differ", Settings, source="our own choice: of two entries, one would not hold")
def namespace_names_differ(settings: Settings) -> Iterator[Violation]:
    """Each namespace has one entry."""
    seen: set[str] = set()
    for index, namespace in enumerate(settings.namespaces):
        if namespace.name in seen:
            yield Violation(
                ("namespaces", index, "name"),
                f"{namespace.name!r} is the name of another entry",
                "keep one of them",
            )
        seen.add(namespace.name)


@rule("isolation-is-enforced", Settings, source="https://learn.microsoft.com/azure/aks/use-network-policies")
def isolation_needs_a_policy_engine(settings: Settings) -> Iterator[Violation]:
    """Without a policy engine a NetworkPolicy has no effect."""
    enforced = (
        settings.cluster.existing
        or settings.platform
        or settings.cluster.network.effective_policy is not NetworkPolicy.NONE
    )
    for index, namespace in enumerate(settings.namespaces):
        if namespace.isolated and not enforced:
            problem = "has no effect with cluster.network.policy: none"
            yield Violation(
                ("namespaces", index, "isolated"),
                problem,
                "choose a policy engine, or remove it",
                remove=True,
            )
