"""Settings that the rules of ``model/dapr.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DB, dapr

CASES = [
    case(
        "dapr-app-id",
        dapr(DB, dapr={"app_id": "Shop"}),
        "workloads[0].dapr.app_id: 'Shop' is not an app id; use 1 to 58 lower-case letters, digits and hyphens, a letter or digit at each end, because Dapr appends -dapr (pulumi config set --path 'workloads[0].dapr.app_id' shop)",
    ),
]
