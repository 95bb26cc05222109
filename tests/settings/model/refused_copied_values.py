"""Values of sections ``stack`` and ``resource`` of a secret that the settings refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import secret, workload

CASES = [
    case(
        "copied-resource-id",
        {
            "workloads": [
                workload(secrets=[secret(from_="resource", resource={"id": "canary-7f3a", "value": "key1"})])
            ]
        },
        "workloads[0].secrets[0].resource.id: the value is not an id of a resource; use the id that `az resource list --query [].id --output tsv` prints",
    ),
]
