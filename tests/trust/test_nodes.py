"""The facts that typed nodes hold of the objects that deliver secrets, and of pods."""

from typing import Any

import pytest

from trust import SECRET, UNKNOWN, Graph, Node
from trust.chain import Chain
from trust.nodes.fields import same_text, vault_in_id, vault_of_url
from trust.values import Text


def node(token: str, **inputs: Any) -> Node:
    return Node(urn=f"urn:pulumi:dev::app::{token}::x", type=token, name="x", inputs=inputs)


def chain_of(*nodes: Node) -> Chain:
    return Chain.read(Graph(nodes, "state"))


def kubernetes(kind: str, api_version: str, **fields: Any) -> Node:
    metadata = {"name": "web", "namespace": "shop", **fields.pop("metadata", {})}
    group = api_version if "/" in api_version else f"core/{api_version}"
    return node(f"kubernetes:{group}:{kind}", metadata=metadata, **fields)


CLASS = {
    "keyvaultName": "KV-Shop",
    "clientID": "c1",
    "tenantId": "t1",
    "usePodIdentity": "false",
    "useVMManagedIdentity": "true",
    "userAssignedIdentityID": "n1",
    "objects": "array:\n  - |\n    objectName: a\n    objectType: secret\n  - |\n    objectName: b\n"
    "    objectType: cert\n  - |\n    objectName: c\n    objectType: key\n",
}


def test_a_class_of_the_csi_driver() -> None:
    parameters = kubernetes(
        "SecretProviderClass", "secrets-store.csi.x-k8s.io/v1", spec={"parameters": CLASS}
    )
    (provider_class,) = chain_of(parameters).secret_provider_classes
    assert [(ask.kind, ask.name, ask.vault) for ask in provider_class.asks] == [
        ("secret", "a", "kv-shop"),
        ("certificate", "b", "kv-shop"),
        ("key", "c", "kv-shop"),
    ]
    assert (provider_class.client_id, provider_class.tenant_id) == ("c1", "t1")
    assert (provider_class.uses_node_identity, provider_class.node_identity_client_id) == (True, "n1")
    assert (provider_class.uses_pod_identity, provider_class.key[1:]) == (False, ("shop", "web"))


@pytest.mark.parametrize(
    ("objects", "names"), [(UNKNOWN, [UNKNOWN]), (None, []), ("array: [", []), ("array:\n  - a: 1\n", [""])]
)
def test_objects_that_cannot_be_read(objects: Any, names: list[Text]) -> None:
    spec = {"parameters": {**CLASS, "objects": objects}}
    (provider_class,) = chain_of(
        kubernetes("SecretProviderClass", "secrets-store.csi.x-k8s.io/v1", spec=spec)
    ).secret_provider_classes
    assert [ask.name for ask in provider_class.asks] == names


def test_a_store_and_an_external_secret() -> None:
    azure = {
        "vaultUrl": "https://KV-shop.vault.azure.net/",
        "authType": "WorkloadIdentity",
        "serviceAccountRef": {"name": "web"},
    }
    spec = {
        "secretStoreRef": {"kind": "SecretStore", "name": "web"},
        "target": {"name": "target"},
        "data": [
            {"remoteRef": {"key": "secret/a"}},
            {"remoteRef": {"key": "cert/b"}, "sourceRef": {"storeRef": {"name": "other"}}},
            {"remoteRef": {"key": "c"}},
        ],
        "dataFrom": [{"extract": {"key": "d"}}, {"find": {"name": {"regexp": "^e"}}}],
    }
    chain = chain_of(
        kubernetes("SecretStore", "external-secrets.io/v1", spec={"provider": {"azurekv": azure}}),
        kubernetes("ExternalSecret", "external-secrets.io/v1beta1", spec=spec),
    )
    (store,), (secret,) = chain.secret_stores, chain.external_secrets
    assert (store.vault, store.auth_type, store.service_account) == (
        "kv-shop",
        "WorkloadIdentity",
        ("shop", "web"),
    )
    assert (store.identity_id, store.api_version) == ("", "external-secrets.io/v1")
    assert (secret.target, secret.api_version) == ("target", "external-secrets.io/v1beta1")
    web, other = ("SecretStore", "web"), ("SecretStore", "other")
    assert [(store, ask.kind, ask.name, ask.searches) for store, ask in secret.asks] == [
        (web, "secret", "a", False),
        (other, "certificate", "b", False),
        (web, "secret", "c", False),
        (web, "secret", "d", False),
        (web, "secret", "*", True),
    ]


