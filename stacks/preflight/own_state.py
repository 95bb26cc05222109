"""The state of this stack, as the last operation left it.

Deliberately not here: what follows from it (hand_over.py, kept_secrets.py, warnings/vaults.py), and the
values in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import pulumi

SECRET = "azure-native:keyvault:Secret"
VAULT = "azure-native:keyvault:Vault"
RANDOM = "random:index/randomPassword:RandomPassword"
EXTERNAL_SECRET = "kubernetes:external-secrets.io/v1:ExternalSecret"
PROVIDER_CLASS = "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass"
# The engine's own function, also behind StackReference: pulumi, pkg/resource/deploy/builtins.go
_READ = "pulumi:pulumi:readStackResourceOutputs"


@dataclass(frozen=True)
class OwnState:
    """Resources in the state."""

    names: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """Logical names by type."""
    specs: Mapping[tuple[str, str], Mapping[str, Any]] = field(
        default_factory=dict[tuple[str, str], Mapping[str, Any]]
    )
    """``spec`` of the objects that decide which Kubernetes Secrets there are, by type and logical name."""

    @classmethod
    def read(cls) -> Self:
        """The state of this stack. It is empty before the first update, and if the backend cannot be read."""
        stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
        try:
            answer: Any = pulumi.runtime.invoke(_READ, {"stackName": stack}).value
        # The SDK raises no narrower one. A backend that does not answer fails the update by itself.
        except Exception as error:
            pulumi.log.debug(f"the state of {stack} cannot be read: {error}")
            return cls({})
        names: dict[str, set[str]] = {}
        specs: dict[tuple[str, str], Mapping[str, Any]] = {}
        resources: Mapping[str, Mapping[str, Any]] = answer["outputs"] if answer else {}
        for urn, resource in resources.items():
            _, _, types, name = urn.removeprefix("urn:pulumi:").split("::", 3)
            token = types.rsplit("$", 1)[-1]
            names.setdefault(token, set()).add(name)
            if token in (EXTERNAL_SECRET, PROVIDER_CLASS):
                outputs: Mapping[str, Any] = resource["outputs"]
                specs[token, name] = outputs.get("spec", {})
        return cls({token: frozenset(of_type) for token, of_type in names.items()}, specs)

    def of_type(self, token: str) -> frozenset[str]:
        """Logical names of the resources of a type."""
        return self.names.get(token, frozenset())
