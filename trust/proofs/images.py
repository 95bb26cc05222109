"""Proofs that the reviewed version runs: images, charts and extensions are pinned.

Owns: images of pods that the program writes, and the versions of operators. Deliberately not here: the images
of charts, which their version fixes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from trust.chain import Chain
from trust.nodes.fields import mapping, text
from trust.nodes.pods import PodOwner
from trust.operators import EXTENSION
from trust.proofs.proof import Finding, proof
from trust.values import UNKNOWN, Text

_EXACT: Final = re.compile(r"v?\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?")
_MOVING: Final = frozenset({"", "latest"})


@proof(
    "image-pinned",
    severity="warning",
    of=lambda chain: [owner for owner in chain.pod_owners if owner.containers],
    reason="A node pulls the image that the tag names at that moment, so pods of one revision can differ.",
    source="https://kubernetes.io/docs/concepts/containers/images/#image-names",
)
def image_pinned(chain: Chain) -> Iterator[Finding]:
    """Every image has a digest, or a tag of a version."""
    for owner in chain.pod_owners:
        for container in owner.containers:
            image = text(container.get("image"))
            if image is UNKNOWN or _tag(image) in _MOVING:
                yield _unpinned(chain, owner, container, image)


def _unpinned(chain: Chain, owner: PodOwner, container: Mapping[str, Any], image: Text) -> Finding:
    workload = chain.workload_of(owner.node)
    name = workload.name if workload else str(owner.name)
    place = f"image of container '{container.get('name')}' of {owner.kind} '{owner.name}'"
    problem = (
        "is unknown before the update"
        if image is UNKNOWN
        else f"is '{image}', which can be another one at the next start of a pod"
    )
    return Finding(
        workload=name,
        text=f"{place} {problem}",
        fix=f"workloads[name={name}].image: add a digest, name@sha256:…, or the tag of a version",
        urn=owner.node.urn,
        unknown=image is UNKNOWN,
    )


def _tag(image: Text) -> str:
    """The tag of an image; ``@`` if it has a digest, empty if it has neither."""
    name = str(image)
    if "@sha256:" in name:
        return "@"
    return name.rsplit("/", 1)[-1].partition(":")[2]


@proof(
    "chart-is-pinned",
    of=lambda chain: [*chain.releases, *chain.graph.of_type(EXTENSION)],
    reason="Without an exact version an update installs the newest one, with other rights and other kinds.",
    source="https://helm.sh/docs/helm/helm_install/",
)
def chart_is_pinned(chain: Chain) -> Iterator[Finding]:
    """Every chart and every extension of the cluster has an exact version, and no other party upgrades it."""
    for release in chain.releases:
        subject = f"Helm release '{release.name}'"
        yield from _exact(release.node.urn, subject, release.version, "operators.….version: an exact version")
    for node in chain.graph.of_type(EXTENSION):
        subject = f"extension '{node.input('extensionName') or node.name}'"
        version = text(node.input("version"))
        yield from _exact(node.urn, subject, version, "operators.dapr.version: an exact version")
        if node.input("autoUpgradeMinorVersion", True) is not False:
            yield Finding(
                text=f"{subject} is upgraded by Azure at any time",
                fix="operators.dapr.version: an exact version, with which the program turns upgrades off",
                urn=node.urn,
            )


def _exact(urn: str, subject: str, version: Text, fix: str) -> Iterator[Finding]:
    if version is UNKNOWN:
        yield Finding(text=f"{subject}: its version is unknown", fix=fix, urn=urn, unknown=True)
    elif not _EXACT.fullmatch(str(version)):
        written = f"version '{version}', which is none alone" if version else "no version"
        yield Finding(text=f"{subject} has {written}", fix=fix, urn=urn)


@proof(
    "chart-comes-from-https",
    of=lambda chain: chain.releases,
    reason="A server on the way could serve another chart under the same version.",
    source="https://helm.sh/docs/topics/chart_repository/",
)
def chart_comes_from_https(chain: Chain) -> Iterator[Finding]:
    """Every chart comes from a repository by HTTPS or from an OCI registry."""
    for release in chain.releases:
        repository = text(mapping(release.node.input("repositoryOpts")).get("repo"))
        source = repository or release.chart
        if source is UNKNOWN or str(source).startswith(("https://", "oci://", "./", "/")):
            continue
        yield Finding(
            text=f"Helm release '{release.name}' takes its chart from '{source}', and not by HTTPS",
            fix="the repository of the chart: https://…",
            urn=release.node.urn,
        )
