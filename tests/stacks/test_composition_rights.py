"""Rights beyond reading: roles, policies, pods that use them, the output, and what proofs and reports say."""

from __future__ import annotations

from functools import cache
from typing import Any

from aks_secrets_testing import StackBuild
from operations.report.build import build_report
from operations.report.markdown import markdown
from operations.report.wording import headline
from operations.who import readers_of
from tests.each import each
from tests.operations.report.reports import TODAY
from tests.trust.graphs import build_config
from tests.trust.proofs.broken import not_proved
from tests.trust.proofs.changing import changed_inputs
from trust import Graph
from trust.chain import Chain
from trust.proofs import run

_GUIDS = {
    "Key Vault Crypto Service Encryption User": "e147488a-f6f5-4113-8e2d-b22465e65bf6",
    "Key Vault Crypto User": "12338af0-0e69-4776-bea7-57ae8d297424",
    "Key Vault Secrets Officer": "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    "Key Vault Certificates Officer": "a4417e6f-fecd-4de8-b567-7b0420556985",
}


def _entry(name: str, *rights: str, type_: str = "secret", **keys: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": type_,
        "from": "existing",
        **keys,
        **({"rights": list(rights)} if rights else {}),
    }


def _workload(name: str, *secrets: dict[str, Any], **keys: Any) -> dict[str, Any]:
    pods = {} if "kind" in keys else {"image": "registry.example/app:1.4.2", "run_as_user": 65532}
    return {"name": name, "namespace": name, "technique": "sdk", **pods, "secrets": list(secrets), **keys}


def _config(*, with_rights: bool = True, **sections: Any) -> dict[str, Any]:
    def rights(*of: str) -> tuple[str, ...]:
        return of if with_rights else ()

    return {
        "azure-native:location": "westeurope",
        "cluster": {"system_pool": {"vm_size": "Standard_D4s_v5", "count": 2}},
        "operators": {"csi_driver": {}},
        "namespaces": [{"name": "invoices", "enforce": "restricted", "isolated": True}],
        "workloads": [
            _workload("vault", _entry("unseal", *rights("get", "wrap", "unwrap"), type_="key"), kind="none"),
            _workload("rotator", _entry("db-password", *rights("get", "set"))),
            _workload(
                "invoices",
                _entry("invoices", *rights("sign"), type_="key", file="key.pem"),
                _entry("smtp", env="SMTP"),
                technique="csi",
            ),
            _workload("issuer", _entry("shop-tls", *rights("get", "import"), type_="cert-key-pair")),
        ],
        **sections,
    }


@cache
def _built(*, with_rights: bool = True) -> StackBuild:
    return build_config(_config(with_rights=with_rights))


def _roles(built: StackBuild, workload: str) -> set[tuple[str, str, str]]:
    """Role, object and description of each role assignment beyond reading."""
    return {
        (
            str(made.inputs["roleDefinitionId"]).rsplit("/", 1)[1],
            "/".join(str(made.inputs["scope"]).split("/")[-2:]),
            str(made.inputs["description"]),
        )
        for made in built.of_type("RoleAssignment")
        if made.name.startswith(f"{workload}/rights/")
    }


@each(
    "workload, role, at, rights",
    [
        ("vault", "Key Vault Crypto Service Encryption User", "keys/unseal", "unwrap"),
        ("rotator", "Key Vault Secrets Officer", "secrets/db-password", "set"),
        ("invoices", "Key Vault Crypto User", "keys/invoices", "sign"),
        ("issuer", "Key Vault Certificates Officer", "certificates/shop-tls", "import"),
    ],
)
def test_a_right_is_a_role_at_the_object_beside_the_one_that_reads(
    workload: str, role: str, at: str, rights: str
) -> None:
    assert _roles(_built(), workload) == {(_GUIDS[role], at, f"aks-secrets rights: {rights}")}
    reading = {made.name for made in _built(with_rights=False).of_type("RoleAssignment")}
    assert reading < {made.name for made in _built().of_type("RoleAssignment")}


