"""Which keys of an operator go with which way of installing it, and which versions do what the program counts on."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from components.operators import dapr, external_secrets
from stacks.settings.model.operators import (
    CsiDriverSettings,
    DaprOperatorSettings,
    ExternalSecretsOperatorSettings,
    Install,
    InstallDapr,
    InstallOperator,
    ReloaderSettings,
)
from stacks.settings.model.section import Section
from stacks.settings.validation.problems import join_or
from stacks.settings.validation.registry import Violation, rule


@rule(
    "rotation-poll-interval-lowest",
    CsiDriverSettings,
    source="our own choice: each poll reads every mounted secret of every pod (secrets-store-csi-driver-provider-azure#1416)",
)
def polls_are_a_minute_apart(driver: CsiDriverSettings) -> Iterator[Violation]:
    """Key Vault answers 4,000 reads in 10 seconds and no more."""
    if driver.poll_seconds < 60:
        yield Violation(
            ("poll_interval",),
            f"{driver.poll_interval!r} is less than a minute",
            "choose a minute at least",
            "2m",
        )


_NOT_READ = "our own choice: a setting that is not read is a setting that does not hold"


def _read_elsewhere(
    section: Section, way: StrEnum, read: Mapping[str, Iterable[StrEnum]]
) -> Iterator[Violation]:
    """Keys that are given, and that this way of installing does not read."""
    for key, ways in read.items():
        if key in section.model_fields_set and way not in ways:
            problem = f"goes with install: {join_or([str(other) for other in ways])}, not with install: {way}"
            yield Violation((key,), problem, "take it out, or change install", remove=True)


@rule("key-of-another-install", CsiDriverSettings, source=_NOT_READ)
def keys_belong_to_the_way_of_installing(driver: CsiDriverSettings) -> Iterator[Violation]:
    """AKS chooses the add-on's namespace and version, and whoever installed an existing driver has chosen everything."""
    yield from _read_elsewhere(
        driver, driver.install, {"namespace": [Install.HELM], "version": [Install.HELM]}
    )


@rule("external-secrets-key-of-another-install", ExternalSecretsOperatorSettings, source=_NOT_READ)
def keys_belong_to_an_operator_that_is_installed(
    operator: ExternalSecretsOperatorSettings,
) -> Iterator[Violation]:
    """What is not installed here is not configured here."""
    keys = ("namespace", "version", "replicas", "resources", "scoped_namespace", "cluster_wide")
    yield from _read_elsewhere(operator, operator.install, {key: [InstallOperator.HELM] for key in keys})


@rule("dapr-key-of-another-install", DaprOperatorSettings, source=_NOT_READ)
def keys_belong_to_the_way_of_installing_dapr(operator: DaprOperatorSettings) -> Iterator[Violation]:
    """The extension has a namespace and settings of its own."""
    both = (InstallDapr.HELM, InstallDapr.EXTENSION)
    ways: dict[str, tuple[InstallDapr, ...]] = {
        **dict.fromkeys(("namespace", "scheduler"), (InstallDapr.HELM,)),
        **dict.fromkeys(("version", "high_availability"), both),
        "settings": (InstallDapr.EXTENSION,),
    }
    yield from _read_elsewhere(operator, operator.install, ways)


@rule(
    "dapr-extension-version",
    DaprOperatorSettings,
    source="https://learn.microsoft.com/azure/aks/dapr: without a version Azure upgrades it, which is not for production",
)
def an_extension_has_a_version(operator: DaprOperatorSettings) -> Iterator[Violation]:
    """The extension's versions follow Dapr's at a distance, so nobody can guess one."""
    if operator.install is InstallDapr.EXTENSION and operator.version is None:
        listing = "az k8s-extension extension-types list-versions-by-location --extension-type Microsoft.Dapr --location <location>"
        yield Violation(
            ("version",),
            "missing, and without one Azure upgrades Dapr when it likes",
            "choose one that Azure lists",
            command=listing,
        )


