"""Rules for every operator: workloads have the operator that their technique needs, and each operator its own namespace."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from components.operators import Operator, dapr
from stacks.settings.model.operators import OperatorsSettings
from stacks.settings.model.section import Section
from stacks.settings.model.settings import Settings
from stacks.settings.rules.workloads import is_system_namespace
from stacks.settings.validation.problems import join_or, set_command
from stacks.settings.validation.registry import Violation, rule

_TECHNIQUES = "docs/techniques.md: what each technique can do"


NOT_READ = "our own choice: a setting that is not read is a setting that does not hold"


def unread_keys(section: Section, way: StrEnum, read: Mapping[str, Iterable[StrEnum]]) -> Iterator[Violation]:
    """Keys that are given, and that this way of installing does not read."""
    for key, ways in read.items():
        if key in section.model_fields_set and way not in ways:
            problem = f"goes with install: {join_or([str(other) for other in ways])}, not with install: {way}"
            yield Violation((key,), problem, "take it out, or change install", remove=True)


def version_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("-")[0].split("."))


@rule("technique-needs-operator", Settings, source=_TECHNIQUES)
def techniques_have_their_operators(settings: Settings) -> Iterator[Violation]:
    """A custom resource that nobody serves is refused by the cluster."""
    if settings.platform:
        return  # its stack has them, or has not: asked when it is read (stacks/platform_reference.py)
    missing: set[Operator] = set()
    for index, workload in enumerate(settings.workloads):
        needed = workload.spec.operator
        if needed and needed not in missing and getattr(settings.operators, needed.value) is None:
            problem = f"{workload.technique}, and operators.{needed} is not there"
            default = OperatorsSettings.section_of(needed).default_install or ""
            command = set_command(("operators", needed.value, "install"), default)
            yield Violation(
                ("workloads", index, "technique"),
                problem,
                "say how it gets into the cluster",
                command=command,
            )
            missing.add(needed)


@rule(
    "operator-has-a-namespace",
    Settings,
    source="our own choice: the program makes the namespace of a chart",
)
def operators_have_namespaces_of_their_own(settings: Settings) -> Iterator[Violation]:
    """The program makes the namespace of a chart, so it can be nobody else's."""
    taken = dict.fromkeys(settings.namespaces_by_name, "a workload's")
    for operator, namespace in settings.operators.chart_namespaces.items():
        # Dapr's own default is called as the extension's, which is a namespace of AKS: a cluster has one of them.
        ours = (operator, namespace) == (Operator.DAPR, dapr.NAMESPACE)
        owner = (
            "Kubernetes' or AKS's" if is_system_namespace(namespace) and not ours else taken.get(namespace)
        )
        if owner:
            problem, default = f"{namespace!r} is {owner}", operator.value.replace("_", "-")
            yield Violation(
                ("operators", operator.value, "namespace"),
                problem,
                "choose one of the operator's own",
                default,
            )
        taken[namespace] = "another operator's"