def test_the_output_lists_rights_and_what_their_roles_allow() -> None:
    rows = {row["workload"]: row for row in _built().access if row["secret"] != "smtp"}
    assert rows["vault"]["rights"] == ["get", "wrap", "unwrap"]
    assert rows["vault"]["role"] == "Key Vault Certificate User"
    (role,) = rows["rotator"]["roles"]
    assert role["role"] == "Key Vault Secrets Officer"
    assert role["scope"].endswith("/secrets/db-password")
    assert role["allows"] == ["set", "delete", "recover", "backup", "restore", "purge"]
    assert rows["issuer"]["roles"][0]["scope"].endswith("/certificates/shop-tls")
    assert not any("rights" in row or "roles" in row for row in _built(with_rights=False).access)


def test_workloads_of_one_identity_share_its_rights() -> None:
    """Also one that may read the whole vault, and does not list the object."""
    config = _config(identities=[{"name": "shared"}], namespaces=[])
    config["workloads"] = [
        _workload("rotator", _entry("db-password", "get", "set"), identity="shared"),
        _workload("reader", _entry("smtp"), identity="shared", scope="vault"),
    ]
    rows = [row for row in build_config(config).access if row["workload"] == "reader" and "roles" in row]
    assert [(row["secret"], row["asked"], row["rights"]) for row in rows] == [("db-password", False, [])]


def test_pods_that_use_a_right_ask_the_vault_themselves() -> None:
    built = _built()
    template = built.single("Deployment", "invoices-deployment").plain()["spec"]["template"]
    assert template["metadata"]["labels"]["azure.workload.identity/use"] == "true"
    assert template["metadata"]["annotations"]["aks-secrets/client-id"]
    variables = {entry["name"]: entry.get("value") for entry in template["spec"]["containers"][0]["env"]}
    assert variables["KEYVAULT_URL"].startswith("https://kv-")
    policy = built.single("NetworkPolicy", "invoices-network-policy").plain()["spec"]
    assert {"protocol": "TCP", "port": 443} in [port for rule in policy["egress"] for port in rule["ports"]]
    plain = _built(with_rights=False).single("Deployment", "invoices-deployment").plain()
    assert "azure.workload.identity/use" not in plain["spec"]["template"]["metadata"]["labels"]


def test_access_policies_have_the_permissions_in_their_own_words() -> None:
    config = _config(vault={"authorization": "access-policy"})
    for workload in config["workloads"]:
        workload["scope"] = "vault"
    built = build_config(config)
    entries = built.single("Vault").plain()["properties"]["accessPolicies"]
    granted = [entry["permissions"] for entry in entries]
    assert {
        "secrets": ["get", "list"],
        "keys": ["get", "wrapKey", "unwrapKey"],
        "certificates": [],
    } in granted
    assert {"secrets": ["get", "list", "set"], "keys": [], "certificates": []} in granted
    assert {"secrets": ["get", "list"], "keys": [], "certificates": ["get", "import"]} in granted
    assert not [v for v in not_proved(run(Chain.read(built.graph))) if v.fails]


def _verdicts(graph: Graph, urn: str, outputs: Any, **changes: Any) -> dict[str, list[str]]:
    """Errors of the stack with one role assignment changed: proof → texts."""
    (node,) = [node for node in graph if node.urn.endswith(urn)]
    other = changed_inputs(node, [((key,), value) for key, value in changes.items()])
    nodes = [other if item is node else item for item in graph]
    verdicts = run(Chain.read(Graph(nodes, "build", outputs=outputs)))
    return {
        verdict.proof.name: [judged.text for judged in verdict.findings]
        for verdict in verdicts
        if verdict.fails
    }


_AT_ROTATOR = "::rotator/rights/key-vault-secrets-officer/secrets/db-password"
_AT_VAULT = "::vault/rights/key-vault-crypto-service-encryption-user/keys/unseal"


def _definition(guid: str) -> Any:
    return lambda old: f"{str(old).rsplit('/', 1)[0]}/{guid}"


def test_what_the_stack_lists_is_proved() -> None:
    verdicts = {verdict.proof.name: verdict.status for verdict in run(Chain.read(_built().graph))}
    assert verdicts["role-reads-only"] == verdicts["rights-are-held"] == "proved"
    assert not [verdict.proof.name for verdict in run(Chain.read(_built().graph)) if verdict.fails]
    without = {
        verdict.proof.name: verdict.status for verdict in run(Chain.read(_built(with_rights=False).graph))
    }
    assert without["rights-are-held"] == "does not apply"


