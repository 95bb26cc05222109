"""Settings that the rules of ``loader.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import workload

CASES = [
    case(
        "sovereign-cloud",
        {"azure-native:environment": "china"},
        "azure-native:environment: 'china' is a sovereign cloud; the program supports only Azure's public cloud, public",
    ),
    case(
        "section-is-structured",
        {"vault": "kv-shop-dev"},
        "vault: got text; write keys with values below it in the stack file, or use `pulumi config set --path`",
    ),
    case(
        "section-is-structured",
        {"workloads": "shop"},
        "workloads: got text; write a list below it in the stack file, or use `pulumi config set --path`",
    ),
    case(
        "secret-in-a-section",
        {"vault": {"name": "kv-shop-dev"}},
        "vault: holds an encrypted value, but Pulumi cannot tell which part of a structured key is secret; set the value under a key of its own with `pulumi config set --secret secret-values:…`, and read it with from: config",
        secret=("aks-secrets:vault",),
    ),
    case(
        "secret-in-a-section",
        {},
        "azure-native:location: is encrypted; set it again without --secret: a region is not secret",
        secret=("azure-native:location",),
    ),
    case(
        "section-is-structured",
        {"azure-native:location": ["westeurope"]},
        "azure-native:location: got a list or keys with values; write the short name of one region as text",
    ),
    # one section that cannot be read: rules across sections stay silent, above all those that suggest to remove something
    case(
        "secret-in-a-section",
        {
            "workloads": [workload(identity="readers")],
            "identities": [{"name": "readers"}],
            "secret-values:db": "canary-7f3a",
        },
        "workloads: holds an encrypted value, but Pulumi cannot tell which part of a structured key is secret; set the value under a key of its own with `pulumi config set --secret secret-values:…`, and read it with from: config",
        secret=("aks-secrets:workloads", "secret-values:db"),
    ),
]
