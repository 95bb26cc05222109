"""Settings that the model of ``model/akv2k8s.py`` refuses, with the exact words."""

from tests.settings.cases import case

CASES = [
    case(
        "akv2k8s-resync-period",
        {"operators.akv2k8s": {"resync_period": "often"}},
        "operators.akv2k8s.resync_period: 'often' is not a duration; write it in hours, minutes and seconds",
    ),
]
