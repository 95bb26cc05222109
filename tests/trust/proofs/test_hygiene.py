"""The proofs of plain secrets break when the program or the stack file does, and no text repeats a value."""

import base64
from collections.abc import Mapping
from typing import Any

import pytest

from tests.each import each
from tests.trust.graphs import build_config
from tests.trust.proofs.broken import Broken, changed, compare, config, ids, not_proved
from trust.chain import Chain
from trust.graph import Graph, Node
from trust.plain_secrets import form_of, is_named_secret, may_be_secret
from trust.proofs import run

# Of the right form, and of nothing else.
KEY = base64.b64encode(bytes(range(64))).decode()
STORAGE = f"DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={KEY};EndpointSuffix=core.windows.net"
JWT = ".".join(
    base64.urlsafe_b64encode(part).decode().strip("=")
    for part in (b'{"alg":"RS256"}', b'{"sub":"shop-sub"}', b"x" * 32)
)
PEM = "-----BEGIN " + "PRIVATE KEY-----\nMIIEvQ==\n"


def _app(**keys: Any) -> dict[str, Any]:
    base = config("app")
    return {**base, "workloads": [{**base["workloads"][0], **keys}]}


BROKEN = [
    Broken("no-secret-in-env", "", "", "env", _app(env={"STORAGE": STORAGE}), "app", says="env STORAGE"),
    Broken("no-secret-in-env", "", "", "args", _app(args=["--api-token", "hunter22"]), "app", says="args"),
    Broken("no-secret-in-env", "", "", "option", _app(args=["--db-password=hunter22"]), "app", says="args"),
    Broken(
        "no-secret-in-env",
        "",
        "",
        "command",
        _app(command=["sh", "-c", "PASSWORD=hunter2 app"]),
        "app",
        says="command",
    ),
    Broken(
        "no-variable-named-like-a-secret",
        "",
        "",
        "name",
        _app(env={"DB_PASSWD": "hunter22"}),
        "app",
        says="DB_PASSWD",
    ),
    Broken(
        "no-variable-named-like-a-secret",
        "",
        "",
        "same name",
        _app(env={"API_KEY": "hunter22"}),
        "app",
        says="API_KEY",
    ),
    Broken(
        "no-secret-in-helm-values",
        "components.operators.reloader",
        '"watchGlobally": False,',
        '"watchGlobally": False, "webhookToken": "hunter22",',
        config("copied"),
        says="reloader.webhookToken",
    ),
    Broken(
        "no-secret-in-annotations",
        "",
        "",
        "tag",
        {**config("app"), "tags": {"contact": f"token={KEY}"}},
        says="tag 'contact'",
    ),
    Broken(
        "no-secret-in-annotations",
        "",
        "",
        "annotation",
        _app(overrides={"metadata": {"annotations": {"example.com/token": JWT}}}),
        "app",
        says="annotation 'example.com/token'",
    ),
    Broken(
        "no-secret-in-manifests",
        "components.workloads.techniques.csi_objects",
        '"cloudName": "AzurePublicCloud",',
        f'"cloudName": "AzurePublicCloud", "clientSecret": {"abc8Q~" + "x1-" * 11!r},',
        config("nightly"),
        "nightly",
        says="spec.parameters.clientSecret of SecretProviderClass 'nightly'",
    ),
    Broken(
        "secrets-are-marked",
        "components.key_vault.vault",
        "Output.secret(self._value_of(self._name, secret))",
        "Output.from_input(self._value_of(self._name, secret))",
        config("app"),
        says="properties.value",
    ),
    Broken(
        "secrets-are-marked",
        "components.cluster.base",
        "kubeconfig=self.kubeconfig",
        "kubeconfig=Output.unsecret(self.kubeconfig)",
        config("app"),
        says="kubeconfig",
    ),
    Broken(
        "no-secret-in-outputs",
        "stacks.outputs.access",
        '{"kubeconfig": cluster.kubeconfig}',
        '{"kubeconfig": cluster.kubeconfig.unsecret(cluster.kubeconfig)}',
        {**config("app"), "cluster": {**config("app")["cluster"], "export_kubeconfig": True}},
        says="output kubeconfig is a kubeconfig in plain text",
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=ids)
def test_it_comes_first_and_no_value_is_repeated(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts = broken.verdicts(monkeypatch)
    compare(broken, not_proved(verdicts))
    shown = repr([verdict.findings for verdict in verdicts])
    assert not [value for value in (KEY, STORAGE, JWT, "hunter2", "8Q~") if value in shown]


@pytest.mark.parametrize(
    ("key", "value"),
    [("storage.conf", STORAGE), ("tls.key", PEM), ("DB_PASSWORD", "hunter22"), ("token", "hunter22")],
)
def test_a_config_map_comes_first(key: str, value: str) -> None:
    # The program makes no ConfigMap, so one of its graph becomes one.
    graph = build_config(config("app")).graph
    (node,) = [node for node in graph if node.urn.endswith("app-service-account")]
    config_map = Node(
        urn=f"{node.urn}-map", type="kubernetes:core/v1:ConfigMap", name="map", parent=node.parent,
        inputs={"metadata": {"name": "map", "namespace": "shop"}, "data": {key: value, "LOG_LEVEL": "info"}},
    )  # fmt: skip
    chain = Chain.read(Graph([*graph, config_map], graph.source, outputs=graph.outputs))
    case = Broken("no-secret-in-config-map", "", "", "", {}, "app", says=f"key '{key}' of ConfigMap 'map'")
    compare(case, not_proved(run(chain)))


@pytest.mark.parametrize(
    "output",
    [
        {"storage": {"keys": [KEY]}},
        {"url": "postgres://orders:hunter2@db.example.com/orders"},
        {"adminKubeconfig": "x: y"},
    ],
)
def test_a_plain_output_comes_first(output: Mapping[str, Any]) -> None:
    graph = build_config(config("app")).graph
    chain = Chain.read(Graph(graph, graph.source, outputs={**(graph.outputs or {}), **output}))
    compare(Broken("no-secret-in-outputs", "", "", "", {}, says="in plain text"), not_proved(run(chain)))


def test_a_plain_value_of_a_kubernetes_secret_comes_first() -> None:
    # The SDK marks the whole of stringData, so the program cannot be changed to leave a value plain.
    chain = changed(
        build_config(config("plain")).graph, "::plain/plain-secrets", stringData={"db-password": "hunter22"}
    )
    compare(Broken("secrets-are-marked", "", "", "", {}, "plain"), not_proved(run(chain)))


@each(
    "text",
    [
        KEY,
        STORAGE,
        JWT,
        PEM,
        base64.b64encode(PEM.encode()).decode(),
        base64.b64encode(PEM.replace("PRIVATE", "RSA PRIVATE").encode()).decode(),
        base64.b64encode(PEM.replace("PRIVATE", "EC PRIVATE").encode()).decode(),
        "Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=all;SharedAccessKey="
        + "A1b2" * 10
        + "abc=",
        "https://shop.blob.core.windows.net/c?sv=2024-01-01&sig=" + "aB3" * 14 + "%3D",
        "Server=db;User Id=shop;Password=hunter2;",
        "postgresql://shop:hunter2@db.example.com/shop",
        "amqps://:hunter2@mq.example.com",
        "pwd = 'hunter2'",
        "    client-key-data: " + "LS0t" * 10,
        "ghp_" + "a1B2" * 9,
        "glpat-" + "a1B2" * 5,
        "pul-" + "0a" * 20,
        "xoxb-" + "1234567890-" * 3,
        "AKIA" + "ABCD" * 4,
        "AIza" + "a1B2c" * 7,
        "sk_live_" + "a1B2" * 6,
        "npm_" + "a1B2" * 9,
    ],
)
def test_a_secret_has_a_form(text: str) -> None:
    assert form_of(text)
    assert form_of(f"before {text}\nafter")


@each(
    "text",
    [
        "",
        "orders-db-password",
        "orders-db-password,payment-api-key",
        "https://kv-prod-c9ff18eb.vault.azure.net/",
        "https://login.microsoftonline.com/7e4a47e4-0000-4000-8000-00000000000a/oauth2/v2.0/token",
        "/subscriptions/5b5c5c5b-0000-4000-8000-00000000000b/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/v",
        "registry.example.com/shop/orders@sha256:" + "0a" * 32,
        "sha512-" + KEY,
        "sha256:" + "0a" * 32,
        "ssh-ed25519 " + "AAAAC3NzaC1lZDI1NTE5AAAAI" + "a1B2" * 10,
        "-----BEGIN CERTIFICATE-----\nMIIEvQ==\n",
        base64.b64encode(b"-----BEGIN CERTIFICATE-----\nMIIEvQ").decode(),
        "password=$(DB_PASSWORD)",
        'PASSWORD="$(cat /mnt/secrets-store/password)" app',
        "password=${DB_PASSWORD}",
        "password={{ .password }}",
        "password=<password>",
        "password=/mnt/secrets-store/db/password",
        "--password-file=/mnt/secrets-store/password",
        "password=",
        "require-password=true",
        'postgres://orders:{{ index . "orders-db-password" | urlquery }}@db.example.com/orders',
        "postgres://orders:$(DB_PASSWORD)@db.example.com/orders",
        "postgres://orders@db.example.com:5432/orders",
        "http://[::1]:8080/a@b",
        "mailto:a@example.com",
        "user:group@host",
        '{{ if contains "-----BEGIN" .tls }}{{ .tls | filterPEM "PRIVATE KEY" }}{{ end }}',
    ],
)  # fmt: skip
def test_a_name_an_id_or_a_reference_has_none(text: str) -> None:
    assert form_of(text) == ""


@each(
    "name, value, expected",
    [
        ("DB_PASSWORD", "hunter22", True),
        ("apiKey", "hunter22", True),
        ("client-secret", "hunter22", True),
        ("connection.string", "Server=db", True),
        ("DB_PASSWORD", "", False),
        ("DB_PASSWORD", "$(OTHER)", False),
        ("DB_PASSWORD", "/mnt/secrets-store/password", False),
        ("AUTH_TOKEN", "true", False),
        ("DB_PASSWORD_FILE", "hunter22", False),
        ("TOKEN_TYPE", "Bearer", False),
        ("SECRET_NAME", "orders-db-password", False),
        ("PASSWORD_MIN_LENGTH", "12345", False),
        ("IMAGE_PULL_SECRET", "registry", False),
        ("tls_secret_name", "edge-tls", False),
        ("MONKEY", "hunter22", False),
        ("TOKEN", "https://login.example.com/token", False),
    ],
)
def test_a_value_under_the_name_of_a_secret(name: str, value: str, expected: bool) -> None:
    assert (is_named_secret(name) and may_be_secret(value)) is expected
