"""Resources that are changed in one place, as no settings change them: what comes first, and its words."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest

from tests.trust.graphs import build_config
from tests.trust.proofs.broken import WORKLOADS, config, not_proved
from trust.chain import Chain
from trust.graph import Graph, Node
from trust.proofs import Verdict, run

BEARER = "https://user:s3cr3tpass@example.com/health"
POD = ("spec", "template", "spec")


@cache
def whole() -> Graph:
    return build_config(config(*WORKLOADS)).graph


@dataclass(frozen=True)
class Changed:
    """One resource with another value at a path."""

    urn: str
    """The end of its URN."""
    path: tuple[str | int, ...]
    value: Any
    """A function makes it of the old value. None: the key is left out."""
    proof: str
    """The proof that comes first."""
    says: str
    workload: str
    follows: frozenset[str] = frozenset()

    def verdicts(self) -> list[Verdict]:
        (node,) = [node for node in whole() if node.urn.endswith(self.urn)]
        nodes = [self._applied(item) if item is node else item for item in whole()]
        return not_proved(run(Chain.read(Graph(nodes, "build", outputs=whole().outputs))))

    def _applied(self, node: Node) -> Node:
        inputs: Any = copy.deepcopy(dict(node.inputs))
        holder = inputs
        for step in self.path[:-1]:
            holder = holder.setdefault(step, {}) if isinstance(step, str) else holder[step]
        key = self.path[-1]
        old = holder.get(key) if isinstance(holder, dict) else holder[key]
        if self.value is None:
            del holder[key]
        else:
            holder[key] = self.value(old) if callable(self.value) else self.value
        outputs = {key: value for key, value in node.outputs.items() if key != self.path[0]}
        return replace(node, inputs=inputs, outputs=outputs)


def with_entry(**entry: Any) -> Callable[[Any], Any]:
    return lambda old: {**(old or {}), **entry}


SKIP = "azure.workload.identity/skip-containers"
ANNOTATIONS = ("spec", "template", "metadata", "annotations")
CASES = [
    Changed(
        "Deployment::app-deployment",
        (*ANNOTATIONS, SKIP),
        "app",
        "pod-token-label",
        f"app: the webhook skips container app of its pods (Deployment 'app') because of annotation {SKIP}",
        "app",
    ),
    Changed(
        "Deployment::cart-deployment",
        (*ANNOTATIONS, SKIP),
        "other; daprd",
        "pod-token-label",
        "cart: the webhook skips container daprd",
        "cart",
    ),
    *(
        Changed(
            f"ServiceAccount::{name}-service-account",
            ("metadata", "annotations", "azure.workload.identity/client-id"),
            None,
            "account-identity",
            f"ServiceAccount 'shop/{name}' has no annotation azure.workload.identity/client-id",
            name,
            frozenset(follows),
        )
        for name, follows in (("app", ()), ("cart", ("dapr-store-identity", "role-covers-requests")))
    ),
    Changed(
        "Deployment::app-deployment",
        (*POD, "containers", 0, "readinessProbe"),
        {"httpGet": {"path": "/", "httpHeaders": [{"name": "Referer", "value": BEARER}]}},
        "no-secret-in-env",
        "readinessProbe.httpGet.httpHeaders[0].value of container 'app' of Deployment 'app' holds a URL",
        "app",
    ),
    Changed(
        "CronJob::nightly-cronjob",
        ("spec", "jobTemplate", *POD, "volumes", 0, "csi", "volumeAttributes", "note"),
        BEARER,
        "no-secret-in-env",
        "volumes[0].csi.volumeAttributes.note of CronJob 'nightly' holds a URL with a password",
        "nightly",
    ),
    Changed(
        "SecretStore::copied-secret-store",
        ("spec", "provider", "azurekv", "environmentType"),
        "ChinaCloud",
        "vault-cloud",
        "SecretStore 'copied' is for cloud 'ChinaCloud', and its vault is at https://kv-test-",
        "copied",
    ),
    Changed(
        "SecretProviderClass::files-secret-provider-class",
        ("spec", "parameters", "objects"),
        lambda old: old.replace("array:", "arrays:"),
        "class-lists-objects",
        "SecretProviderClass 'files' lists no objects that the driver can read",
        "files",
        frozenset({"synced-file-is-mounted", "role-is-needed"}),
    ),
    Changed(
        "SecretProviderClass::files-secret-provider-class",
        ("spec", "parameters", "objects"),
        lambda old: old.replace('"db-password"', '"db-pasword"'),
        "vault-object-is-there",
        "SecretProviderClass 'files' names secret 'db-pasword'",
        "files",
        frozenset({"synced-file-is-mounted", "role-covers-requests", "role-is-needed"}),
    ),
    Changed(
        "SecretProviderClass::files-secret-provider-class",
        ("spec", "secretObjects", 0, "type"),
        "kubernetes.io/tls",
        "secret-has-the-keys-of-its-type",
        "Secret 'files-synced.db-password' has type kubernetes.io/tls, and no key tls.crt, tls.key",
        "files",
    ),
    Changed(
        "ExternalSecret::copied/copied-external.api-key",
        ("spec", "target", "template"),
        with_entry(type="kubernetes.io/dockerconfigjson"),
        "secret-has-the-keys-of-its-type",
        "has type kubernetes.io/dockerconfigjson, and no key .dockerconfigjson",
        "copied",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.proof}-{case.urn.partition(':')[0]}")
def test_the_cause_comes_first_and_names_the_workload(case: Changed) -> None:
    verdicts = case.verdicts()
    texts = [judged.text for verdict in verdicts for judged in verdict.findings]
    assert verdicts, "no proof breaks"
    assert verdicts[0].proof.name == case.proof, texts
    assert {verdict.proof.name for verdict in verdicts[1:]} == case.follows, texts
    assert all(verdict.is_consequence for verdict in verdicts[1:]), texts
    first = verdicts[0].findings[0].finding
    assert case.says in first.text
    assert first.workload == case.workload
    assert "s3cr3tpass" not in " ".join(texts)


def test_the_line_of_an_operator_is_none_of_a_workload() -> None:
    """`workloads[name=copied].operators.external_secrets` is no path of the settings."""
    case = Changed(
        "RoleBinding::copied-token-role-binding",
        ("subjects", 0, "namespace"),
        "elsewhere",
        "eso-token-right",
        "is bound to no ServiceAccount of the operator",
        "copied",
    )
    fixes = [judged.finding.fix for judged in case.verdicts()[0].findings]
    assert "operators.external_secrets.namespace: where the operator runs" in fixes


def test_a_sidecar_alone_may_be_skipped_and_pods_may_name_their_client_id() -> None:
    """No false alarm: another container gets the token, or the pods need nothing of the webhook."""
    sidecar = Changed("Deployment::app-deployment", (*ANNOTATIONS, SKIP), "proxy", "", "", "")
    assert sidecar.verdicts() == []
    tls = Changed(
        "ExternalSecret::copied/copied-external.api-key",
        ("spec", "target", "template", "type"),
        "Opaque",
        "",
        "",
        "",
    )
    assert tls.verdicts() == []
    public = ("spec", "provider", "azurekv", "environmentType")
    assert Changed("SecretStore::copied-secret-store", public, "PublicCloud", "", "", "").verdicts() == []
