"""Rules for ``operators.reloader`` and ``workloads[].reload``."""

from collections.abc import Iterator

from components.operators import Operator
from components.workloads import Capability, WorkloadKind
from stacks.settings.model.reloader import ReloaderSettings
from stacks.settings.model.settings import Settings
from stacks.settings.rules.operators import NOT_READ, version_numbers
from stacks.settings.validation.problems import Path, set_command
from stacks.settings.validation.registry import Violation, rule


@rule("key-of-an-existing-reloader", ReloaderSettings, source=NOT_READ)
def an_existing_reloader_is_left_alone(reloader: ReloaderSettings) -> Iterator[Violation]:
    """What is not installed here is not configured here."""
    for key in ("namespace", "version"):
        if reloader.existing and key in reloader.model_fields_set:
            yield Violation(
                (key,), "the program does not install a Reloader that is existing", "take it out", remove=True
            )


_NAMESPACES_SINCE = (2, 2, 16)


@rule(
    "reloader-chart-knows-namespaces",
    ReloaderSettings,
    source="https://github.com/stakater/Reloader/pull/1162",
)
def the_chart_knows_namespaces(reloader: ReloaderSettings) -> Iterator[Violation]:
    """An older chart passes the list over, and Reloader watches its own namespace alone."""
    if version_numbers(reloader.version) < _NAMESPACES_SINCE:
        newest = ".".join(map(str, _NAMESPACES_SINCE))
        yield Violation(
            ("version",),
            f"{reloader.version} does not know which namespaces to watch",
            f"choose {newest} or newer",
            newest,
        )


_RELOADER = "https://github.com/stakater/Reloader#-how-it-works"

_RELOADED = (WorkloadKind.DEPLOYMENT, WorkloadKind.STATEFUL_SET, WorkloadKind.DAEMON_SET)


@rule("reload-can-work", Settings, source=_RELOADER)
def reloads_can_work(settings: Settings) -> Iterator[Violation]:
    """Somebody has to watch, there has to be something to see, and pods to replace."""
    driver = settings.operators.csi_driver
    for index, workload in enumerate(settings.workloads):
        here: Path = ("workloads", index, "reload")
        if not workload.reload or Capability.RELOAD not in workload.spec.capabilities:
            continue
        if settings.operators.reloader is None:
            command = set_command(("operators", "reloader", "namespace"), "reloader")
            yield Violation(
                here, "true, and operators.reloader is not there to act on it", "add it", command=command
            )
        if workload.kind not in _RELOADED:
            kinds = ", ".join(_RELOADED)
            problem = f"true, and Reloader does not replace a {workload.kind}"
            if workload.kind is WorkloadKind.NONE:
                problem = "true, and the pods are somebody else's: who deploys them annotates their owner"
            yield Violation(here, problem, f"take it out; it goes with {kinds}", remove=True)
        if workload.spec.operator is Operator.CSI_DRIVER and driver and not driver.rotation:
            yield Violation(
                here,
                "true, and operators.csi_driver.rotation is off: no pod sees a new value",
                "switch one of them",
                "false",
            )
