"""What techniques and reloads need of the operators, and the operators of the rest of the stack."""

from collections.abc import Iterator

from components.operators import Operator, dapr
from components.workloads import WORKLOADS, CreationPolicy, Kind, Way
from stacks.settings.model.operators import OperatorsSettings
from stacks.settings.model.settings import Composition, Settings
from stacks.settings.rules.workloads import is_of_the_system
from stacks.settings.validation.problems import Path, set_command
from stacks.settings.validation.registry import Violation, rule

_TECHNIQUES = "docs/techniques.md: what each technique can do"
_RELOADER = "https://github.com/stakater/Reloader#-how-it-works"


@rule("technique-needs-operator", Settings, source=_TECHNIQUES)
def techniques_have_their_operators(settings: Settings) -> Iterator[Violation]:
    """A custom resource that nobody serves is refused by the cluster."""
    if settings.platform:
        return  # its stack has them, or has not: asked when it is read (stacks/platform_reference.py)
    missing: set[Operator] = set()
    for index, workload in enumerate(settings.workloads):
        needed = WORKLOADS[workload.technique].needs
        if needed and needed not in missing and getattr(settings.operators, needed.value) is None:
            problem = f"{workload.technique}, and operators.{needed} is not there"
            default = OperatorsSettings.way_of_installing(needed)
            command = set_command(("operators", needed.value, "install"), default)
            yield Violation(
                ("workloads", index, "technique"),
                problem,
                "say how it gets into the cluster",
                command=command,
            )
            missing.add(needed)


@rule(
    "scoped-operator-serves-all",
    Settings,
    source="https://github.com/external-secrets/external-secrets/issues/1050: one namespace, or all",
)
def a_scoped_operator_serves_every_workload(settings: Settings) -> Iterator[Violation]:
    """In another namespace nobody would look at an ExternalSecret, and `up` would wait for it for 20 minutes."""
    operator = settings.operators.external_secrets
    for index, workload in enumerate(settings.workloads):
        served = WORKLOADS[workload.technique].needs is Operator.EXTERNAL_SECRETS
        if served and operator and operator.scoped_namespace not in (None, workload.namespace):
            problem = f"{workload.namespace!r}, and operators.external_secrets watches {operator.scoped_namespace!r} alone"
            yield Violation(
                ("workloads", index, "namespace"), problem, "choose that one, or take scoped_namespace out"
            )


@rule(
    "scoped-namespace-is-there",
    Settings,
    source="the chart makes a Role in scopedNamespace (templates/rbac.yaml)",
)
def the_scoped_namespace_is_there(settings: Settings) -> Iterator[Violation]:
    """Helm would find no such namespace."""
    operator = settings.operators.external_secrets
    if (
        operator
        and operator.scoped_namespace
        and operator.scoped_namespace not in settings.namespaces_by_name
    ):
        problem = f"{operator.scoped_namespace!r} is the namespace of no workload"
        if settings.composition is Composition.PLATFORM:
            problem = f"{operator.scoped_namespace!r} is not in namespaces"
        yield Violation(
            ("operators", "external_secrets", "scoped_namespace"), problem, "choose one that the stack has"
        )


# CreateOrMerge is of 2.8 (external-secrets, externalsecret_types.go).
_CREATE_OR_MERGE_SINCE = (2, 8)


@rule("operator-knows-the-policy", Settings, source="https://external-secrets.io/latest/api/externalsecret/")
def the_operator_knows_the_policy(settings: Settings) -> Iterator[Violation]:
    """Its definition is a list of words, and Kubernetes refuses another one."""
    operator = settings.operators.external_secrets
    if (
        operator is None
        or tuple(int(number) for number in operator.version.split(".")[:2]) >= _CREATE_OR_MERGE_SINCE
    ):
        return
    for index, workload in enumerate(settings.workloads):
        if workload.external_secrets.creation_policy is CreationPolicy.CREATE_OR_MERGE:
            problem = f"CreateOrMerge, and operators.external_secrets.version is {operator.version}"
            path = ("workloads", index, "external_secrets", "creation_policy")
            yield Violation(path, problem, "choose another one, or chart 2.8.0 or newer", "Owner")


_RELOADED = (Kind.DEPLOYMENT, Kind.STATEFUL_SET, Kind.DAEMON_SET)


@rule("reload-can-work", Settings, source=_RELOADER)
def reloads_can_work(settings: Settings) -> Iterator[Violation]:
    """Somebody has to watch, there has to be something to see, and pods to replace."""
    driver = settings.operators.csi_driver
    for index, workload in enumerate(settings.workloads):
        here: Path = ("workloads", index, "reload")
        if not workload.reload or Way.RELOAD not in WORKLOADS[workload.technique].can:
            continue
        if settings.operators.reloader is None:
            command = set_command(("operators", "reloader", "namespace"), "reloader")
            yield Violation(
                here, "true, and operators.reloader is not there to act on it", "add it", command=command
            )
        if workload.kind not in _RELOADED:
            kinds = ", ".join(_RELOADED)
            problem = f"true, and Reloader does not replace a {workload.kind}"
            if workload.kind is Kind.NONE:
                problem = "true, and the pods are somebody else's: who deploys them annotates their owner"
            yield Violation(here, problem, f"take it out; it goes with {kinds}", remove=True)
        if WORKLOADS[workload.technique].needs is Operator.CSI_DRIVER and driver and not driver.rotation:
            yield Violation(
                here,
                "true, and operators.csi_driver.rotation is off: no pod sees a new value",
                "switch one of them",
                "false",
            )


@rule(
    "operator-has-a-namespace",
    Settings,
    source="our own choice: the program makes the namespace of a chart",
)
def operators_have_namespaces_of_their_own(settings: Settings) -> Iterator[Violation]:
    """The program makes the namespace of a chart, so it can be nobody else's."""
    taken = dict.fromkeys(settings.namespaces_by_name, "a workload's")
    for operator, namespace in settings.operators.namespaces.items():
        # Dapr's own default is called as the extension's, which is a namespace of AKS: a cluster has one of them.
        ours = (operator, namespace) == (Operator.DAPR, dapr.NAMESPACE)
        owner = "Kubernetes' or AKS's" if is_of_the_system(namespace) and not ours else taken.get(namespace)
        if owner:
            problem, default = f"{namespace!r} is {owner}", operator.value.replace("_", "-")
            yield Violation(
                ("operators", operator.value, "namespace"),
                problem,
                "choose one of the operator's own",
                default,
            )
        taken[namespace] = "another operator's"
