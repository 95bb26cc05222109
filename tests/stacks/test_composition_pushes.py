"""Pushes: PushSecrets and generators, the identity that writes, what reads them, and what the proofs say."""

from __future__ import annotations

from functools import cache
from typing import Any

from aks_secrets_testing import StackBuild
from aks_secrets_testing.builds import Registration
from operations.report.build import build_report
from operations.who import readers_of
from tests.each import each
from tests.operations.report.reports import TODAY
from tests.trust.graphs import build_config
from tests.trust.proofs.broken import not_proved
from tests.trust.proofs.changing import changed_inputs
from tests.trust.proofs.mutating import mutations
from trust.chain import Chain
from trust.graph import Graph
from trust.proofs import run

_OFFICER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
_PUSHES: list[dict[str, Any]] = [
    {"name": "session-key", "generate": {"length": 48, "digits": 8, "symbols": 0}},
    {"name": "DB-password", "secret": "db-app", "key": "password"},
    {"name": "db", "secret": "db-app", "vault": "data"},
]
_WRITER: dict[str, Any] = {"name": "writer", "namespace": "shop", "technique": "eso", "kind": "none"}
_WEB: dict[str, Any] = {
    "name": "web",
    "namespace": "shop",
    "technique": "eso",
    "image": "registry.example/web:1.4.2",
    "run_as_user": 65532,
    "secrets": [{"name": "session-key", "from": "existing", "env": "KEY"}],
}


def _config(*pushes: dict[str, Any], **sections: Any) -> dict[str, Any]:
    return {
        "azure-native:location": "westeurope",
        "cluster": {"system_pool": {"vm_size": "Standard_D4s_v5", "count": 2}},
        "operators": {"external_secrets": {"push_secrets": True}},
        "vaults": [{"name": "data"}],
        "workloads": [_WEB, {**_WRITER, "pushes": list(pushes or _PUSHES)}],
        **sections,
    }


@cache
def _built() -> StackBuild:
    return build_config(_config())


def _spec(kind: str, name: str) -> dict[str, Any]:
    return next(made for made in _built().of_type(kind) if made.name.endswith(name)).plain()["spec"]


def test_a_generated_value_is_drawn_once_and_a_secret_is_followed() -> None:
    drawn = _spec("PushSecret", "push.session-key")
    assert (drawn["refreshInterval"], drawn["updatePolicy"]) == ("0s", "IfNotExists")
    assert drawn["selector"]["generatorRef"]["name"] == "writer-push.session-key"
    assert _spec("Password", "session-key-generator") == {
        **{"length": 48, "digits": 8, "symbols": 0},
        **{"allowRepeat": True, "noUpper": False},
    }
    followed = _spec("PushSecret", "push.db-password")
    assert (followed["refreshInterval"], followed["updatePolicy"]) == ("1h", "Replace")
    assert followed["selector"] == {"secret": {"name": "db-app"}}
    assert followed["data"] == [
        {"match": {"secretKey": "password", "remoteRef": {"remoteKey": "secret/DB-password"}}}
    ]
    whole = _spec("PushSecret", "push-data.db")
    assert whole["secretStoreRefs"] == [{"name": "writer.data", "kind": "SecretStore"}]
    assert "secretKey" not in whole["data"][0]["match"]
    # A Secret of another tool may come after the update.
    awaited = [made.name for made in _built().of_type("PushSecret") if _annotations(made)]
    assert awaited == ["writer/writer-push.session-key"]


def _annotations(made: Registration) -> dict[str, Any]:
    annotations: dict[str, Any] = made.plain()["metadata"].get("annotations", {})
    return annotations


def test_the_writer_has_the_right_at_its_objects_and_the_reader_does_not() -> None:
    officers = {
        (made.name.split("/")[0], "/".join(str(made.inputs["scope"]).split("/")[-2:]))
        for made in _built().of_type("RoleAssignment")
        if str(made.inputs["roleDefinitionId"]).endswith(_OFFICER)
        and made.name.startswith(("writer/", "web/"))
    }
    assert officers == {
        ("writer", "secrets/session-key"),
        ("writer", "secrets/db-password"),
        ("writer", "secrets/db"),
    }
    rows = {row["secret"]: row for row in _built().access if row["workload"] == "writer"}
    assert rows["session-key"]["rights"] == ["get", "set"]
    assert rows["session-key"]["pod"] == "no pod: the operator writes the secret"
    assert "pods" not in _built().outputs


def test_what_reads_a_pushed_secret_waits_for_it() -> None:
    (external,) = _built().of_type("ExternalSecret")
    assert any("PushSecret" in urn for urn in external.dependencies)