@each(
    "urn, changes, says",
    [
        (  # a wider role than the rights need
            _AT_VAULT,
            {"roleDefinitionId": _definition("14b46e9e-c2b7-41b4-b07b-48a6ebf60603")},
            "of which the stack lists unwrap only in vault",
        ),
        (
            _AT_VAULT,
            {"roleDefinitionId": _definition(_GUIDS["Key Vault Crypto User"])},
            "(Key Vault Crypto User)",
        ),
        (  # the whole vault and not one object
            _AT_ROTATOR,
            {"scope": lambda scope: scope.partition("/secrets/")[0]},
            "may write secrets in vault",
        ),
        (
            _AT_ROTATOR,
            {"scope": lambda scope: scope.replace("db-password", "smtp")},
            "may write secrets in vault",
        ),
        (  # another workload's identity
            _AT_VAULT,
            {"principalId": "<rotator-identity.principalId>"},
            "may unwrap keys in vault",
        ),
    ],
)
def test_what_goes_beyond_it_is_broken(urn: str, changes: dict[str, Any], says: str) -> None:
    broken = _verdicts(_built().graph, urn, _built().graph.outputs, **changes)
    assert any(says in text for text in broken["role-reads-only"]), broken


def test_without_outputs_descriptions_tell_for_what_a_role_is() -> None:
    """The digest of a preview has none."""
    assert _verdicts(_built().graph, _AT_VAULT, None) == {}
    wider = _definition("14b46e9e-c2b7-41b4-b07b-48a6ebf60603")
    assert "role-reads-only" in _verdicts(_built().graph, _AT_VAULT, None, roleDefinitionId=wider)
    assert "role-reads-only" in _verdicts(_built().graph, _AT_ROTATOR, None, description="set")


def test_a_right_that_no_setting_lists_is_broken_even_with_its_description() -> None:
    outputs = _built(with_rights=False).graph.outputs
    broken = _verdicts(_built().graph, _AT_ROTATOR, outputs)
    assert any("rotator: identity" in text for text in broken["role-reads-only"])


def test_a_right_that_its_role_does_not_give_is_broken() -> None:
    weaker = _definition("4633458b-17de-408a-b874-0445c86b69e6")
    broken = _verdicts(_built().graph, _AT_ROTATOR, _built().graph.outputs, roleDefinitionId=weaker)
    (text,) = broken["rights-are-held"]
    assert "may not set secret 'db-password' of vault" in text


def test_reports_say_the_right_in_plain_words() -> None:
    report = build_report("dev", _built().graph, _built(with_rights=False).graph, TODAY)
    texts = [right.text for right in report.rights if right.change == "gained"]
    assert texts == [
        "invoices may now sign with key invoices (Key Vault Crypto User also allows backup, decrypt, unwrap,"
        " update)",
        "issuer may now import certificate shop-tls (Key Vault Certificates Officer also allows backup,"
        " create, delete, purge, recover, restore, update)",
        "rotator may now write secret db-password (Key Vault Secrets Officer also allows backup, delete,"
        " purge, recover, restore)",
        "vault may now unwrap with key unseal",
    ]
    assert headline(report).startswith("workloads may now write or use 4 objects; ")
    assert "- ➕ `vault` may now unwrap with key unseal of `kv-" in markdown(report)
    back = build_report("dev", _built(with_rights=False).graph, _built().graph, TODAY)
    assert "vault may no longer unwrap with key unseal" in [right.text for right in back.rights]
    (use,) = readers_of(_built().graph, "unseal").uses
    assert str(use) == "vault may unwrap with key unseal"


def test_one_new_right_is_the_first_line() -> None:
    config = _config()
    del config["workloads"][0]["secrets"][0]["rights"]
    report = build_report("dev", _built().graph, build_config(config).graph, TODAY)
    assert headline(report) == "vault may now unwrap with key unseal"
    assert not [item.text for item in report.possible if item.change == "gained" and not item.expected]
    assert report.notices == []
