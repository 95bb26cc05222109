"""Rules for ``operators.dapr``: which keys go with which ``install``, and the versions that the program
relies on.
"""

from collections.abc import Iterator

from components.operators import dapr
from stacks.settings.model.dapr_operator import DaprInstall, DaprOperatorSettings
from stacks.settings.rules.operators import NOT_READ, unread_keys, version_numbers
from stacks.settings.validation.registry import Violation, rule


@rule("dapr-key-of-another-install", DaprOperatorSettings, source=NOT_READ)
def keys_belong_to_the_install_method(operator: DaprOperatorSettings) -> Iterator[Violation]:
    """The extension has its own namespace and its own settings."""
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
    source=(
        "https://learn.microsoft.com/azure/aks/dapr: without a version Azure upgrades it, which is not"
        " for production"
    ),
)
def an_extension_has_a_version(operator: DaprOperatorSettings) -> Iterator[Violation]:
    """The extension's versions follow Dapr's with a delay, so the program cannot choose a default."""
    if operator.install is DaprInstall.EXTENSION and operator.version is None:
        listing = (
            "az k8s-extension extension-types list-versions-by-location --extension-type Microsoft.Dapr"
            " --location <location>"
        )
        yield Violation(
            ("version",),
            "missing, so Azure would upgrade Dapr at any time",
            "choose a version that Azure lists",
            command=listing,
        )


_RESERVED_SETTINGS = {
    "global.ha.enabled": "high_availability",
    "dapr_sidecar_injector.sidecarDropALLCapabilities": None,
}


@rule(
    "dapr-extension-settings",
    DaprOperatorSettings,
    source="https://learn.microsoft.com/azure/aks/dapr-settings",
)
def extension_settings_are_not_reserved(operator: DaprOperatorSettings) -> Iterator[Violation]:
    """Some settings have a key of their own, and the techniques rely on others."""
    for name in operator.settings:
        if name in _RESERVED_SETTINGS:
            key = _RESERVED_SETTINGS[name]
            reason = f"from {key}" if key else "because namespaces that enforce restricted need it"
            problem = f"is set by the program, {reason}"
            yield Violation(("settings", name), problem, "remove it", remove=True)


_METHODS_SINCE = (1, 13, 0)


@rule(
    "dapr-knows-the-method",
    DaprOperatorSettings,
    source="https://github.com/dapr/components-contrib/pull/3217",
)
def dapr_supports_the_authentication_method(operator: DaprOperatorSettings) -> Iterator[Violation]:
    """An older sidecar ignores azureAuthMethods and uses any identity that it finds, even the node's."""
    if operator.version and version_numbers(operator.version) < _METHODS_SINCE:
        oldest = ".".join(map(str, _METHODS_SINCE))
        yield Violation(
            ("version",),
            f"{operator.version} could read the vault with the node's identity",
            f"choose {oldest} or newer",
            dapr.CHART.version,
        )
