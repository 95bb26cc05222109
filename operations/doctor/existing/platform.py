"""The platform of a stack of workloads: its stack is up, and its cluster and vaults are there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from operations.azure.api_versions import KEY_VAULT
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.existing.cluster import cluster_finding
from operations.doctor.family import family
from operations.doctor.platform_output import VERSION, PlatformOutput

_SUBJECT: Final = "platform"
_CHECK: Final = "platform.stack"


@family(asks_azure=True)
def platform_is_usable(examination: Examination) -> Iterator[Check]:
    """The other stack publishes a platform that this release reads, and what it names is there."""
    if platform := examination.platform:
        yield Check(_SUBJECT, _CHECK, lambda: _platform(examination, platform))


def _platform(examination: Examination, platform: PlatformOutput) -> Iterator[Finding]:
    up = f"pulumi up --stack {platform.stack}, in its folder"
    if platform.problem:
        yield Finding(_SUBJECT, _CHECK, "wrong", platform.problem, up)
        return
    if platform.version != VERSION:
        text = (
            f"stack {platform.stack} publishes version {platform.version} of its platform, and this release"
            f" reads version {VERSION}"
        )
        yield Finding(_SUBJECT, _CHECK, "wrong", text, f"with the same release: {up}")
        return
    here = examination.session.caller.tenant_id
    if platform.tenant_id.lower() not in ("", here.lower()):
        text = f"stack {platform.stack} is in tenant {platform.tenant_id}, and pulumi is signed in to {here}"
        yield Finding(_SUBJECT, _CHECK, "wrong", text, f"az login --tenant {platform.tenant_id}")
        return
    yield Finding(_SUBJECT, _CHECK, "fine", f"stack {platform.stack} is up")
    yield cluster_finding(examination, platform.cluster_id, _CHECK)
    yield from _vaults(examination, platform, up)


def _vaults(examination: Examination, platform: PlatformOutput, up: str) -> Iterator[Finding]:
    labels = {secret.vault for workload in examination.settings.workloads for secret in workload.objects}
    for label in sorted(labels, key=str):
        if label and examination.makes_vault(label):
            continue
        vault_id = platform.vault_id(label)
        subject = f"vault {vault_id.rpartition('/')[2] or label}"
        if not vault_id and label not in {each for _, each, _ in examination.settings.all_vaults}:
            text = f"stack {platform.stack} publishes no vault {label}"
            yield Finding(subject, _CHECK, "wrong", text, f"add it to vaults there, then {up}")
        elif vault_id and examination.reads.get_if_exists(vault_id, KEY_VAULT) is None:
            text = f"stack {platform.stack} names it, and it does not exist"
            yield Finding(subject, _CHECK, "wrong", text, f"pulumi up --refresh --stack {platform.stack}")
        elif vault_id:
            yield Finding(subject, _CHECK, "fine", "is there")
