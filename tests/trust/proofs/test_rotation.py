"""The proofs of rotation break when the program does."""

import pytest

from tests.trust.proofs.broken import WORKLOADS, Broken, check, config, ids

_CSI, _RELOADER = "components.workloads.techniques.csi", "components.operators.reloader"
_FILES, _COPIED = config("files"), config("copied")
_BASE = config("nightly")["workloads"][0]
_JOB = {**config("nightly"), "workloads": [{**_BASE, "secrets": WORKLOADS["files"]["secrets"]}]}

BROKEN = [
    Broken(
        "reload-has-a-reloader",
        "stacks.builders.operators.registry",
        "if result := make(operator_context):",
        "if result := make(operator_context) if operator is not Operator.RELOADER else None:",
        _COPIED,
        "copied",
        says="there is no Reloader",
    ),
    Broken(
        "reload-has-a-reloader",
        _RELOADER,
        '"namespaces": list(args.namespaces),',
        '"namespaces": ["another"],',
        _COPIED,
        "copied",
        says="does not watch",
    ),
    Broken(
        "reload-has-a-reloader",
        _RELOADER,
        '"enableCSIIntegration": args.mounted_objects,',
        '"enableCSIIntegration": False,',
        _FILES,
        "files",
        says="mounted object",
    ),
    Broken(
        "reload-has-a-reloader",
        _RELOADER,
        '"reloadStrategy": "annotations",',
        "",
        _COPIED,
        "copied",
        says="by a variable",
    ),
    Broken(
        "reload-names-what-changes",
        _CSI,
        '"secret.reloader.stakater.com/reload"] = ",".join(synced)',
        '"secret.reloader.stakater.com/reload"] = synced[0] + "-old"',
        _FILES,
        "files",
        says="not restarted when files-synced.db-password changes",
    ),
    Broken(
        "reload-names-what-changes",
        _CSI,
        'watched["secretproviderclass.reloader.stakater.com/reload"] = _joined(classes)',
        "pass",
        _FILES,
        "files",
        says="a file of files",
    ),
    Broken(
        "reload-names-what-changes",
        "components.workloads.techniques.eso",
        '",".join(target.name for target in targets)',
        '",".join(target.name for target in targets[1:])',
        _COPIED,
        "copied",
        says="copied-external.db-password",
    ),
    Broken(
        "reload-can-happen",
        "components.cluster.csi_addon",
        '"enableSecretRotation": str(addon.rotation).lower()',
        '"enableSecretRotation": "false"',
        _FILES,
        "files",
        says="rotation is off",
    ),
    Broken(
        "reload-can-happen",
        "components.workloads.techniques.eso_external_secret",
        '"refreshPolicy": sync.refresh_policy.value',
        '"refreshPolicy": "OnChange"',
        _COPIED,
        "copied",
        says="read OnChange",
    ),
    Broken("rotation-reaches-jobs", "", "", "env of a CronJob", _JOB, "nightly", says="the run before"),
    Broken(
        "rotation-interval",
        "components.cluster.csi_addon",
        '"rotationPollInterval": addon.poll_interval',
        '"rotationPollInterval": "10s"',
        config("nightly"),
        says="'10s'",
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=ids)
def test_it_comes_first(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    check(broken, monkeypatch)
