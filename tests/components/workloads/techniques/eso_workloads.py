"""Workloads of technique eso, and the specs of their ExternalSecrets."""

from typing import Any

from aks_secrets_testing.builds import Build, build, built_once
from components.workloads import VaultObject
from components.workloads.techniques.eso import EsoWorkload
from tests.support import samples
from tests.support.samples import key_of

VERSION = "0123456789abcdef0123456789abcdef"


def db_password(**args: Any) -> VaultObject:
    return VaultObject(
        **({"name": "db-password", "secret_key_ref": key_of("shop-external", "db-password")} | args)
    )


@built_once
def workload_of(*secrets: VaultObject, preview: bool = False, **args: Any) -> Build:
    return build(
        lambda: samples.workload(bundle=EsoWorkload, secrets=secrets or (db_password(),), **args),
        preview=preview,
    )


def spec_of(built: Build, name: str = "shop-external") -> Any:
    return next(
        resource
        for resource in built.of_type("ExternalSecret")
        if resource.plain()["metadata"]["name"] == name
    ).plain()["spec"]
