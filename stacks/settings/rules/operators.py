"""Rules for every operator: workloads have the operator that their technique needs, and each operator its own
namespace.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from components.operators import Operator, dapr
from stacks.settings.model.namespaces import is_system_namespace
from stacks.settings.model.operators import OperatorsSettings
from stacks.settings.model.section import Section
from stacks.settings.model.settings import Settings
from stacks.settings.validation.problems import join_or, set_command
from stacks.settings.validation.registry import Violation, rule

_TECHNIQUES = "docs/techniques.md: what each technique can do"


NOT_READ = "our own choice: a key that is not read has no effect"


def unread_keys(section: Section, way: StrEnum, read: Mapping[str, Iterable[StrEnum]]) -> Iterator[Violation]:
    """The configured keys that an install method does not read. ``read`` maps a key to the methods that read
    it.
    """
    for key, ways in read.items():
        if key in section.model_fields_set and way not in ways:
            problem = f"has no effect with install: {way}"
            yield Violation(
                (key,),
                problem,
                f"remove it, or choose {join_or([str(other) for other in ways])}",
                remove=True,
            )


def version_numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version, without its pre-release part."""
    return tuple(int(number) for number in version.split("-")[0].split("."))


@rule("technique-needs-operator", Settings, source=_TECHNIQUES)
def techniques_have_their_operators(settings: Settings) -> Iterator[Violation]:
    """The cluster refuses a custom resource that no operator serves."""
    if settings.platform:
        return  # preflight checks the operators of the platform's stack
    missing: set[Operator] = set()
    for index, workload in enumerate(settings.workloads):
        needed = workload.spec.operator
        if needed and needed not in missing and getattr(settings.operators, needed.value) is None:
            problem = f"'{workload.technique}' needs operators.{needed}, which is not set"
            default = OperatorsSettings.section_of(needed).default_install or ""
            command = set_command(("operators", needed.value, "install"), default)
            yield Violation(
                ("workloads", index, "technique"),
                problem,
                "set how it is installed",
                command=command,
            )
            missing.add(needed)


@rule(
    "operator-has-a-namespace",
    Settings,
    source="our own choice: the program makes the namespace of a chart",
)
def operators_have_their_own_namespaces(settings: Settings) -> Iterator[Violation]:
    """The program makes the namespace of a chart, so no workload and no other operator can use it."""
    reserved = dict.fromkeys(settings.namespaces_by_name, "a namespace of a workload")
    for operator, namespace in settings.operators.chart_namespaces.items():
        # Dapr's default is also the extension's namespace, which is AKS's. A cluster has one of the two.
        is_dapr = (operator, namespace) == (Operator.DAPR, dapr.NAMESPACE)
        owner = (
            "a namespace of Kubernetes or AKS"
            if is_system_namespace(namespace) and not is_dapr
            else reserved.get(namespace)
        )
        if owner:
            problem, default = f"{namespace!r} is {owner}", operator.value.replace("_", "-")
            yield Violation(
                ("operators", operator.value, "namespace"),
                problem,
                "choose another namespace",
                default,
            )
        reserved[namespace] = "the namespace of another operator"
