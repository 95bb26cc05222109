"""Everything that is looked at, in the order of the chain: what breaks first comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from operations.azure.refusals import AzureRefusedError
from operations.checks import Check, Finding
from operations.kubernetes_access import KubernetesError
from operations.verify import (
    eligible,
    grants,
    identity_bindings,
    pods,
    policies,
    services,
    sign_in,
    surplus,
    vault_network,
)
from operations.verify.observed import Observed
from operations.verify.results import About, right_of
from operations.verify.rights import held
from operations.verify.subjects import Subject, subjects
from operations.verify.techniques import checks_of
from trust.chain import Chain
from trust.nodes.fields import known
from trust.nodes.vaults import Vault
from trust.readers import by_binding

SURPLUS: Final = frozenset({surplus.ROLES, surplus.CREDENTIALS, policies.POLICIES, eligible.ELIGIBLE})
"""The checks of what is more than the program made."""


@dataclass(frozen=True)
class Plan:
    """The checks of one stack."""

    chain: Chain
    stack: str
    workloads: frozenset[str] = frozenset()
    """The workloads that are looked at. Empty: all."""
    me: str = ""
    """Object id of the principal that is signed in; empty if it is not known."""

    def checks(self, observed: Observed) -> list[Check]:
        """The checks of a round."""
        checks: list[Check] = []
        if not self.workloads:
            # A closed vault refuses the pods of every workload: it is the cause, so it comes before them.
            checks += [
                Check(
                    name,
                    vault_network.CHECK,
                    partial(vault_network.vault_as_made, observed, vault, self.stack),
                )
                for vault, name in self._vaults()
            ]
        for subject in subjects(self.chain, self.stack):
            if not self.workloads or subject.name in self.workloads:
                checks += [_guarded(check, subject) for check in _of_workload(observed, subject)]
        if not self.workloads:
            checks += self._of_stack(observed)
        return checks

    def _vaults(self) -> list[tuple[Vault, str]]:
        return [(vault, known(vault.name)) for vault in self.chain.vaults if known(vault.resource_id)]

    def _of_stack(self, observed: Observed) -> Iterator[Check]:
        for vault, name in self._vaults():
            yield Check(
                name, surplus.ROLES, partial(surplus.foreign_roles, observed, self.chain, vault, self.me)
            )
            run = partial(policies.foreign_policies, observed, self.chain, vault, self.me)
            yield Check(name, policies.POLICIES, run)
            run = partial(eligible.eligible_roles, observed, self.chain, vault, self.me)
            yield Check(name, eligible.ELIGIBLE, run)
        for identity in surplus.identities_of(self.chain):
            run = partial(surplus.foreign_credentials, observed, self.chain, identity)
            yield Check(known(identity.name), surplus.CREDENTIALS, run)


def _of_workload(observed: Observed, subject: Subject) -> Iterator[Check]:
    name = subject.name
    for identity, reader in subject.identities:
        if by_binding(reader):
            run = partial(identity_bindings.binding, observed, subject, identity)
            yield Check(name, "identity binding", run)
            run = partial(identity_bindings.right, observed, subject, identity)
            yield Check(name, "right to use", run)
        else:
            yield Check(name, "credential", partial(sign_in.credential, observed, subject, identity))
        yield Check(name, "service account", partial(sign_in.account, observed, subject, identity))
    for identity, served in subject.operators:
        yield Check(name, "credential", partial(sign_in.credential, observed, served, identity))
    for request in grants.requests_of(subject):
        label = known(request.name)
        yield Check(name, f"grant {label}", partial(grants.grant, observed, subject, request))
    for identity, key, rights in held.configured_of(subject):
        run = partial(held.held, observed, subject, identity, key, rights)
        yield Check(name, f"rights {key[2]}", run)
    for identity, reader in subject.identities:
        if not by_binding(reader):  # the token proxy answers in the cluster only
            yield Check(name, "sign-in", partial(sign_in.exchange, observed, subject, identity))
    for identity, served in subject.operators:
        yield Check(name, "sign-in", partial(sign_in.exchange, observed, served, identity))
    for request in grants.requests_of(subject):
        yield Check(name, f"read {known(request.name)}", partial(grants.read, observed, subject, request))
    for identity, _ in subject.identities:
        yield Check(name, "token in pods", partial(pods.token, observed, subject, identity))
    for delivery in subject.deliveries:
        yield from checks_of(observed, subject, delivery)
    if subject.cluster_id:
        yield Check(name, "pods", partial(pods.ready, observed, subject))
        for item in services.services_of(subject):
            label = f"service {known(item.name)}"
            yield Check(name, label, partial(services.service, observed, subject, item))


def _guarded(check: Check, subject: Subject) -> Check:
    """The check; a refusal that it does not explain itself names the right that it needs."""
    about = About(check.subject, check.name)
    return Check(check.subject, check.name, partial(_run, check.run, about, subject))


def _run(run: Callable[[], Iterable[Finding]], about: About, subject: Subject) -> Iterator[Finding]:
    try:
        yield from run()
    except KubernetesError as error:
        if error.status == 404:  # a list of a kind that the cluster does not know
            yield about.wrong(str(error), sign_in.mend(subject.stack))
        else:
            yield about.refused(error, f"a role in the cluster that reads namespace {subject.namespace}")
    except AzureRefusedError as error:
        yield about.refused(error, right_of(error))