def test_a_store_of_the_whole_cluster_names_the_namespace_of_its_account() -> None:
    azure = {"vaultUrl": UNKNOWN, "serviceAccountRef": {"name": "web", "namespace": "team"}}
    store = node(
        "kubernetes:external-secrets.io/v1:ClusterSecretStore",
        metadata={"name": "all"},
        spec={"provider": {"azurekv": azure}},
    )
    (whole,) = chain_of(store).secret_stores
    assert (whole.namespace, whole.vault, whole.service_account) == ("", UNKNOWN, ("team", "web"))
    assert whole.auth_type == "ServicePrincipal"


def test_a_component_and_a_configuration_of_dapr() -> None:
    metadata = [{"name": "vaultName", "value": "KV-shop"}, {"name": "azureAuthMethods", "value": "cli"}]
    spec = {"type": "secretstores.azure.keyvault", "metadata": metadata}
    scope = {"storeName": "web", "defaultAccess": "deny", "allowedSecrets": ["a"]}
    chain = chain_of(
        kubernetes("Component", "dapr.io/v1alpha1", spec=spec, scopes=["web"]),
        kubernetes("Configuration", "dapr.io/v1alpha1", spec={"secrets": {"scopes": [scope]}}),
    )
    (component,), (configuration,) = chain.dapr_components, chain.dapr_configurations
    assert (component.vault, component.scopes, component.auth_methods) == ("kv-shop", ("web",), "cli")
    assert component.client_id == ""
    assert configuration.scope_of("web") == scope
    assert configuration.scope_of("other") is None


@pytest.mark.parametrize(
    ("kind", "group", "nest"),
    [
        ("Deployment", "apps/v1", lambda template: {"spec": {"template": template}}),
        ("CronJob", "batch/v1", lambda template: {"spec": {"jobTemplate": {"spec": {"template": template}}}}),
        ("Pod", "v1", lambda template: {"spec": template["spec"], "metadata": template["metadata"]}),
    ],
)
def test_the_template_of_pods(kind: str, group: str, nest: Any) -> None:
    pod = {
        "serviceAccountName": "web",
        "initContainers": [{"name": "init", "envFrom": [{"secretRef": {"name": "all"}}]}],
        "containers": [
            {
                "name": "web",
                "env": [
                    {"name": "PLAIN", "value": "1"},
                    {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "b"}}},
                ],
            }
        ],
        "volumes": [
            {"secret": {"secretName": "v", "items": [{"key": "k", "path": "p"}]}},
            {
                "projected": {
                    "sources": [
                        {"serviceAccountToken": {"audience": "api://AzureADTokenExchange"}},
                        {"secret": {"name": "p"}},
                    ]
                }
            },
        ],
    }
    template = {
        "metadata": {
            "labels": {"azure.workload.identity/use": "true", "app": "web"},
            "annotations": {"dapr.io/app-id": "web"},
        },
        "spec": pod,
    }
    (pods,) = chain_of(kubernetes(kind, group, **nest(template))).pod_owners
    assert (pods.kind, pods.service_account, pods.has_token_label) == (kind, "web", True)
    assert pods.pod_annotations == {"dapr.io/app-id": "web"}
    assert set(pods.secret_keys) == {("all", ""), ("s", "b"), ("v", "k"), ("p", "")}
    assert pods.token_audiences == ("api://AzureADTokenExchange",)
    assert [(container["name"], variable["name"]) for container, variable in pods.env] == [
        ("web", "PLAIN"),
        ("web", "B"),
    ]


