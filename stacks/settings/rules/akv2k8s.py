"""Rules for ``operators.akv2k8s``."""

from collections.abc import Iterator

from components.operators import akv2k8s
from stacks.settings.model.akv2k8s import Akv2k8sInstall, Akv2k8sSettings
from stacks.settings.rules.operators import NOT_READ, unread_keys, version_numbers
from stacks.settings.validation.registry import Violation, rule

_SINCE = (2, 5, 0)


@rule(
    "akv2k8s-resync-period-lowest",
    Akv2k8sSettings,
    source=(
        "our own choice: each resync reads every object twice, and a period of 0 means never"
        " (https://github.com/SparebankenVest/azure-key-vault-to-kubernetes/blob/controller-1.8.4/cmd/"
        "azure-keyvault-controller/controller/azureKeyVaultSecret.go)"
    ),
)
def resyncs_are_half_a_minute_apart(controller: Akv2k8sSettings) -> Iterator[Violation]:
    """Key Vault answers 4,000 reads in 10 seconds."""
    if controller.resync_seconds < 30:
        problem = f"{controller.resync_period!r} is less than 30 seconds"
        yield Violation(("resync_period",), problem, "choose at least 30 seconds", "30s")


@rule("akv2k8s-key-of-another-install", Akv2k8sSettings, source=NOT_READ)
def keys_belong_to_the_install_method(controller: Akv2k8sSettings) -> Iterator[Violation]:
    """The program configures only a controller that it installs."""
    keys = ("namespace", "version", "resync_period")
    yield from unread_keys(controller, controller.install, {key: [Akv2k8sInstall.HELM] for key in keys})


@rule(
    "akv2k8s-workload-identity",
    Akv2k8sSettings,
    source=(
        "https://github.com/SparebankenVest/azure-key-vault-to-kubernetes/pull/442, released with 1.5.0, in"
        " chart 2.5.0"
    ),
)
def the_controller_knows_workload_identity(controller: Akv2k8sSettings) -> Iterator[Violation]:
    """An older controller reads as the nodes, or with a client secret."""
    if version_numbers(controller.version) < _SINCE:
        newest = akv2k8s.CHART.version
        problem = f"{controller.version} does not sign in with workload identity"
        yield Violation(("version",), problem, f"choose {newest}", newest)
