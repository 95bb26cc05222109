"""Settings that the rules of ``rules/role_assignments.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import workload

CASES = [
    case(
        "grant-number",
        {
            "workloads": [
                workload(name=f"w{i}", secrets=[{"name": f"s{j}", "from": "existing"} for j in range(40)])
                for i in range(88)
            ]
        },
        "workloads: 3520 role assignments, one per workload and secret; the limit is 3500, of 4000 in a subscription: share identities, or set scope: vault",
    ),
]
