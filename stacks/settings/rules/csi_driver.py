"""Rules for ``operators.csi_driver``."""

from collections.abc import Iterator

from stacks.settings.model.csi_driver import CsiDriverInstall, CsiDriverSettings
from stacks.settings.rules.operators import NOT_READ, unread_keys
from stacks.settings.validation.registry import Violation, rule


@rule(
    "rotation-poll-interval-lowest",
    CsiDriverSettings,
    source=(
        "our own choice: each poll reads every mounted secret of every pod"
        " (secrets-store-csi-driver-provider-azure#1416)"
    ),
)
def polls_are_a_minute_apart(driver: CsiDriverSettings) -> Iterator[Violation]:
    """Key Vault answers 4,000 reads in 10 seconds. Each poll reads every mounted object of every pod."""
    if driver.poll_seconds < 60:
        yield Violation(
            ("poll_interval",),
            f"{driver.poll_interval!r} is less than a minute",
            "choose at least a minute",
            "2m",
        )


@rule("key-of-another-install", CsiDriverSettings, source=NOT_READ)
def keys_belong_to_the_install_method(driver: CsiDriverSettings) -> Iterator[Violation]:
    """AKS chooses namespace and version of the add-on; an existing driver has its own."""
    yield from unread_keys(
        driver, driver.install, {"namespace": [CsiDriverInstall.HELM], "version": [CsiDriverInstall.HELM]}
    )


@rule("poll-needs-rotation", CsiDriverSettings, source=NOT_READ)
def only_rotation_polls(driver: CsiDriverSettings) -> Iterator[Violation]:
    """Without rotation the driver reads a value once, when a pod starts."""
    if not driver.rotation and "poll_interval" in driver.model_fields_set:
        yield Violation(
            ("poll_interval",),
            "has no effect with rotation: false",
            "remove it, or set rotation",
            remove=True,
        )
