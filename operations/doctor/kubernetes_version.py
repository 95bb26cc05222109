"""The Kubernetes version of the settings, as AKS offers it in the region."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from operations.azure.api_versions import CONTAINER_SERVICE
from operations.azure.documents import at, objects_at, text_at, texts_at
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family
from stacks.settings.validation.problems import set_command

_CHECK: Final = "Kubernetes version"
_COMMUNITY: Final = "KubernetesOfficial"


@family(asks_azure=True)
def version_is_offered(examination: Examination) -> Iterator[Check]:
    """AKS offers the version, and with the support plan of the settings."""
    if examination.makes_cluster:
        yield Check("cluster", _CHECK, lambda: _version(examination))


def _version(examination: Examination) -> Iterable[Finding]:
    settings = examination.settings
    region = settings.location
    locations = f"{examination.subscription}/providers/Microsoft.ContainerService/locations"
    path = f"{locations}/{region}/kubernetesVersions"
    offers = objects_at(examination.reads.get(path, CONTAINER_SERVICE), "values")
    plan = str(settings.cluster.support_plan or _COMMUNITY)
    version = settings.cluster.kubernetes_version
    if not offers:
        text = f"AKS offers no version in {region}"
        yield Finding("cluster", _CHECK, "wrong", text, _other_region(examination))
    elif version is None:
        default = next((text_at(offer, "version") for offer in offers if at(offer, "isDefault")), "")
        yield Finding("cluster", _CHECK, "fine", f"AKS's default in {region}: {default or 'its newest'}")
    else:
        yield _judge(examination, version, _offer_of(offers, version), offers, plan)


def _judge(
    examination: Examination,
    version: str,
    offer: Mapping[str, Any] | None,
    offers: Sequence[Mapping[str, Any]],
    plan: str,
) -> Finding:
    region = examination.settings.location
    usable = [each for each in offers if plan in texts_at(each, "capabilities", "supportPlan")]
    names = sorted((text_at(each, "version") for each in usable if not at(each, "isPreview")), key=_order)
    step = f"az aks get-versions --location {region} --output table"
    if names:
        step = str(set_command(("cluster", "kubernetes_version"), names[-1], as_text=True))
    if _runs(examination, version):
        return Finding("cluster", _CHECK, "fine", f"{version} runs in the cluster")
    if offer is None:
        text = (
            f"AKS does not offer {version} in {region}; it offers {', '.join(names) or f'none with {plan}'}"
        )
        return Finding("cluster", _CHECK, "wrong", text, step)
    if offer not in usable:
        text = f"AKS offers {version} in {region} only with AKSLongTermSupport and tier Premium"
        return Finding("cluster", _CHECK, "wrong", text, step)
    preview = " as a preview" if at(offer, "isPreview") else ""
    return Finding("cluster", _CHECK, "fine", f"{version} is offered in {region}{preview}")


def _offer_of(offers: Sequence[Mapping[str, Any]], version: str) -> Mapping[str, Any] | None:
    minor = ".".join(version.split(".")[:2])
    for offer in offers:
        if text_at(offer, "version") == minor:
            patches = at(offer, "patchVersions")
            has_patch = isinstance(patches, Mapping) and version in patches
            return offer if version == minor or has_patch else None
    return None


def _runs(examination: Examination, version: str) -> bool:
    cluster = examination.reads.get_if_exists(examination.cluster_id, CONTAINER_SERVICE)
    running = text_at(cluster, "properties", "kubernetesVersion")
    return running == version or running.startswith(f"{version}.")


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))


def _other_region(examination: Examination) -> str:
    return f"pulumi config set azure-native:location <region>, now {examination.settings.location}"
