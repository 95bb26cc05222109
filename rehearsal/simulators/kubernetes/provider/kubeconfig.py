"""The cluster that a provider's settings name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Connection:
    """API server and namespace of a kubeconfig, or the problem of one that cannot be read."""

    server: str = ""
    namespace: str = "default"
    problem: str = ""

    @classmethod
    def parse(cls, settings: Mapping[str, str]) -> Connection:
        try:
            document = _document(settings.get("kubeconfig", ""))
        except (yaml.YAMLError, ValueError, OSError) as error:
            return cls(problem=f"failed to parse kubeconfig data in `kubernetes:config:kubeconfig`- {error}")
        context = _context(document, settings)
        server = str((_cluster(document, context, settings) or {}).get("server", ""))
        namespace = settings.get("namespace") or context.get("namespace") or "default"
        return cls(server, namespace)

    @property
    def why_unreachable(self) -> str:
        """The reason that there is no connection, in the provider's words.

        Configure in provider/pkg/provider/provider.go.
        """
        if self.problem:
            return self.problem
        if not self.server:
            return (
                "unable to load Kubernetes client configuration from kubeconfig file. Make sure you "
                "have: \n\n"
                " \t • set up the provider as per "
                "https://www.pulumi.com/registry/packages/kubernetes/installation-configuration/ \n\n "
                "invalid configuration: no configuration has been provided, "
                "try setting KUBERNETES_MASTER environment variable"
            )
        return self.explained("")

    def explained(self, why: str) -> str:
        """As `why_unreachable`, with the reason why a known server is not reached."""
        if self.problem or not self.server:
            return self.why_unreachable
        host = self.server.split("://", 1)[-1].split(":")[0]
        failed = (
            "unable to load schema information from the API server: Get "
            f'"{self.server}/openapi/v2?timeout=32s": '
        )
        return failed + (why or f"dial tcp: lookup {host}: no such host")


def active_cluster(settings: Mapping[str, Any]) -> Any:
    """The active entry of `clusters`, which identifies the cluster for DiffConfig; None if there is none."""
    kubeconfig = settings.get("kubeconfig")
    try:
        document = _document(kubeconfig if isinstance(kubeconfig, str) else "")
    except (yaml.YAMLError, ValueError, OSError):
        return None
    return _cluster(document, _context(document, settings), settings)


def _document(path_or_content: str) -> Mapping[str, Any]:
    if not path_or_content:
        return {}
    text = path_or_content
    if "\n" not in text and not text.lstrip().startswith("{") and Path(text).is_file():
        text = Path(text).read_text(encoding="utf-8")
    document = yaml.load(text, Loader=_LOADER)
    if not isinstance(document, Mapping):
        raise ValueError("it is not a mapping")
    return document


def _context(document: Mapping[str, Any], settings: Mapping[str, Any]) -> Mapping[str, Any]:
    name = settings.get("context") or document.get("current-context")
    return _named(document, "contexts", name, "context") or {}


def _cluster(document: Mapping[str, Any], context: Mapping[str, Any], settings: Mapping[str, Any]) -> Any:
    return _named(document, "clusters", settings.get("cluster") or context.get("cluster"), "cluster")


def _named(document: Mapping[str, Any], section: str, name: Any, key: str) -> Any:
    return next((entry.get(key) for entry in document.get(section) or [] if entry.get("name") == name), None)
