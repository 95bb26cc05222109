"""Rules for every operator: workloads have the operator that their technique needs, and each operator its own
namespace.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from components.operators import Operator, dapr
from components.workloads import WORKLOADS, Technique
from stacks.settings.model.namespaces import is_system_namespace
from stacks.settings.model.operator_section import operator_identity
from stacks.settings.model.operators import OperatorsSettings
from stacks.settings.model.rights import goes_beyond_reading
from stacks.settings.model.section import Section
from stacks.settings.model.settings import Settings
from stacks.settings.model.workloads import WorkloadSettings
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
    "operator-identity-is-known",
    Settings,
    source="our own choice: of what is installed already the program changes nothing, its sign-in included",
)
def existing_operators_read_as_an_existing_identity(settings: Settings) -> Iterator[Violation]:
    """The program can grant to the identity of an operator that it does not install, but not choose it."""
    for operator, section in settings.operators.reading.items():
        path = ("operators", operator.value, "identity")
        entry = settings.listed_identity(operator_identity(operator))
        if section.service_account is not None:
            continue
        if section.identity is None:
            yield Violation(
                path,
                "missing: the operator is installed already, and the program does not know as whom it reads",
                "list its identity in identities, with existing, and set its name here",
            )
        elif entry and entry[1].existing is None:
            yield Violation(
                path,
                f"{section.identity!r} is an identity that the program makes, but the operator is installed"
                " already, and reads as another one",
                "name that one by the key existing",
            )


@rule(
    "operator-identity-is-its-own",
    Settings,
    source="https://learn.microsoft.com/azure/key-vault/general/secure-key-vault",
)
def workloads_do_not_read_as_an_operator(settings: Settings) -> Iterator[Violation]:
    """An operator reads for all of its workloads, and whatever has its identity reads the same."""
    owners = {section.identity: operator.value for operator, section in settings.operators.reading.items()}
    for index, workload in enumerate(settings.workloads):
        owner = owners.get(workload.identity) if workload.identity else None
        if owner and not workload.spec.operator_reads:
            yield Violation(
                ("workloads", index, "identity"),
                f"{workload.identity!r} is the identity of operators.{owner}, which reads for all of its"
                " workloads, and this one could read the same",
                "remove it, or list another identity",
                remove=True,
            )


@rule("operator-reads", WorkloadSettings, source=_TECHNIQUES)
def workloads_of_a_reading_operator_have_no_identity(workload: WorkloadSettings) -> Iterator[Violation]:
    """The operator reads as itself, so the pods are no principal in Azure."""
    if not workload.spec.operator_reads:
        return
    able = [name.value for name in Technique if not WORKLOADS[name].spec.operator_reads]
    remedy = f"remove it, or choose technique {join_or(able)}"
    reads = (
        f"with technique {workload.technique} operators.{workload.spec.operator} reads the vault as itself"
    )
    if workload.identity:
        problem = f"{workload.identity!r} has no effect: {reads}"
        yield Violation(("identity",), problem, remedy, remove=True)
    for index, secret in enumerate(workload.secrets):
        if goes_beyond_reading(secret):
            problem = f"more than reading needs an identity of the workload, but {reads}"
            yield Violation(("secrets", index, "rights"), problem, remedy, remove=True)


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
