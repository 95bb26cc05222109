"""Rules for section ``namespaces``."""

from collections.abc import Iterator

from stacks.settings.model.namespaces import NamespaceSettings
from stacks.settings.validation.registry import Violation, rule

_ADMISSION = "https://kubernetes.io/docs/concepts/security/pod-security-admission/"


@rule("existing-namespace-keeps-its-labels", NamespaceSettings, source=_ADMISSION)
def existing_namespaces_keep_their_labels(namespace: NamespaceSettings) -> Iterator[Violation]:
    """What the program does not make, it does not label."""
    for key in ("release", "enforce", "warn", "isolated"):
        if namespace.existing and key in namespace.model_fields_set:
            yield Violation(
                (key,),
                "the program neither makes nor labels a namespace that is existing",
                "take it out, or label it there",
                remove=True,
            )