def test_rbac_of_the_cluster() -> None:
    binding = kubernetes(
        "RoleBinding",
        "rbac.authorization.k8s.io/v1",
        roleRef={"kind": "Role", "name": "web"},
        subjects=[{"kind": "ServiceAccount", "name": "eso", "namespace": "eso"}],
    )
    role = kubernetes("Role", "rbac.authorization.k8s.io/v1", rules=[{"verbs": ["create"]}])
    chain = chain_of(binding, role)
    assert chain.role_bindings[0].role == ("Role", "web")
    assert chain.role_bindings[0].subjects[0]["name"] == "eso"
    assert chain.roles[0].rules == [{"verbs": ["create"]}]


def test_what_holds_values_in_the_cluster() -> None:
    chain = chain_of(
        kubernetes("Secret", "v1", stringData={"a": SECRET}, data={"b": "plain"}),
        kubernetes("ConfigMap", "v1", data={"a": "1"}),
        node("kubernetes:helm.sh/v3:Release", name="dapr", chart="dapr", version="1", values={"a": 1}),
    )
    assert chain.secrets[0].values == {"a": SECRET, "b": "plain"}
    assert chain.config_maps[0].values == {"a": "1"}
    (release,) = chain.releases
    assert (release.name, release.chart, release.version, release.values) == ("dapr", "dapr", "1", {"a": 1})
    whole = chain_of(kubernetes("Secret", "v1", stringData=SECRET))
    assert whole.secrets[0].values is None


@pytest.mark.parametrize(
    ("spec", "denies"),
    [
        ({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}, True),
        ({"podSelector": {}, "policyTypes": ["Ingress"]}, False),
        ({"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "egress": [{}]}, False),
        ({"podSelector": {"matchLabels": {"a": "b"}}, "policyTypes": ["Ingress", "Egress"]}, False),
    ],
)
def test_a_policy_that_denies_by_default(spec: Any, denies: bool) -> None:
    chain = chain_of(kubernetes("NetworkPolicy", "networking.k8s.io/v1", spec=spec))
    assert chain.network_policies[0].denies_by_default is denies


def test_what_another_stack_publishes_is_known_by_name_only() -> None:
    platform = {
        "version": 2,
        "cluster": {"name": "aks", "id": "/c", "issuerUrl": "https://issuer/"},
        "vault": {"name": "KV-one", "id": "/v", "uri": "https://kv-one.vault.azure.net/"},
        "vaults": {"other": {"name": "kv-two", "id": "/w", "uri": "https://kv-two.vault.azure.net/"}},
    }
    reference = Node(
        urn="u::p::pulumi:pulumi:StackReference::platform",
        type="pulumi:pulumi:StackReference",
        name="platform",
        outputs={"name": "org/platform", "outputs": {"platform": platform}},
    )
    chain = chain_of(reference)
    (cluster,) = chain.clusters
    assert (cluster.issuer, cluster.is_reference, cluster.oidc_enabled) == ("https://issuer/", True, UNKNOWN)
    assert [(vault.name, vault.is_reference, vault.rbac) for vault in chain.vaults] == [
        ("kv-one", True, UNKNOWN),
        ("kv-two", True, UNKNOWN),
    ]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://KV-a.vault.azure.net/", "kv-a"),
        ("https://kv-a.vault.azure.net", "kv-a"),
        ("https://kv-a.vault.usgovcloudapi.net/", "kv-a"),
        ("https://example.com/", ""),
        ("", ""),
        (UNKNOWN, UNKNOWN),
    ],
)
def test_the_vault_of_a_url(url: Text, name: Text) -> None:
    assert vault_of_url(url) is name or vault_of_url(url) == name


@pytest.mark.parametrize(
    ("resource_id", "parts"),
    [
        ("/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/KV", ("kv", "", "")),
        (
            "/subscriptions/s/resourcegroups/g/providers/Microsoft.KeyVault/vaults/KV/secrets/A",
            ("kv", "secrets", "A"),
        ),
        ("/subscriptions/s/resourceGroups/g", ("", "", "")),
        (UNKNOWN, (UNKNOWN, "", "")),
    ],
)
def test_the_vault_in_an_id(resource_id: Text, parts: tuple[Text, str, str]) -> None:
    assert vault_in_id(resource_id) == parts


def test_ids_are_compared_without_case() -> None:
    assert same_text("/A", "/a") is True
    assert same_text("/A", "/b") is False
    assert same_text("/A", UNKNOWN) is UNKNOWN
