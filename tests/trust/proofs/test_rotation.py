"""The proofs of rotation break when the program does."""

from typing import Any

import pytest

from tests.each import each
from tests.trust.graphs import build_config
from tests.trust.proofs.broken import WORKLOADS, Broken, check, config, ids, not_proved
from trust.chain import Chain
from trust.proofs import run

_CSI, _RELOADER = "components.workloads.techniques.csi", "components.operators.reloader"
_FILES, _COPIED = config("files"), config("copied")
_BASE = config("nightly")["workloads"][0]
_JOB = {**config("nightly"), "workloads": [{**_BASE, "secrets": WORKLOADS["files"]["secrets"]}]}
_BESIDE = config("files", "copied")
_BESIDE["workloads"][0] = {key: value for key, value in _BESIDE["workloads"][0].items() if key != "reload"}

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
        "[target.name for target in targets], args.mount_path",
        "[target.name for target in targets[1:]], args.mount_path",
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
    Broken(
        "reload-reaches-variables",
        "components.workloads.pod_requirements",
        'reload={"secret.reloader.stakater.com/reload": ",".join(secrets)},',
        "",
        _COPIED,
        "copied",
        says="DB_PASSWORD, API_KEY from a Secret that an operator refreshes",
    ),
    Broken(
        "reload-reaches-variables",
        "",
        "",
        "reload of one alone",
        _BESIDE,
        "files",
        says="nothing restarts its",
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


def _beside(**keys: Any) -> dict[str, Any]:
    return {**_BESIDE, "workloads": [{**_BESIDE["workloads"][0], **keys}, _BESIDE["workloads"][1]]}


_ONCE = {"refresh_policy": "CreatedOnce"}
_PINNED = [{**secret, "from": "existing", "version": "0" * 32} for secret in WORKLOADS["copied"]["secrets"]]


@each(
    "stack",
    [
        _beside(reload=True),
        _beside(overrides={"metadata": {"annotations": {"reloader.stakater.com/auto": "false"}}}),
        _beside(
            technique="eso", overrides={"metadata": {"annotations": {"reloader.stakater.com/auto": "true"}}}
        ),
        _beside(secrets=[{"name": "db-password", "from": "random", "file": "db"}]),
        _beside(secrets=_PINNED),
        _beside(technique="eso", external_secrets=_ONCE),
        _beside(technique="eso", secrets=_PINNED),
        _beside(technique="kubernetes-secret", secrets=WORKLOADS["plain"]["secrets"]),
        _beside(kind="Job"),
    ],
    ids=lambda stack: str(stack["workloads"][0]),
)
def test_pods_that_reloader_need_not_restart_break_nothing(stack: dict[str, Any]) -> None:
    assert not_proved(run(Chain.read(build_config(stack).graph), only=_RELOADS)) == []


_RELOADS = {"reload-reaches-variables", "reload-names-what-changes", "reload-has-a-reloader"}
