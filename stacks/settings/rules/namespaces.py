"""Rules for section ``namespaces``."""

from collections.abc import Iterator

from components.cluster.network_profile import NetworkPolicy
from stacks.settings.model.namespaces import NamespaceSettings
from stacks.settings.model.settings import Settings
from stacks.settings.validation.registry import Violation, rule

_ADMISSION = "https://kubernetes.io/docs/concepts/security/pod-security-admission/"


@rule("existing-namespace-keeps-its-labels", NamespaceSettings, source=_ADMISSION)
def existing_namespaces_keep_their_labels(namespace: NamespaceSettings) -> Iterator[Violation]:
    """What the program does not make, it does not label."""
    for key in ("release", "enforce", "warn", "isolated"):
        if namespace.existing and key in namespace.model_fields_set:
            yield Violation(
                (key,),
                "the program neither makes nor labels a namespace that is existing",
                "take it out, or label it there",
                remove=True,
            )


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
