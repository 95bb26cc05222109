"""Broken programs for the proofs of identity bindings, and every value of one that becomes another."""

import pytest

from tests.trust.graphs import build_config
from tests.trust.proofs.broken import Broken, changed, check, config, ids, not_proved
from tests.trust.proofs.mutating import mutations
from tests.trust.proofs.places import CSI, PARAMETERS, SDK, with_keys
from trust.access import readings
from trust.chain import Chain
from trust.possible import possible
from trust.proofs import run

BINDING_MODULE = "components.identity.identity_binding"
HELM = {"csi_driver": {"install": "helm"}, "reloader": {}}
APP = with_keys(config("app"), access="identity-binding")
FILES = {**with_keys(config("files"), access="identity-binding"), "operators": HELM}
SHARED = {
    **with_keys(config("app", "files"), access="identity-binding", identity="shared"),
    "identities": [{"name": "shared"}],
    "operators": HELM,
}
USES = frozenset({"account-identity"})

BROKEN = [
    Broken(
        "identity-binding",
        BINDING_MODULE,
        "resource_name_=cluster.name,",
        'resource_name_="aks-other",',
        APP,
        "app",
        says="identity 'id-aks-secrets-test-app' has no identity binding in cluster 'aks-test'",
    ),
    Broken(
        "identity-binding",
        BINDING_MODULE,
        "resource_group_name=ArmId.parse(cluster_id).resource_group,",
        'resource_group_name="rg-other",',
        FILES,
        "files",
        says="the identity binding is in resource group 'rg-other', and the cluster in",
    ),
    Broken(
        "binding-allows-account",
        BINDING_MODULE,
        'VERB = "use-managed-identity"',
        'VERB = "use"',
        APP,
        "app",
        says="no ClusterRoleBinding lets ServiceAccount 'shop/app' use identity 'id-aks-secrets-test-app'",
    ),
    Broken(
        "binding-allows-account",
        BINDING_MODULE,
        "name=account.name, namespace=account.namespace",
        'name=account.name, namespace="other"',
        FILES,
        "files",
        frozenset({"binding-allows-no-other"}),
        says="no ClusterRoleBinding lets ServiceAccount 'shop/files' use",
    ),
    Broken(
        "binding-allows-no-other",
        BINDING_MODULE,
        "resources=[client_id]",
        'resources=["*"]',
        APP,
        "app",
        says="lets ServiceAccount shop/app use every identity, and not only identity",
    ),
    Broken(
        "binding-allows-no-other",
        BINDING_MODULE,
        "            for account in accounts\n        ],",
        "            for account in accounts\n        ]"
        ' + [rbac.v1.SubjectArgs(kind="Group", name="system:serviceaccounts:shop")],',
        SHARED,
        "app",
        says="lets group system:serviceaccounts:shop use identity 'id-aks-secrets-test-shared'",
    ),
    Broken(
        "binding-is-used",
        SDK,
        'binding = {USE_IDENTITY_BINDING: "true"} if',
        "binding = {} if",
        APP,
        "app",
        USES,
        says="its pods have no annotation azure.workload.identity/use-identity-binding: 'true', and identity",
    ),
    Broken(
        "binding-is-used",
        CSI,
        PARAMETERS,
        f'{PARAMETERS} "useAzureTokenProxy": "false",',
        FILES,
        "files",
        USES | {"class-identity"},
        says="its SecretProviderClass has no useAzureTokenProxy: 'true', and identity",
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=ids)
def test_a_broken_program_is_found(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    check(broken, monkeypatch)


def test_bound_workloads_are_proved_and_read_by_their_links() -> None:
    """Also with both ways side by side, and before the first update."""
    both = with_keys(APP, former_access="workload-identity")
    for settings in (APP, FILES, SHARED, both):
        chain = Chain.read(build_config(settings).graph)
        assert not_proved(run(chain)) == []
        reading = readings(chain)[0]
        assert reading.state == "held"
        assert [link.what for link in reading.links[-4:-1]] == ["signs in as", "is bound to", "may use"]
    first = {verdict.status for verdict in run(Chain.read(build_config(APP, preview=True).graph))}
    assert "broken" not in first


FREE = (
    # Kind and path → why no proof is about it.
    "IdentityBinding identityBindingName",  # a name that nothing refers to
    "IdentityBinding azureApiVersion",  # an output of the provider about itself
    "ClusterRoleBinding metadata.name",  # a name that nothing refers to
    "ClusterRoleBinding roleRef.apiGroup",  # the API server refuses another one
)


def test_another_value_of_a_binding_breaks_a_proof() -> None:
    graph = build_config(APP).graph
    kinds = {
        "azure-native:containerservice:IdentityBinding": ("",),
        "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": ("metadata", "rules"),
        "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": ("metadata", "roleRef", "subjects"),
    }
    labels = {
        mutation.label: not_proved(run(Chain.read(mutation.applied(graph))))
        for mutation in mutations(graph, kinds)
    }
    assert len(labels) > len(FREE) + 6
    missed = [label for label, verdicts in labels.items() if not verdicts]
    assert [label for label in missed if not label.startswith(FREE)] == []


def test_others_that_may_use_an_identity_could_read_what_its_workloads_read() -> None:
    graph = build_config(APP).graph
    (granted,) = [node for node in graph if node.type.endswith(":ClusterRoleBinding")]
    subjects = [
        *granted.inputs["subjects"],
        {"kind": "ServiceAccount", "name": "spy", "namespace": "other"},
        {"kind": "Group", "name": "system:serviceaccounts"},
    ]
    chain = changed(graph, "ClusterRoleBinding::app-use-identity", subjects=subjects)
    sentences = {str(item) for item in possible(chain) if "use identity" in item.why}
    why = "could read what the workloads of namespace shop read: RBAC of the cluster lets it use identity"
    assert sentences == {
        f"ServiceAccount other/spy {why} id-aks-secrets-test-app",
        f"group system:serviceaccounts {why} id-aks-secrets-test-app",
    }
    assert not [item for item in possible(Chain.read(graph)) if "use identity" in item.why]
