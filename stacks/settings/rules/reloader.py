"""Rules for ``operators.reloader`` and ``workloads[].reload``."""

from collections.abc import Iterator

from components.operators import Operator
from components.workloads import Capability, WorkloadKind
from stacks.settings.model.reloader import ReloaderSettings
from stacks.settings.model.settings import Settings
from stacks.settings.rules.operators import NOT_READ, version_numbers
from stacks.settings.validation.problems import Path, join_or, set_command
from stacks.settings.validation.registry import Violation, rule
from stacks.settings.validation.spelling import near_word


@rule("key-of-an-existing-reloader", ReloaderSettings, source=NOT_READ)
def an_existing_reloader_is_not_configured(reloader: ReloaderSettings) -> Iterator[Violation]:
    """The program configures only a Reloader that it installs."""
    for key in ("namespace", "version", "namespaces"):
        if reloader.existing and key in reloader.model_fields_set:
            yield Violation(
                (key,),
                "has no effect: the program does not install an existing Reloader",
                "remove it",
                remove=True,
            )


_NAMESPACES_SINCE = (2, 2, 16)


@rule(
    "reloader-chart-knows-namespaces",
    ReloaderSettings,
    source="https://github.com/stakater/Reloader/pull/1162",
)
def the_chart_supports_namespaces(reloader: ReloaderSettings) -> Iterator[Violation]:
    """An older chart ignores the list of namespaces, and Reloader watches only its own."""
    if version_numbers(reloader.version) < _NAMESPACES_SINCE:
        newest = ".".join(map(str, _NAMESPACES_SINCE))
        yield Violation(
            ("version",),
            f"{reloader.version} ignores the namespaces to watch",
            f"choose {newest} or newer",
            newest,
        )


_RELOADER = "https://github.com/stakater/Reloader#-how-it-works"

_RELOADED = (WorkloadKind.DEPLOYMENT, WorkloadKind.STATEFUL_SET, WorkloadKind.DAEMON_SET)


@rule("reload-can-work", Settings, source=_RELOADER)
def reload_can_work(settings: Settings) -> Iterator[Violation]:
    """A reload needs Reloader, a value that changes in the cluster, and pods that Reloader can replace."""
    driver = settings.operators.csi_driver
    for index, workload in enumerate(settings.workloads):
        here: Path = ("workloads", index, "reload")
        if not workload.reload or Capability.RELOAD not in workload.spec.capabilities:
            continue
        # Without a section of its own a stack on a platform has that of the platform: preflight.
        if settings.operators.reloader is None and settings.platform is None:
            command = set_command(("operators", "reloader", "namespace"), "reloader")
            yield Violation(here, "needs operators.reloader, which is not set", "add it", command=command)
        if workload.kind not in _RELOADED:
            kinds = join_or(_RELOADED)
            problem = f"has no effect: Reloader does not replace a {workload.kind}"
            if workload.kind is WorkloadKind.NONE:
                problem = "has no effect with kind: none: annotate the owner of the pods where it is deployed"
            yield Violation(here, problem, f"remove it, or choose {kinds}", remove=True)
        if workload.spec.operator is Operator.CSI_DRIVER and driver and not driver.rotation:
            yield Violation(
                here,
                "has no effect with operators.csi_driver.rotation false: mounted values never change",
                "set rotation: true, or reload: false",
                "false",
            )


@rule("reloader-namespace-is-there", Settings, source="https://github.com/stakater/Reloader/pull/1162")
def watched_namespaces_are_there(settings: Settings) -> Iterator[Violation]:
    """The chart makes a Role in each of them, so each has to exist before."""
    reloader = settings.operators.reloader
    known = sorted(settings.namespaces_by_name)
    for index, name in enumerate(reloader.namespaces if reloader else ()):
        if name not in known:
            nearly = near_word(name, known)
            yield Violation(
                ("operators", "reloader", "namespaces", index),
                f"{name!r} is not a namespace of this stack",
                f"choose {join_or(known)}, or list it in namespaces" if known else "list it in namespaces",
                nearly,
                command=None
                if nearly
                else set_command(("namespaces", len(settings.namespaces), "name"), name),
            )
