"""Settings that the rules of ``rules/external_secrets_operator.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DB, eso

CASES = [
    case(
        "external-secrets-key-of-another-install",
        {"operators": {"external_secrets": {"install": "existing", "replicas": 2}}},
        "operators.external_secrets.replicas: has no effect with install: existing; remove it, or choose helm (pulumi config rm --path 'operators.external_secrets.replicas')",
    ),
    case(
        "external-secrets-scope-is-one",
        {"operators": {"external_secrets": {"scoped_namespace": "shop", "cluster_wide": True}}},
        "operators.external_secrets.scoped_namespace: has no effect with cluster_wide: true; remove one of them (pulumi config rm --path 'operators.external_secrets.scoped_namespace')",
    ),
    case(
        "scoped-operator-serves-all",
        eso(DB) | {"operators": {"external_secrets": {"scoped_namespace": "till"}}},
        "workloads[0].namespace: 'shop' is not watched: operators.external_secrets.scoped_namespace is 'till'; choose that namespace, or remove scoped_namespace",
        "operators.external_secrets.scoped_namespace: 'till' is the namespace of no workload; choose a namespace of the stack",
    ),
    case(
        "external-secrets-chart-limits-tokens",
        {"operators": {"external_secrets": {"version": "2.4.0"}}},
        "operators.external_secrets.version: 2.4.0 may request tokens of every ServiceAccount; choose 2.5.0 or newer, or set cluster_wide: true (pulumi config set --path 'operators.external_secrets.version' 2.9.0)",
    ),
    case(
        "external-secrets-push-is-on",
        {**eso(DB), "operators": {"external_secrets": {"cluster_wide": True, "push_secrets": True}}},
        "operators.external_secrets.push_secrets: has no effect with cluster_wide: true, which includes it;"
        " remove it (pulumi config rm --path 'operators.external_secrets.push_secrets')",
    ),
    # what a review found to be accepted and not to work
    case(
        "external-secrets-chart-serves-v1",
        {"operators": {"external_secrets": {"version": "0.9.0", "cluster_wide": True}}},
        "operators.external_secrets.version: 0.9.0 does not serve external-secrets.io/v1; choose 2.9.0 (pulumi config set --path 'operators.external_secrets.version' 2.9.0)",
    ),
    case(
        "scoped-namespace-is-there",
        {"operators": {"external_secrets": {"scoped_namespace": "till"}}},
        "operators.external_secrets.scoped_namespace: 'till' is the namespace of no workload; choose a namespace of the stack",
    ),
    case(
        "scoped-namespace-is-there",
        {
            "composition": "platform",
            "workloads": None,
            "operators": {"external_secrets": {"scoped_namespace": "till"}},
        },
        "operators.external_secrets.scoped_namespace: 'till' is not in namespaces; choose a namespace of the stack",
    ),
    case(
        "operator-knows-the-policy",
        eso(DB, external_secrets={"creation_policy": "CreateOrMerge"})
        | {"operators": {"external_secrets": {"version": "2.5.0"}}},
        "workloads[0].external_secrets.creation_policy: 'CreateOrMerge' needs operators.external_secrets.version 2.8.0 or newer, not 2.5.0; choose another policy, or a newer version (pulumi config set --path 'workloads[0].external_secrets.creation_policy' Owner)",
    ),
]
