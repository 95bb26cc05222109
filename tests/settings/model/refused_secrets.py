"""Settings that the rules of ``model/secrets.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import secret, workload

CASES = [
    case(
        "content-type",
        {"workloads": [workload(secrets=[secret(**{"from_": "random", "content_type": "x" * 256})])]},
        "workloads[0].secrets[0].content_type: the value is not a content type; use at most 255 characters",
    ),
    case(
        "random-length",
        {"workloads": [workload(secrets=[secret(**{"from_": "random", "length": 4})])]},
        "workloads[0].secrets[0].length: 4 characters is out of range; choose 8 to 128 (pulumi config set --path 'workloads[0].secrets[0].length' 8)",
    ),
    case(
        "config-key",
        {"workloads": [workload(secrets=[secret(from_="config", config_key="canary 7f3a!")])]},
        "workloads[0].secrets[0].config_key: the value is not a config key; use 1 to 127 letters, digits, hyphens, underscores and full stops",
    ),
]