_OURS = {"global.ha.enabled": "high_availability", "dapr_sidecar_injector.sidecarDropALLCapabilities": None}


@rule(
    "dapr-extension-settings",
    DaprOperatorSettings,
    source="https://learn.microsoft.com/azure/aks/dapr-settings",
)
def extension_settings_are_not_ours(operator: DaprOperatorSettings) -> Iterator[Violation]:
    """Some have a key of their own, and some the techniques count on."""
    for name in operator.settings:
        if name in _OURS:
            key = _OURS[name]
            problem = f"the program sets it{f', from {key}' if key else ': namespaces that enforce restricted need it'}"
            yield Violation(("settings", name), problem, "take it out", remove=True)


@rule(
    "external-secrets-scope-is-one",
    ExternalSecretsOperatorSettings,
    source="the chart's values: scopedNamespace shuts it in, whatever else is on",
)
def whoever_serves_everybody_is_not_shut_in(operator: ExternalSecretsOperatorSettings) -> Iterator[Violation]:
    """One namespace, or all of them."""
    if operator.cluster_wide and operator.scoped_namespace:
        yield Violation(
            ("scoped_namespace",), "goes without cluster_wide", "take one of them out", remove=True
        )


_SERVED_SINCE, _TOKENS_SINCE = (0, 17, 0), (2, 5, 0)


@rule(
    "external-secrets-chart-serves-v1",
    ExternalSecretsOperatorSettings,
    source="https://github.com/external-secrets/external-secrets/issues/4840",
)
def the_chart_serves_what_is_made(operator: ExternalSecretsOperatorSettings) -> Iterator[Violation]:
    """Before 0.17 the kinds were of another version."""
    if _numbers(operator.version) < _SERVED_SINCE:
        newest = external_secrets.CHART.version
        yield Violation(
            ("version",),
            f"{operator.version} does not serve external-secrets.io/v1",
            f"choose {newest}",
            newest,
        )


_METHODS_SINCE = (1, 13, 0)


@rule(
    "dapr-knows-the-method",
    DaprOperatorSettings,
    source="https://github.com/dapr/components-contrib/pull/3217",
)
def dapr_knows_how_it_may_sign_in(operator: DaprOperatorSettings) -> Iterator[Violation]:
    """An older sidecar passes azureAuthMethods over, and takes on whatever identity it finds, the node's among them."""
    if operator.version and _numbers(operator.version) < _METHODS_SINCE:
        oldest = ".".join(map(str, _METHODS_SINCE))
        yield Violation(
            ("version",),
            f"{operator.version} may read the vault as the node",
            f"choose {oldest} or newer",
            dapr.CHART.version,
        )


@rule(
    "external-secrets-chart-limits-tokens",
    ExternalSecretsOperatorSettings,
    source="https://external-secrets.io/latest/guides/security-best-practices/",
)
def the_chart_can_limit_tokens(operator: ExternalSecretsOperatorSettings) -> Iterator[Violation]:
    """An older chart passes rbac.serviceAccountTokenCreate over, and the operator may act as every ServiceAccount."""
    if _SERVED_SINCE <= _numbers(operator.version) < _TOKENS_SINCE and not operator.cluster_wide:
        oldest = ".".join(map(str, _TOKENS_SINCE))
        problem = f"{operator.version} cannot be kept from acting as every ServiceAccount"
        yield Violation(
            ("version",),
            problem,
            f"choose {oldest} or newer, or say cluster_wide: true",
            external_secrets.CHART.version,
        )


@rule("key-of-an-existing-reloader", ReloaderSettings, source=_NOT_READ)
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
    if _numbers(reloader.version) < _NAMESPACES_SINCE:
        newest = ".".join(map(str, _NAMESPACES_SINCE))
        yield Violation(
            ("version",),
            f"{reloader.version} does not know which namespaces to watch",
            f"choose {newest} or newer",
            newest,
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("-")[0].split("."))
