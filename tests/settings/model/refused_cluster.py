"""Settings that the rules of ``model/cluster.py`` refuse, with the exact words."""

from tests.settings.cases import case

CASES = [
    case(
        "cluster-name",
        {"cluster.name": "-shop"},
        "cluster.name: '-shop' is not a cluster name; use 1 to 63 letters, digits, hyphens and underscores, a letter or digit first and last (pulumi config set --path 'cluster.name' shop)",
    ),
    case(
        "kubernetes-version",
        {"cluster.kubernetes_version": "v1.36"},
        "cluster.kubernetes_version: 'v1.36' is not a Kubernetes version; use a minor version of AKS in quotes, or one with its patch (pulumi config set --path 'cluster.kubernetes_version' 1.36)",
    ),
    case(
        "image-cleaner-interval",
        {"cluster.image_cleaner_interval_hours": 1},
        "cluster.image_cleaner_interval_hours: 1 hour is out of range; choose 24 to 2160 (pulumi config set --path 'cluster.image_cleaner_interval_hours' 24)",
    ),
]
