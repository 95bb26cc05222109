"""Settings that the rules of ``rules/sync_controller.py`` refuse, with the exact words."""

from tests.settings.cases import case

CASES = [
    case(
        "sync-poll-interval-lowest",
        {"operators.sync_controller": {"poll_interval": "30s"}},
        "operators.sync_controller.poll_interval: '30s' is less than a minute; choose at least a minute (pulumi config set --path 'operators.sync_controller.poll_interval' 1h)",
    ),
    case(
        "sync-controller-key-of-another-install",
        {"operators": {"sync_controller": {"install": "existing", "version": "0.0.4"}}},
        "operators.sync_controller.version: has no effect with install: existing; remove it, or choose helm (pulumi config rm --path 'operators.sync_controller.version')",
    ),
    case(
        "sync-controller-polls",
        {"operators.sync_controller": {"version": "0.0.3"}},
        "operators.sync_controller.version: 0.0.3 has no poll interval, so no new value arrives; choose 0.0.4 or newer (pulumi config set --path 'operators.sync_controller.version' 0.0.4)",
    ),
]