def test_external_grants_list_the_right() -> None:
    built = build_config(_config(_PUSHES[1], grants="external", vaults=[], people={"current": False}))
    (row,) = [row for row in built.outputs["grants"] if row["roleDefinition"] == _OFFICER]
    assert row["scope"].endswith("/secrets/db-password")
    assert row["description"] == "aks-secrets rights: set"
    assert not [made for made in built.of_type("PushSecret") if _annotations(made)]


def test_access_policies_let_the_writer_set() -> None:
    config = _config(_PUSHES[1], vault={"authorization": "access-policy"}, vaults=[])
    for workload in config["workloads"]:
        workload["scope"] = "vault"
    entries = build_config(config).single("Vault").plain()["properties"]["accessPolicies"]
    assert [entry["permissions"]["secrets"] for entry in entries] == [["get", "list"], ["get", "list", "set"]]


def test_reports_say_who_writes() -> None:
    readers = readers_of(_built().graph, "session-key")
    assert [(reading.workload, reading.state) for reading in readers.readings] == [
        ("web", "held"),
        ("writer", "held"),
    ]
    assert [use.sentence() for use in readers.uses] == ["writer may write secret session-key"]
    texts = [right.text for right in build_report("dev", _built().graph, None, TODAY).rights]
    assert any(text.startswith("writer may write secret session-key") for text in texts)


def test_what_the_stack_makes_is_proved() -> None:
    verdicts = {verdict.proof.name: verdict.status for verdict in run(Chain.read(_built().graph))}
    for name in (
        *("push-is-handled", "push-writes-alone", "push-has-one-writer"),
        *("rights-are-held", "role-reads-only", "operator-is-there"),
    ):
        assert verdicts[name] == "proved", name
    assert not [verdict.proof.name for verdict in run(Chain.read(_built().graph)) if verdict.fails]


_DRAWN = "::writer/writer-push.session-key"


@each(
    "urn, path, value, proof, says",
    [
        (
            _DRAWN,
            ("spec", "secretStoreRefs", 0, "name"),
            "other",
            "push-is-handled",
            "which is no SecretStore of namespace 'shop'",
        ),
        (
            _DRAWN,
            ("spec", "selector", "generatorRef", "name"),
            "other",
            "push-is-handled",
            "from Password 'other', which the stack does not make",
        ),
        (
            "::external-secrets-release",
            ("values", "processPushSecret"),
            False,
            "push-is-handled",
            "the operator does not handle PushSecrets",
        ),
        (_DRAWN, ("spec", "updatePolicy"), "Replace", "push-has-one-writer", "another value at each refresh"),
        (
            _DRAWN,
            ("spec", "data", 0, "match", "remoteRef", "remoteKey"),
            "secret/db-password",
            "push-has-one-writer",
            "writes secret 'db-password', as PushSecret",
        ),
        (
            "ServiceAccount::web-service-account",
            ("metadata", "annotations", "azure.workload.identity/client-id"),
            "<writer-identity.clientId>",
            "push-writes-alone",
            "as which web can write, too",
        ),
    ],
)
def test_a_change_breaks_a_proof(
    urn: str, path: tuple[str | int, ...], value: Any, proof: str, says: str
) -> None:
    graph = _built().graph
    (node,) = [node for node in graph if node.urn.endswith(urn)]
    changed = changed_inputs(node, [(path, value)])
    nodes = [changed if item is node else item for item in graph]
    verdicts = not_proved(run(Chain.read(Graph(nodes, graph.source, outputs=graph.outputs))))
    texts = {verdict.proof.name: [judged.text for judged in verdict.findings] for verdict in verdicts}
    assert any(says in text for text in texts.get(proof, [])), texts


_FREE = {
    "refreshInterval": "how soon a change of the Secret arrives",
    "deletionPolicy": "the secret has no reader that the stack does not list",
    "apiVersion": "the API server refuses another one",
    "secretKey": "only the cluster has the Secret",
    "selector.secret.name": "as above",
    "length": "how strong a value is, nothing else",
    "digits": "as above",
    "symbols": "as above",
    "allowRepeat": "as above",
    "noUpper": "as above",
}
"""End of a path in a spec → why no proof is about it."""


_SPECS = {
    "kubernetes:external-secrets.io/v1alpha1:PushSecret": ("spec",),
    "kubernetes:generators.external-secrets.io/v1alpha1:Password": ("spec",),
}


def test_every_value_of_a_push_has_a_proof_or_a_reason() -> None:
    graph, kept = _built().graph, set[str]()
    for mutation in mutations(graph, _SPECS):
        followed = (
            mutation.label.endswith("updatePolicy") and "secret" in mutation.node.inputs["spec"]["selector"]
        )
        if mutation.label.endswith(tuple(_FREE)) or followed:
            continue
        changed = Graph(mutation.applied(graph), graph.source, outputs=graph.outputs)
        if not not_proved(run(Chain.read(changed))):
            kept.add(mutation.label)
    assert kept == set()
