"""The whole of the settings: every section, and what is derived from several of them."""

import re
from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from components.operators import Operator
from components.workloads import Technique
from stacks.settings.model.app_routing import IngressSettings
from stacks.settings.model.cluster import ClusterSettings
from stacks.settings.model.existing import ResourceGroupSettings
from stacks.settings.model.grants import Grants
from stacks.settings.model.identities import IdentitySettings
from stacks.settings.model.metadata import LabelKey, LabelValue
from stacks.settings.model.monitoring import MonitoringSettings
from stacks.settings.model.namespaces import NamespaceSettings, is_system_namespace
from stacks.settings.model.network import VirtualNetworkSettings
from stacks.settings.model.operator_section import ReadingOperatorSettings, operator_identity
from stacks.settings.model.operators import OperatorsSettings
from stacks.settings.model.people import PeopleSettings
from stacks.settings.model.secrets import SecretSettings
from stacks.settings.model.section import Section
from stacks.settings.model.vault import AdditionalVaultSettings, AnyVaultSettings, VaultSettings
from stacks.settings.model.waivers import WaiverSettings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.types import nearly
from stacks.settings.types.pulumi import StackName
from stacks.settings.validation.constraints import Pattern, refusal
from stacks.settings.validation.problems import Path
from stacks.settings.validation.registry import register_rule
from stacks.settings.validation.repeatable import quoted


def _normalized(name: object) -> object:
    """``West US 2`` and westus2 are one region to ARM and to the provider (pulumi-azure-native#2281).

    Other text stays as it is: what messages must not repeat is known by its spaces and signs.
    """
    is_words = isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9 -]*", name)
    return name.replace(" ", "").lower() if isinstance(name, str) and is_words else name


_REGIONS = "https://learn.microsoft.com/azure/reliability/regions-list"
_MISSPELLED = register_rule("location-is-spelled", _REGIONS)


def _is_no_slip(name: str) -> str:
    """A region that Azure has opened since the list was made is accepted: it is no slip of another."""
    if near := nearly.region_slip(name):
        problem = f"{quoted(name)} is no region of Azure, and nearly {near}"
        raise refusal(_MISSPELLED, problem, "correct it", near)
    return name


Location = Annotated[
    str,
    BeforeValidator(_normalized),
    AfterValidator(_is_no_slip),
    Pattern(
        "location",
        # Those of the sovereign clouds begin so: https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure
        r"(?!china|usgov|usdod|ussec|usnat)[a-z][a-z0-9]*",
        is_a="location name of Azure's public cloud",
        remedy="use the short name that `az account list-locations --query '[].name'` prints",
        example=None,
        mended=nearly.region,
        source=_REGIONS,
    ),
]


class Composition(StrEnum):
    """Parts that a stack consists of."""

    ALL_IN_ONE = "all-in-one"
    """Cluster, vault, identities and workloads."""
    PLATFORM = "platform"
    """Cluster, vault, operators and namespaces: the base on which other stacks put their workloads."""
    WORKLOADS = "workloads"
    """Identities and workloads, on a platform that another stack makes or that already exists."""


class PlatformSettings(Section):
    """The platform on which the workloads run."""

    stack: StackName
    """Stack that makes the platform, with composition platform or all-in-one: `organization/project/stack`.
    """


