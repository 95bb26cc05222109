"""Rules for ``operators.sync_controller``."""

from collections.abc import Iterator

from components.operators import sync_controller
from stacks.settings.model.sync_controller import SyncControllerInstall, SyncControllerSettings
from stacks.settings.rules.operators import NOT_READ, unread_keys, version_numbers
from stacks.settings.validation.registry import Violation, rule


@rule(
    "sync-poll-interval-lowest",
    SyncControllerSettings,
    source=(
        "our own choice: each poll reads every listed object, and an interval of 0 means never"
        " (https://github.com/kubernetes-sigs/secrets-store-sync-controller/blob/v0.0.4/cmd/main.go)"
    ),
)
def polls_are_a_minute_apart(controller: SyncControllerSettings) -> Iterator[Violation]:
    """Key Vault answers 4,000 reads in 10 seconds."""
    if controller.poll_seconds < 60:
        problem = f"{controller.poll_interval!r} is less than a minute"
        yield Violation(("poll_interval",), problem, "choose at least a minute", "1h")


@rule("sync-controller-key-of-another-install", SyncControllerSettings, source=NOT_READ)
def keys_belong_to_the_install_method(controller: SyncControllerSettings) -> Iterator[Violation]:
    """The program configures only a controller that it installs."""
    keys = ("namespace", "version", "provider_version", "poll_interval")
    yield from unread_keys(
        controller, controller.install, {key: [SyncControllerInstall.HELM] for key in keys}
    )


_POLLS_SINCE = (0, 0, 4)


@rule(
    "sync-controller-polls",
    SyncControllerSettings,
    source="https://github.com/kubernetes-sigs/secrets-store-sync-controller/tree/v0.0.3/cmd: no such flag",
)
def the_chart_polls_the_vault(controller: SyncControllerSettings) -> Iterator[Violation]:
    """An older controller reads the vault only when a SecretSync changes."""
    if version_numbers(controller.version) < _POLLS_SINCE:
        newest = sync_controller.CHART.version
        problem = f"{controller.version} has no poll interval, so no new value arrives"
        yield Violation(("version",), problem, f"choose {newest} or newer", newest)
