"""Every key of the settings by which a change loosens something: the first screen names it, in both forms."""

from __future__ import annotations

from typing import Any

from operations.report.page import page
from tests.each import each
from tests.operations.report.test_first_screen import Config, first_screen, prod, report_of, unescaped

VAULT = "kv-test-d2541246"
_ELSEWHERE = "now, which had its value from elsewhere"
_PROFILE = "the Pod Security profile of the namespace web is lowered from restricted to"
LOOSENING: dict[str, tuple[Any, str]] = {
    # Path → a value that protects less, and what the first screen says. None: without the key.
    "cluster.protect": (False, "Pulumi's protection of aks-test is turned off"),
    "cluster.local_accounts": (True, "the lock on local accounts of the cluster aks-test"),
    "cluster.authorized_ip_ranges": (None, "authorized ranges of the cluster aks-test are gone"),
    "cluster.export_kubeconfig": (True, "the stack has the secret output kubeconfig now"),
    "cluster.upgrades.channel": ("none", "automatic upgrades of Kubernetes of the cluster aks-test end"),
    "cluster.upgrades.node_os_channel": ("None", "upgrades of the nodes' system of the cluster aks-test end"),
    "cluster.image_cleaner_interval_hours": (None, "the image cleaner of the cluster aks-test is turned off"),
    "vault.purge_protection": (False, f"purge protection of the vault {VAULT} is turned off"),
    "vault.soft_delete_retention_days": (7, f"soft-delete retention of the vault {VAULT} is lowered"),
    "vault.protect": (False, f"production vault '{VAULT}' is not protected from deletion"),
    "vault.network": (
        {"public_access": True},
        f"public network access of the vault {VAULT} is allowed",
    ),
    "monitoring.retention_days": (30, "retention of the logs of log-test is lowered from 90 to 30 days"),
    "monitoring.alerts.emails": (["x@example.com"], "the alerts of ag-test reach other recipients"),
    "people.groups": (
        ["77777777-7777-4888-8999-000000000000"],
        f"could change every secret of {VAULT}",
    ),
    "operators.csi_driver": (
        {"rotation": False},
        "rotation by the CSI driver of the cluster",
    ),
    "namespaces.1.enforce": ("privileged", f"{_PROFILE} privileged"),
    "workloads.1.scope": ("vault", f"web may now read every secret of {VAULT}"),
    "workloads.1.image": ("registry.example.com/shop/web:latest", "image-pinned"),
    "workloads.1.command": (
        ["sh", "-c", "env"],
        "of the Deployment web/web runs another command",
    ),
    "workloads.1.reload": (None, "Reloader no longer restarts the Deployment web/web"),
    "workloads.1.run_as_user": (None, "runs as the user of its image now"),
    "workloads.1.read_only_root_filesystem": (False, "readOnlyRootFilesystem: true of the container web"),
    "workloads.1.overrides": (
        {"spec": {"template": {"spec": {"hostNetwork": True}}}},
        "hostNetwork of the Deployment web/web is turned on",
    ),
    "workloads.0.secrets.0.rights": (["get", "set"], "orders may now write secret orders-db-password"),
    "workloads.1.secrets.1.version": ("0" * 32, "a rotation does not change what it gets"),
    "workloads.1.secrets.0.from": (
        "random",
        f"the stack writes web-session-key of {VAULT} {_ELSEWHERE}",
    ),
    "workloads.1.secrets.1.kubernetes_secret": (
        {"annotations": {"replicator.v1.mittwald.de/replicate-to": "*"}},
        "kubernetes-replicator may copy Secret 'web-external.payment-api-key' into other namespaces",
    ),
    "tags.environment": ("test", "the stack no longer counts as production"),
}
"""Keys of the production stack by which a change loosens something, beside those of ``CASES``."""
_WITH_IT: dict[str, dict[str, Any]] = {
    "workloads.1.reload": {"operators.reloader": None},
    "workloads.1.read_only_root_filesystem": {"workloads.1.scratch": None},
}
"""Keys that change with another one, since the settings refuse them otherwise."""


def _set(config: Config, path: str, value: Any) -> None:
    *steps, last = path.split(".")
    inside: Any = config
    for step in steps:
        inside = inside[int(step)] if isinstance(inside, list) else inside.setdefault(step, {})
    if value is None:
        del inside[last]
    else:
        inside[last] = value


_AT_ONCE = 5
"""Changes of one build, few enough that the first screen has room for all."""
_PATHS = list(LOOSENING)


@each("paths", [_PATHS[first : first + _AT_ONCE] for first in range(0, len(_PATHS), _AT_ONCE)])
def test_every_key_that_loosens_something_is_named(paths: list[str]) -> None:
    after = prod()
    for path in paths:
        for key, value in {path: LOOSENING[path][0], **_WITH_IT.get(path, {})}.items():
            _set(after, key, value)
    comment = unescaped(first_screen(prod(), after))
    html = page(report_of(prod(), after)).split('<section aria-labelledby="who">')[0].replace("&#39;", "'")
    assert [path for path in paths if LOOSENING[path][1] not in comment] == [], comment
    assert [path for path in paths if LOOSENING[path][1] not in html] == [], html
