"""The proofs of delivery break when the program does."""

import pytest

from tests.trust.proofs.broken import UNREAD, Broken, check, config, ids

_CSI = "components.workloads.techniques.csi"
_NIGHTLY, _FILES, _COPIED = config("nightly"), config("files"), config("copied")
_CHART = {**_FILES, "operators": {"csi_driver": {"install": "helm"}, "reloader": {}}}

BROKEN = [
    Broken(
        "secret-key-is-made",
        "components.workloads.techniques.eso_external_secret",
        '{"secretKey": _key(vault_object),',
        '{"secretKey": vault_object.name + "-value",',
        _COPIED,
        "copied",
        says="key 'db-password'",
    ),
    Broken(
        "secret-key-is-made",
        "components.workloads.vault_objects",
        '"valueFrom": {"secretKeyRef": {"name": ref.secret, "key": ref.key}}',
        '"valueFrom": {"secretKeyRef": {"name": ref.secret + "-old", "key": ref.key}}',
        _COPIED,
        "copied",
        says="which nothing makes",
    ),
    Broken(
        "secret-key-is-made",
        _CSI,
        '"secretName": secret.name,',
        '"secretName": secret.name + "-old",',
        _FILES,
        "files",
        frozenset({"reload-names-what-changes"}),
        says="which nothing makes",
    ),
    Broken(
        "class-is-mounted",
        _CSI,
        'attributes = {"secretProviderClass": class_name}',
        'attributes = {"secretProviderClass": "another"}',
        _NIGHTLY,
        "nightly",
        frozenset({"pod-token-label"}),
        says="mounted by no container of CronJob 'nightly'",
    ),
    Broken(
        "class-is-mounted",
        _CSI,
        '"driver": "secrets-store.csi.k8s.io", "readOnly": True,',
        '"driver": "secrets-store.csi.k8s.io",',
        _NIGHTLY,
        "nightly",
        says="to be written",
    ),
    Broken(
        "class-names-a-vault",
        "components.workloads.techniques.csi_objects",
        '"keyvaultName": vault.name,',
        '"keyvaultName": "another",',
        _NIGHTLY,
        "nightly",
        UNREAD,
        says="another",
    ),
    Broken(
        "class-names-a-vault",
        _CSI,
        '{"provider": "azure", "parameters"',
        '{"provider": "gcp", "parameters"',
        _NIGHTLY,
        "nightly",
        says="gcp",
    ),
    Broken(
        "synced-file-is-mounted",
        _CSI,
        'return [{"objectName": file, "key": key}',
        'return [{"objectName": file + "/0", "key": key}',
        _FILES,
        "files",
        says="which it does not mount",
    ),
    Broken(
        "synced-file-is-mounted",
        "components.operators.csi_driver",
        '"syncSecret": {"enabled": True}',
        '"syncSecret": {"enabled": False}',
        _CHART,
        "files",
        says="may not write",
    ),
    Broken(
        "operator-is-there",
        "stacks.builders.operators.registry",
        "if result := make(operator_context):",
        "if result := make(operator_context) if operator is not Operator.DAPR else None:",
        config("cart"),
        "cart",
        says="needs dapr",
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=ids)
def test_it_comes_first(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    check(broken, monkeypatch)
