"""Settings that the rules of ``model/external_secrets.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DB, eso

CASES = [
    case(
        "refresh-interval",
        eso(DB, external_secrets={"refresh_interval": "hourly"}),
        "workloads[0].external_secrets.refresh_interval: 'hourly' is not a duration; write it in hours, minutes and seconds",
    ),
]
