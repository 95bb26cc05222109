"""Unknown keys that ``unknown_keys.py`` refuses, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import WITH_SYSTEM_POOL, eso, pod, secret, workload

CASES = [
    case(
        "unknown-key",
        {"workloads": [pod(depends_on=["migrate"])]},
        "workloads[0].depends_on: unknown key; did you mean 'after'? rename it in the stack file",
    ),
    case(
        "unknown-key",
        {"workloads": [pod(priorityClassName="high")]},
        "workloads[0].priorityClassName: unknown key; did you mean 'priority_class'? rename it in the stack file",
    ),
    case(
        "unknown-key",
        {"nodepool": {"x": 1}},
        "nodepool: unknown key; it belongs to cluster.user_pools: move it there in the stack file",
    ),
    case(
        "unknown-key",
        {"cluster.system_pol": {"vm_size": "Standard_D2s_v5"}},
        "cluster.system_pol: unknown key; did you mean 'system_pool'? rename it in the stack file",
    ),
    case(
        "unknown-key",
        {"workloads": [workload(secrets=[secret(**{"from_": "existing", "fromm": "x"})])]},
        "workloads[0].secrets[0].fromm: unknown key; did you mean 'from'? rename it in the stack file",
    ),
    case(
        "unknown-key",
        {"workload": [], "workloads": [], "identities": [{"name": "readers"}]},
        "workload: unknown key; did you mean 'workloads'? rename it in the stack file",
    ),
    case(
        "unknown-key",
        eso(secret(from_="existing", environment="DB")),
        "workloads[0].secrets[0].environment: unknown key; did you mean 'env'? rename it in the stack file",
    ),
    # A value sticks to its key if the space behind the colon is missing: only the key is shown.
    case(
        "unknown-key",
        {"workloads": [workload(secrets=[{"name": "db", "from": "config", "value:canary-7f3a": None}])]},
        "workloads[0].secrets[0].value: ':' is part of the key, because no space is behind it; write a space behind the colon: 'value: …'",
    ),
    case(
        "unknown-key",
        {"workloads": [workload(secrets=[{"name": "db", "from": "config", "canary-7f3a": None}])]},
        'workloads[0].secrets[0]["…"]: unknown key, which is not shown here; choose env, file, kubernetes_secret, version, version_history, format, encoding, permission, property, extract, env_from, rewrite, variable_names, name, vault, type, rights, from, value, sensitive, config_key, stack, resource, length, special, rotated, content_type, not_before, expires or manage',
    ),
    case(
        "unknown-key",
        {"canary-7f3a": "x"},
        "aks-secrets:…: unknown key, which is not shown here; choose platform, cluster, network, vault, vaults, workloads, identities, resource_groups, namespaces, operators, monitoring, people, tags, labels, waivers, base, composition, technique or grants",
    ),
    # Keys one level too high or too low, and the words of Kubernetes and Azure.
    case(
        "unknown-key",
        {"cluster.pod_cidr": "10.245.0.0/16"},
        "cluster.pod_cidr: unknown key; it belongs to cluster.network.pod_cidr: move it there in the stack file",
    ),
    case(
        "unknown-key",
        {"cluster.network.kubernetes_version": "1.36"},
        "cluster.network.kubernetes_version: unknown key; it belongs to cluster.kubernetes_version: move it there in the stack file",
    ),
    case(
        "unknown-key",
        {"workloads": [workload(livenessProbe={"path": "/"})]},
        "workloads[0].livenessProbe: unknown key; it belongs to workloads[0].probes.liveness: move it there in the stack file",
    ),
    case(
        "unknown-key",
        {"workloads": [workload(nodeSelector={"pool": "apps"})]},
        "workloads[0].nodeSelector: unknown key; did you mean 'node_selector'? rename it in the stack file",
    ),
    case(
        "unknown-key",
        {"workloads": [workload(value="canary-7f3a")]},
        "workloads[0].value: unknown key; it belongs to workloads[0].secrets[].value: move it there in the stack file",
    ),
    case(
        "unknown-key",
        {"pod_cidr": "10.245.0.0/16"},
        "pod_cidr: unknown key; it belongs to cluster.network.pod_cidr: move it there in the stack file",
    ),
    case(
        "unknown-key",
        {"azure-native:location": None, "location": "westeurope"},
        "aks-secrets:location: unknown key; the region stands under the provider's key: rename it azure-native:location in the stack file",
    ),
    case(
        "unknown-key",
        {"cluster": None, "aks-secrets": {"cluster": WITH_SYSTEM_POOL, "tags": {}}},
        "aks-secrets: the sections stand below a key of the project's name, where the program reads nothing; write each as a key of its own below config: aks-secrets:cluster",
    ),
    # What stands below an unknown key would be lost with it.
    case(
        "unknown-key",
        {"cluster.node_network": {"mode": "istio"}},
        "cluster.node_network: unknown key; choose existing, name, resource_group, node_resource_group, tier, support_plan, kubernetes_version, system_pool, user_pools, upgrades, network, entra, local_accounts, authorized_ip_ranges, private, kms, former_kms_vault_ids, image_cleaner_interval_hours, app_routing, container_registries, export_kubeconfig or protect",
    ),
    case(
        "unknown-key",
        {"cluster.node_network": "istio"},
        "cluster.node_network: unknown key; choose existing, name, resource_group, node_resource_group, tier, support_plan, kubernetes_version, system_pool, user_pools, upgrades, network, entra, local_accounts, authorized_ip_ranges, private, kms, former_kms_vault_ids, image_cleaner_interval_hours, app_routing, container_registries, export_kubeconfig or protect (pulumi config rm --path 'cluster.node_network')",
    ),
    # Its own key for this is azure-native's, which would move the whole stack.
    case(
        "unknown-key",
        {
            "vault": {"existing": {"name": "kv-hub", "resource_group": "rg-hub", "subscription": "x"}},
            "cluster.subscriptionId": "x",
        },
        "cluster.subscriptionId: unknown key, since another subscription is part of an ARM id; remove it, and name what exists there by existing.id",
        "vault.existing.subscription: unknown key, since another subscription is part of an ARM id; remove it, and name it by id",
    ),
    # Flexible federated credentials accept no tokens of AKS.
    case(
        "unknown-key",
        {"workloads": [workload(claims_matching_expression="claims['sub'] matches 'system:*'")]},
        "workloads[0].claims_matching_expression: unknown key, since Entra takes an expression for tokens of GitHub, GitLab and Terraform Cloud, not of AKS; remove it; many workloads share an identity with access: identity-binding",
    ),
    case(  # a processor of another kind is no misspelled cpu
        "unknown-key",
        {"workloads": [pod(resources={"limits": {"gpu": 1}})]},
        "workloads[0].resources.limits.gpu: unknown key; write it below workloads[0].overrides, with Kubernetes' own keys",
    ),
]
