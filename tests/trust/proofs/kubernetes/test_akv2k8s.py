"""The proofs of akv2k8s break when the program does."""

from typing import Any

import pytest

from tests.trust.proofs.broken import UNREAD, Broken, check, config, ids

_BUNDLE = "components.workloads.techniques.akv2k8s"
_CHART = "components.operators.akv2k8s"
_COPIED = config("copied")
_SYNCED = {
    **_COPIED,
    "operators": {"akv2k8s": {}, "reloader": {}},
    "workloads": [{**entry, "technique": "akv2k8s"} for entry in _COPIED["workloads"]],
}


def _writes_both(name: str, key: str) -> dict[str, Any]:
    """A workload whose AzureKeyVaultSecret writes a key of Secret ``both``."""
    secret = {"name": key, "from": "existing", "env": "VALUE"}
    listed = [{**secret, "kubernetes_secret": {"name": "both", "key": key}}]
    return {**_SYNCED["workloads"][0], "name": name, "secrets": listed}


BROKEN = [
    Broken(
        "akv2k8s-writes-one-secret",
        "stacks.settings.rules.delivery",
        """if owner != workload.name:
                yield Violation((*here, "name")""",
        """if owner != workload.name and kind != place.type:
                yield Violation((*here, "name")""",
        {**_SYNCED, "workloads": [_writes_both("copied", "password"), _writes_both("other", "key")]},
        "other",
        says="writes Secret 'both', as AzureKeyVaultSecret 'both' does",
    ),
    Broken(
        "akv2k8s-signs-in",
        _CHART,
        '"environment-azidentity"',
        '"azureCloudConfig"',
        _SYNCED,
        "copied",
        says="signs in by azureCloudConfig, and not as itself",
    ),
    Broken(
        "akv2k8s-signs-in",
        _CHART,
        '{"azure.workload.identity/use": "true"}',
        "{}",
        _SYNCED,
        "copied",
        says="whose pod lacks the label azure.workload.identity/use",
    ),
    Broken(
        "akv2k8s-signs-in",
        _CHART,
        '"controller": {',
        '"controller": {"enabled": False,',
        _SYNCED,
        "copied",
        says="is read by no controller",
    ),
    Broken(
        "reload-can-happen",
        _CHART,
        '"azureKeyVaultResyncPeriod": args.resync_seconds,',
        '"azureKeyVaultResyncPeriod": 0,',
        _SYNCED,
        "copied",
        says="akv2k8s reads no vault again",
    ),
    Broken(
        "secret-key-is-made",
        _BUNDLE,
        '{"dataKey": ref.key}',
        '{"dataKey": ref.key + "-old"}',
        _SYNCED,
        "copied",
        says="only has other keys",
    ),
    Broken(
        "vault-object-is-there",
        _BUNDLE,
        '"name": vault_object.name,',
        '"name": vault_object.name + "-old",',
        _SYNCED,
        "copied",
        UNREAD,
        says="-old' of vault 'kv-",
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=ids)
def test_it_comes_first(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    check(broken, monkeypatch)
