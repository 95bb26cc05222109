"""Settings that the rules of ``rules/kept_secrets.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DRIVER, csi, eso, secret

_DB = secret(from_="existing", env="DB_PASSWORD")

CASES = [
    case(
        "kept-secret-is-of-an-earlier-release",
        eso(_DB, kept_secrets={"shop-secrets": ["db-password"]}),
        "workloads[0].kept_secrets.shop-secrets: is not a name that a release up to 0.1.0 gave: shop-external, a hyphen and 6 hexadecimal digits; set kubernetes_secret.name of each value instead (pulumi config rm --path 'workloads[0].kept_secrets.shop-secrets')",
    ),
    case(
        "kept-secret-has-its-keys",
        {"workloads": [csi(_DB, kept_secrets={"shop-synced-a4ed57": ["db-pasword"]})], **DRIVER},
        "workloads[0].kept_secrets.shop-synced-a4ed57[0]: 'db-pasword' is not a key of the workload's values; choose db-password",
    ),
]
