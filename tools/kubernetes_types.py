"""``python -m tools.kubernetes_types`` writes stacks/settings/types/kubernetes_types.json.

The file has the fields of pods and of the kinds that own them, without status, from the OpenAPI document
of Kubernetes that the package kubernetes-validate carries.
"""

import importlib.metadata
import importlib.util
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

VERSION = "1.37"
"""The Kubernetes release whose types the pinned provider has; a test compares the fields with the SDK's."""
TARGET = Path(__file__).parents[1] / "stacks" / "settings" / "types" / "kubernetes_types.json"
_KINDS = {
    "CronJob": "io.k8s.api.batch.v1.CronJob",
    "DaemonSet": "io.k8s.api.apps.v1.DaemonSet",
    "Deployment": "io.k8s.api.apps.v1.Deployment",
    "Job": "io.k8s.api.batch.v1.Job",
    "Pod": "io.k8s.api.core.v1.Pod",
    "StatefulSet": "io.k8s.api.apps.v1.StatefulSet",
}
_PREFIX = "#/$defs/"
# Types that are written as text or as a number, whatever their schema is called.
_SCALARS = {
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "int-or-string",
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "string",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "string",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "any",
}


def definitions(version: str = VERSION) -> Mapping[str, Any]:
    """The schemas of one release, by name."""
    spec = importlib.util.find_spec("kubernetes_validate")
    if spec is None or not spec.submodule_search_locations:
        raise LookupError("the package kubernetes-validate is not installed; run `make setup`")
    folder = (
        Path(spec.submodule_search_locations[0]) / "kubernetes-json-schema" / f"v{version}.0-local-strict"
    )
    return json.loads((folder / "_definitions.json").read_text(encoding="utf-8"))["$defs"]


def document() -> dict[str, Any]:
    """The content of the file: each type with its fields, and the form of each field."""
    schemas = definitions()
    types: dict[str, dict[str, str]] = {}
    waiting = list(_KINDS.values())
    while waiting:
        name = waiting.pop()
        if name in types or name not in schemas:
            continue
        properties: Mapping[str, Any] = schemas[name].get("properties", {})
        fields = {key: _form(field) for key, field in properties.items() if key != "status"}
        types[name] = dict(sorted(fields.items()))
        waiting += [form.lstrip("[]{}") for form in fields.values()]
    return {
        "source": f"https://github.com/kubernetes/kubernetes/tree/v{VERSION}.0/api/openapi-spec, by"
        f" kubernetes-validate {importlib.metadata.version('kubernetes-validate')}",
        "licence": "Apache-2.0",
        "kinds": _KINDS,
        "types": dict(sorted(types.items())),
    }


def _form(schema: Mapping[str, Any]) -> str:
    """`string`, `integer`, `[]string`, `{}quantity`, or the name of a type."""
    reference = str(schema.get("$ref", "")).removeprefix(_PREFIX)
    if reference:
        return _SCALARS.get(reference, reference)
    kind: Any = schema.get("type", "any")
    kind = next(name for name in kind if name != "null") if isinstance(kind, list) else kind
    if kind == "array":
        return f"[]{_form(schema['items'])}"
    if kind == "object":
        return f"{{}}{_form(schema.get('additionalProperties') or {})}"
    return kind


def text() -> str:
    """The file's text."""
    return json.dumps(document(), indent=1, sort_keys=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"wrote {TARGET.name}\n")
