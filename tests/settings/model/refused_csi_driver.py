"""Settings that the rules of ``model/csi_driver.py`` refuse, with the exact words."""

from tests.settings.cases import case

CASES = [
    case(
        "rotation-poll-interval",
        {"operators.csi_driver": {"poll_interval": "2 minutes"}},
        "operators.csi_driver.poll_interval: '2 minutes' is not a duration; write it in hours, minutes and seconds (pulumi config set --path 'operators.csi_driver.poll_interval' 2m)",
    ),
]
