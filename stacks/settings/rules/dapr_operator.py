"""Rules for ``operators.dapr``: which keys go with which ``install``, and the versions that the program relies on."""

from collections.abc import Iterator

from components.operators import dapr
from stacks.settings.model.dapr_operator import DaprInstall, DaprOperatorSettings
from stacks.settings.rules.operators import NOT_READ, unread_keys, version_numbers
from stacks.settings.validation.registry import Violation, rule


@rule("dapr-key-of-another-install", DaprOperatorSettings, source=NOT_READ)
def keys_belong_to_the_way_of_installing_dapr(operator: DaprOperatorSettings) -> Iterator[Violation]:
    """The extension has a namespace and settings of its own."""
    both = (DaprInstall.HELM, DaprInstall.EXTENSION)
    ways: dict[str, tuple[DaprInstall, ...]] = {
        **dict.fromkeys(("namespace", "scheduler"), (DaprInstall.HELM,)),
        **dict.fromkeys(("version", "high_availability"), both),
        "settings": (DaprInstall.EXTENSION,),
    }
    yield from unread_keys(operator, operator.install, ways)


@rule(
    "dapr-extension-version",
    DaprOperatorSettings,
    source="https://learn.microsoft.com/azure/aks/dapr: without a version Azure upgrades it, which is not for production",
)
def an_extension_has_a_version(operator: DaprOperatorSettings) -> Iterator[Violation]:
    """The extension's versions follow Dapr's at a distance, so nobody can guess one."""
    if operator.install is DaprInstall.EXTENSION and operator.version is None:
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


_METHODS_SINCE = (1, 13, 0)


@rule(
    "dapr-knows-the-method",
    DaprOperatorSettings,
    source="https://github.com/dapr/components-contrib/pull/3217",
)
def dapr_knows_how_it_may_sign_in(operator: DaprOperatorSettings) -> Iterator[Violation]:
    """An older sidecar passes azureAuthMethods over, and takes on whatever identity it finds, the node's among them."""
    if operator.version and version_numbers(operator.version) < _METHODS_SINCE:
        oldest = ".".join(map(str, _METHODS_SINCE))
        yield Violation(
            ("version",),
            f"{operator.version} may read the vault as the node",
            f"choose {oldest} or newer",
            dapr.CHART.version,
        )
