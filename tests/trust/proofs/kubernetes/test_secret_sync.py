"""The proofs of the Secrets Store Sync Controller break when the program does."""

import pytest

from tests.trust.proofs.broken import UNREAD, Broken, check, config, ids, not_proved
from trust.proofs import proofs

_SYNC = "components.workloads.techniques.secret_sync"
_CHART = "components.operators.sync_controller"
_COPIED = config("copied")
_SYNCED = {
    **_COPIED,
    "operators": {"sync_controller": {}, "reloader": {}},
    "workloads": [{**entry, "technique": "secret-sync"} for entry in _COPIED["workloads"]],
}

BROKEN = [
    Broken(
        "sync-reads-a-class",
        _SYNC,
        '{"sourcePath": source, "targetKey": key}',
        '{"sourcePath": "another", "targetKey": key}',
        _SYNCED,
        "copied",
        says="from 'another', which is no file of SecretProviderClass",
    ),
    Broken(
        "sync-identity",
        _SYNC,
        '"serviceAccountName": args.service_account.name,',
        '"serviceAccountName": "another",',
        _SYNCED,
        "copied",
        says="reads as ServiceAccount 'another', and the workload's is 'copied'",
    ),
    Broken(
        "sync-controller-signs-in",
        _CHART,
        'AUDIENCE = "api://AzureADTokenExchange"',
        'AUDIENCE = "api://another"',
        _SYNCED,
        "copied",
        says="is read without a token for api://AzureADTokenExchange",
    ),
    Broken(
        "sync-controller-signs-in",
        _CHART,
        "unix:///provider/azure.sock",
        "unix:///provider/aws.sock",
        _SYNCED,
        "copied",
        says="by a controller without the Azure provider",
    ),
    Broken(
        "reload-can-happen",
        _CHART,
        '"rotationPollInterval": args.poll_interval,',
        '"rotationPollInterval": "0s",',
        _SYNCED,
        "copied",
        says="the Sync Controller polls no vault",
    ),
    Broken(
        "secret-key-is-made",
        _SYNC,
        '"targetKey": key}',
        '"targetKey": key + "-old"}',
        _SYNCED,
        "copied",
        says="only has other keys",
    ),
    Broken(
        "vault-object-is-there",
        "components.workloads.techniques.csi_objects",
        '"objectName": vault_object.name,',
        '"objectName": vault_object.name + "-old",',
        _SYNCED,
        "copied",
        UNREAD,
        says="names secret 'db-password-old'",
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=ids)
def test_it_comes_first(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    check(broken, monkeypatch)


def test_a_class_that_nothing_makes_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The class of the SecretSync is then one for the CSI driver, which nothing mounts."""
    old = '"secretProviderClassName": secret.name,'
    broken = Broken("", _SYNC, old, '"secretProviderClassName": "another",', _SYNCED)
    findings = {verdict.proof.name: verdict.findings for verdict in not_proved(broken.verdicts(monkeypatch))}
    assert "class-is-mounted" in findings
    assert (
        "reads SecretProviderClass 'another', which nothing makes" in findings["sync-reads-a-class"][0].text
    )
    assert "sync-reads-a-class" in proofs()["role-covers-requests"].follows
