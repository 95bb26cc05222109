"""Settings that the model of ``model/sync_controller.py`` refuses, with the exact words."""

from tests.settings.cases import case

CASES = [
    case(
        "sync-poll-interval",
        {"operators.sync_controller": {"poll_interval": "hourly"}},
        "operators.sync_controller.poll_interval: 'hourly' is not a duration; write it in hours, minutes and seconds",
    ),
]
