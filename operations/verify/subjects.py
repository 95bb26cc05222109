"""The workloads that are verified, with everything that the state says of their delivery."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from operations.verify.results import About
from trust.chain import Chain
from trust.nodes.azure import Cluster, Identity
from trust.nodes.fields import known
from trust.readers import BY_TOKEN, Reader, by_binding
from trust.requests import Delivery, Request
from trust.techniques import deliveries
from trust.values import UNKNOWN
from trust.workloads import WORKLOAD_TYPE, Workload

DEFAULT_AUDIENCE: Final = "api://AzureADTokenExchange"
BINDING_AUDIENCE: Final = "api://AKSIdentityBinding"


@dataclass(frozen=True)
class Subject:
    """A workload."""

    chain: Chain
    workload: Workload
    deliveries: tuple[Delivery, ...]
    stack: str = ""
    operator: tuple[str, str] | None = None
    """Namespace and name of the ServiceAccount as which an operator reads for the workload. None: its own."""

    @property
    def name(self) -> str:
        return self.workload.name

    @property
    def namespace(self) -> str:
        return known(self.workload.namespace)

    @property
    def account(self) -> str:
        return known(self.workload.service_account_name)

    @property
    def token_account(self) -> tuple[str, str]:
        """Namespace and name of the ServiceAccount whose token is exchanged."""
        return self.operator or (self.namespace, self.account)

    @property
    def token_subject(self) -> str:
        """The subject of that ServiceAccount's tokens."""
        return ":".join(("system:serviceaccount", *self.token_account))

    @property
    def has_foreign_account(self) -> bool:
        """Whether another tool owns its ServiceAccount, with its annotations."""
        account = self.workload.service_account
        return account is not None and account.is_foreign

    @property
    def cluster(self) -> Cluster | None:
        return self.chain.cluster_of(self.workload)

    @property
    def cluster_id(self) -> str:
        return known(self.cluster.resource_id) if self.cluster else ""

    @property
    def signs_in(self) -> bool:
        """Whether the pods themselves exchange the token."""
        return any(delivery.signs_in for delivery in self.deliveries)

    @property
    def identities(self) -> list[tuple[Identity, Reader]]:
        """The identities that a token of its own ServiceAccount becomes."""
        readers = [reader for delivery in self.deliveries for reader in delivery.readers]
        readers += [
            request.reader
            for delivery in self.deliveries
            for request in delivery.requests
            if request.reader is not None
        ]
        own: dict[str, tuple[Identity, Reader]] = {}
        for reader in readers:
            if reader.identity is not None and self.is_own(reader):
                own.setdefault(reader.identity.node.urn, (reader.identity, reader))
        return list(own.values())

    @property
    def operators(self) -> list[tuple[Identity, Subject]]:
        """The identities of operators that read for the workload, with the workload as they serve it."""
        readers = [reader for delivery in self.deliveries for reader in delivery.readers]
        served = {
            reader.identity.node.urn: (reader.identity, subject)
            for reader in readers
            if reader.identity is not None and (subject := self.served_by(reader))
        }
        return list(served.values())

    def asking_as(self, reader: Reader) -> Subject | None:
        """The workload with the ServiceAccount whose token gives this reader, so others can try it. None:
        no such token does, or the stack does not know the ServiceAccount.
        """
        return self if self.signs_in_by_credential(reader) else self.served_by(reader)

    def served_by(self, reader: Reader) -> Subject | None:
        """The workload as an operator serves it. None: the reader is no operator, or its ServiceAccount is
        unknown.
        """
        if reader.operator is None or UNKNOWN in reader.operator:
            return None
        namespace, name = map(known, reader.operator)
        return replace(self, operator=(namespace, name))

    def is_own(self, reader: Reader) -> bool:
        """Whether a token of the workload's own ServiceAccount gives this reader."""
        label = f"ServiceAccount {self.workload.namespace}/{self.workload.service_account_name}"
        return any(link.what == BY_TOKEN and link.start == label for link in reader.links)

    def signs_in_by_credential(self, reader: Reader) -> bool:
        """Whether Entra exchanges a token of the workload's own ServiceAccount, so that others can try it."""
        return self.is_own(reader) and not by_binding(reader)

    def is_bound(self, identity: Identity) -> bool:
        """Whether the workload becomes an identity by an identity binding."""
        return any(own is identity and by_binding(reader) for own, reader in self.identities)

    @property
    def requests(self) -> list[Request]:
        """Each object of a vault that is named, once."""
        by_key: dict[tuple[str, ...], Request] = {}
        for delivery in self.deliveries:
            for request in delivery.requests:
                key = (known(request.vault).lower(), request.kind, known(request.name).lower())
                by_key.setdefault(key, request)
        return list(by_key.values())

    def about(self, check: str, **names: str) -> About:
        more = {"stack": self.stack, "workload": self.name, "namespace": self.namespace}
        return About(self.name, check, {**more, "service_account": self.account, **names})


def subjects(chain: Chain, stack: str) -> Iterator[Subject]:
    """The workloads of the stack: its components, and pods outside of them that read a vault."""
    for workload in chain.workloads:
        delivered = tuple(deliveries(chain, workload))
        if delivered or workload.node.type == WORKLOAD_TYPE:
            yield Subject(chain, workload, delivered, stack)