class Settings(Section):
    """The settings of one stack."""

    project: str
    stack: str
    location: Location
    """Azure region of all resources, from `azure-native:location`."""
    base: str | None = None
    """File with the settings that several stacks share, below the program's folder: `config/base.yaml`. The
    stack file is merged over it.
    """
    composition: Composition = Composition.ALL_IN_ONE
    """Parts that the stack consists of."""
    technique: Technique | None = None
    """Technique of every workload that names none."""
    grants: Grants = Grants.MANAGED
    """Maker of the role assignments: managed (the program) or external (from the list in the output
    `grants`).
    """
    platform: PlatformSettings | None = None
    """With `composition: workloads`: the stack whose platform the workloads run on."""
    cluster: ClusterSettings = ClusterSettings()
    """The AKS cluster."""
    network: VirtualNetworkSettings | None = None
    """Virtual network that the program makes for the nodes. By default AKS makes one, or
    `cluster.network.subnet_id` names an existing subnet.
    """
    vault: VaultSettings = VaultSettings()
    """The Key Vault."""
    vaults: tuple[AdditionalVaultSettings, ...] = ()
    """Additional Key Vaults. A secret names one of them in `vault`."""
    workloads: tuple[WorkloadSettings, ...] = ()
    """Applications, and the vault objects that each of them reads."""
    identities: tuple[IdentitySettings, ...] = ()
    """User-assigned identities that several workloads share."""
    resource_groups: tuple[ResourceGroupSettings, ...] = ()
    """Resource groups that already exist. The program makes every other group that the settings name."""
    namespaces: tuple[NamespaceSettings, ...] = ()
    """Namespaces that differ from the defaults. The program makes the others that workloads name."""
    operators: OperatorsSettings = OperatorsSettings()
    """Operators that the techniques need in the cluster."""
    monitoring: MonitoringSettings | None = None
    """Diagnostic logs of cluster and vaults, and alerts; none by default."""
    people: PeopleSettings = PeopleSettings()
    """People and service principals that manage the secrets' values."""
    tags: Mapping[str, str] = {}
    """Tags on every resource that can carry them."""
    labels: Mapping[LabelKey, LabelValue] = {}
    """Labels on every Kubernetes object that the program makes for namespaces and workloads, also on pods and
    Kubernetes Secrets.
    """
    waivers: tuple[WaiverSettings, ...] = ()
    """Proofs that may be broken until a day, each with its reason."""

    @cached_property
    def workloads_by_identity(self) -> dict[str, list[WorkloadSettings]]:
        """Identity name → the workloads that use it, in the order of the list."""
        by_identity: dict[str, list[WorkloadSettings]] = defaultdict(list)
        for workload in self.workloads:
            by_identity[workload.identity_name].append(workload)
        return dict(by_identity)

    @cached_property
    def identity_names(self) -> list[str]:
        """The principals that read the vaults: those of the workloads, then operators without workloads."""
        own = [] if self.platform else [operator_identity(operator) for operator in self.operators.reading]
        return list(dict.fromkeys([*self.workloads_by_identity, *own]))

    def reading_operator(self, name: str) -> ReadingOperatorSettings | None:
        """The operator that reads as this identity. None: workloads do, or the platform has the operator."""
        sections = self.operators.reading
        return next((sections[key] for key in sections if operator_identity(key) == name), None)

    def listed_identity(self, name: str) -> tuple[int, IdentitySettings] | None:
        """Entry of ``identities`` for an identity of this name, and its index. None: it has no entry."""
        operator = self.reading_operator(name)
        listed = operator.identity if operator else name
        return next((entry for entry in enumerate(self.identities) if entry[1].name == listed), None)

    @cached_property
    def workloads_in_order(self) -> list[WorkloadSettings]:
        """The workloads as they are listed, but each behind those that it names in ``after``, and all behind
        those that write into vaults what others may read.
        """
        by_name = {workload.name: workload for workload in self.workloads}
        ordered: dict[str, WorkloadSettings] = {}

        def add(workload: WorkloadSettings) -> None:
            for name in workload.after:
                if name not in ordered:
                    add(by_name[name])
            ordered[workload.name] = workload

        for workload in sorted(self.workloads, key=lambda workload: not workload.pushes):
            if workload.name not in ordered:
                add(workload)
        return list(ordered.values())

    @cached_property
    def seeded_secrets(self) -> list[SecretSettings]:
        """Every secret that the program writes, once, however many workloads read it."""
        seeded: dict[tuple[str | None, str], SecretSettings] = {}
        for workload in self.workloads:
            for secret in workload.secrets:
                if secret.seeded:
                    seeded.setdefault(secret.object_key, secret)
        return list(seeded.values())

    @cached_property
    def reloads_mounted_objects(self) -> bool:
        """Whether Reloader also watches what the CSI driver mounts: for workloads of this stack, and where it
        watches for other stacks, whose techniques are not known here.
        """
        reloader, driver = self.operators.reloader, self.operators.csi_driver
        mounted = any(
            workload.reload and workload.spec.operator is Operator.CSI_DRIVER for workload in self.workloads
        )
        return mounted or bool(reloader and reloader.namespaces and driver)

    @cached_property
    def ingresses(self) -> list[tuple[int, IngressSettings]]:
        """Index of a workload and its Ingress, for each that has one."""
        return [
            (index, workload.service.ingress)
            for index, workload in enumerate(self.workloads)
            if workload.service and workload.service.ingress
        ]

    @cached_property
    def certificate_grants(self) -> dict[tuple[str | None, str], Grants]:
        """Vault and lower-case name of each certificate of an Ingress, and who lets the add-on read it: this
        stack, as soon as one of its workloads says so.
        """
        by_certificate: dict[tuple[str | None, str], Grants] = {}
        for _, ingress in self.ingresses:
            key = ingress.vault, ingress.certificate.lower()
            if by_certificate.get(key) is not Grants.MANAGED:
                by_certificate[key] = ingress.grants
        return by_certificate

    @cached_property
    def all_vaults(self) -> list[tuple[Path, str | None, AnyVaultSettings]]:
        """Path, label and settings of each vault. The vault of section ``vault`` comes first; its label is
        None.
        """
        additional = [(("vaults", index), vault.name, vault) for index, vault in enumerate(self.vaults)]
        return [(("vault",), None, self.vault), *additional]

    @cached_property
    def namespaces_by_name(self) -> dict[str, NamespaceSettings]:
        """Every namespace of the stack with its settings: those that workloads name, and on a platform those
        that are listed. Those of Kubernetes, AKS and its add-ons exist.
        """
        listed = {namespace.name: namespace for namespace in self.namespaces}
        names = dict.fromkeys(workload.namespace for workload in self.workloads)
        if self.composition is Composition.PLATFORM:
            names |= dict.fromkeys(listed)
        return {
            name: listed.get(name) or NamespaceSettings(name=name, existing=is_system_namespace(name))
            for name in names
        }
