"""Configurations of techniques eso and dapr, and of their operators, that are refused. The others are in refused.py."""

from typing import Any

from tests.settings.refused import case, pod, secret, workload

ESO: dict[str, Any] = {"operators": {"external_secrets": {}}}
DAPR: dict[str, Any] = {"operators": {"dapr": {}}}


def eso(*secrets: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A workload whose secrets the External Secrets Operator copies."""
    return {"workloads": [pod(technique="eso", secrets=list(secrets), **keys)], **ESO}


def dapr(*secrets: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A workload whose application asks its sidecar."""
    return {"workloads": [pod(technique="dapr", secrets=list(secrets), **keys)], **DAPR}


DB = secret(from_="existing")

CASES = [
    # what the techniques need
    case(
        "technique-needs-operator",
        {"workloads": [pod(technique="eso", secrets=[DB]), pod(name="b", technique="dapr", secrets=[DB])]},
        "workloads[0].technique: eso, and operators.external_secrets is not there; say how it gets into the cluster (pulumi config set --path 'operators.external_secrets.install' helm)",
        "workloads[1].technique: dapr, and operators.dapr is not there; say how it gets into the cluster (pulumi config set --path 'operators.dapr.install' helm)",
    ),
    case(
        "operator-has-a-namespace",
        {"operators": {"external_secrets": {"namespace": "dapr-system"}, "dapr": {"namespace": "kube-dapr"}}},
        "operators.external_secrets.namespace: 'dapr-system' is Kubernetes' or AKS's; choose one of the operator's own (pulumi config set --path 'operators.external_secrets.namespace' external-secrets)",
        "operators.dapr.namespace: 'kube-dapr' is Kubernetes' or AKS's; choose one of the operator's own (pulumi config set --path 'operators.dapr.namespace' dapr)",
    ),
    case(
        "operator-has-a-namespace",
        {"operators": {"external_secrets": {"namespace": "ops"}, "dapr": {"namespace": "ops"}}},
        "operators.dapr.namespace: 'ops' is another operator's; choose one of the operator's own (pulumi config set --path 'operators.dapr.namespace' dapr)",
    ),
    case(
        "operator-replicas",
        {"operators": {"external_secrets": {"replicas": 9}}},
        "operators.external_secrets.replicas: 9 replicas is out of range; choose 1 to 5 (pulumi config set --path 'operators.external_secrets.replicas' 2)",
    ),
    case(
        "external-secrets-key-of-another-install",
        {"operators": {"external_secrets": {"install": "existing", "replicas": 2}}},
        "operators.external_secrets.replicas: goes with install: helm, not with install: existing; take it out, or change install (pulumi config rm --path 'operators.external_secrets.replicas')",
    ),
    case(
        "external-secrets-scope-is-one",
        {"operators": {"external_secrets": {"scoped_namespace": "shop", "cluster_wide": True}}},
        "operators.external_secrets.scoped_namespace: goes without cluster_wide; take one of them out (pulumi config rm --path 'operators.external_secrets.scoped_namespace')",
    ),
    case(
        "scoped-operator-serves-all",
        eso(DB) | {"operators": {"external_secrets": {"scoped_namespace": "till"}}},
        "workloads[0].namespace: 'shop', and operators.external_secrets watches 'till' alone; choose that one, or take scoped_namespace out",
        "operators.external_secrets.scoped_namespace: 'till' is the namespace of no workload; choose one that the stack has",
    ),
    case(
        "external-secrets-chart-limits-tokens",
        {"operators": {"external_secrets": {"version": "2.4.0"}}},
        "operators.external_secrets.version: 2.4.0 cannot be kept from acting as every ServiceAccount; choose 2.5.0 or newer, or say cluster_wide: true (pulumi config set --path 'operators.external_secrets.version' 2.9.0)",
    ),
    case(
        "dapr-key-of-another-install",
        {"operators": {"dapr": {"install": "existing", "version": "1.18.3"}}},
        "operators.dapr.version: goes with install: helm or extension, not with install: existing; take it out, or change install (pulumi config rm --path 'operators.dapr.version')",
    ),
    case(
        "dapr-key-of-another-install",
        {"operators": {"dapr": {"settings": {"a": "b"}}}},
        "operators.dapr.settings: goes with install: extension, not with install: helm; take it out, or change install (pulumi config rm --path 'operators.dapr.settings')",
    ),
    case(
        "dapr-key-of-another-install",
        {
            "operators": {
                "dapr": {"install": "extension", "version": "1.14.4", "namespace": "dapr", "scheduler": False}
            }
        },
        "operators.dapr.namespace: goes with install: helm, not with install: extension; take it out, or change install (pulumi config rm --path 'operators.dapr.namespace')",
        "operators.dapr.scheduler: goes with install: helm, not with install: extension; take it out, or change install (pulumi config rm --path 'operators.dapr.scheduler')",
    ),
    case(
        "dapr-extension-version",
        {"operators": {"dapr": {"install": "extension"}}},
        "operators.dapr.version: missing, and without one Azure upgrades Dapr when it likes; choose one that Azure lists (az k8s-extension extension-types list-versions-by-location --extension-type Microsoft.Dapr --location <location>)",
    ),
    case(
        "dapr-extension-settings",
        {
            "operators": {
                "dapr": {
                    "install": "extension",
                    "version": "1.14.4-msft.10",
                    "settings": {"global.ha.enabled": "true"},
                }
            }
        },
        'operators.dapr.settings["global.ha.enabled"]: the program sets it, from high_availability; take it out (pulumi config rm --path \'operators.dapr.settings["global.ha.enabled"]\')',
    ),
    case(
        "wrong-type",
        {"operators": {"dapr": {"install": "extension", "version": "1.14.4", "settings": {"a": True}}}},
        'operators.dapr.settings.a: got true; write it in quotes in the stack file: "true"',
    ),
    # what they can do
    case(
        "technique-cannot",
        dapr(secret(from_="existing", env="DB", file="db")),
        "workloads[0].secrets[0].env: technique dapr cannot do that (the application asks its Dapr sidecar); take it out, or choose csi, eso or kubernetes-secret (pulumi config rm --path 'workloads[0].secrets[0].env')",
        "workloads[0].secrets[0].file: technique dapr cannot do that (the application asks its Dapr sidecar); take it out, or choose csi, eso or kubernetes-secret (pulumi config rm --path 'workloads[0].secrets[0].file')",
    ),
    case(
        "technique-cannot",
        dapr(DB, reload=True) | {"operators": {"dapr": {}, "reloader": {}}},
        "workloads[0].reload: technique dapr cannot do that (the application asks its Dapr sidecar); take it out, or choose csi, eso or kubernetes-secret (pulumi config rm --path 'workloads[0].reload')",
    ),
    case(
        "technique-cannot",
        eso(secret(from_="existing", permission="0444"), access="user-assigned-vm"),
        "workloads[0].access: technique eso cannot do that (environment variables and files, from a Kubernetes Secret that an operator fills); take it out, or choose csi (pulumi config rm --path 'workloads[0].access')",
        "workloads[0].secrets[0].permission: technique eso cannot do that (environment variables and files, from a Kubernetes Secret that an operator fills); take it out, or choose csi (pulumi config rm --path 'workloads[0].secrets[0].permission')",
    ),
    case(
        "technique-cannot",
        {"workloads": [workload(compose=[{"name": "a", "template": "{{ .b }}"}], dapr={"app_id": "shop"})]},
        "workloads[0].compose: technique sdk cannot do that (the application asks the vault); take it out, or choose eso (pulumi config rm --path 'workloads[0].compose')",
        "workloads[0].dapr: technique sdk cannot do that (the application asks the vault); take it out, or choose dapr (pulumi config rm --path 'workloads[0].dapr')",
    ),
    case(
        "technique-delivers-a-list",
        dapr(),
        "workloads[0].secrets: empty, and technique dapr delivers what stands there; list something, or choose sdk",
    ),
    case(
        "technique-reads-the-type",
        dapr(secret(from_="existing", type="key")),
        "workloads[0].secrets[0].type: key, and technique dapr reads secret or cert-key-pair; choose another technique: sdk, csi, eso or kubernetes-secret",
    ),
    case(
        "technique-decodes",
        eso(secret(from_="existing", encoding="hex")),
        "workloads[0].secrets[0].encoding: technique eso cannot decode hex; choose base64 or utf-8, or let the application decode it",
    ),
    case(
        "technique-allows-kind",
        dapr(DB, kind="Job"),
        "workloads[0].kind: Job, and with technique dapr its pod would never end, since the sidecar does not; choose Deployment, StatefulSet, DaemonSet or none, or technique sdk, csi, eso or kubernetes-secret",
    ),
    case(
        "technique-allows-kind",
        dapr(DB, kind="Pod"),
        "workloads[0].kind: Pod, and with technique dapr Dapr's injector passes over a pod that no controller makes; choose Deployment, StatefulSet, DaemonSet or none, or technique sdk, csi, eso or kubernetes-secret",
    ),
    case(
        "port-of-the-technique",
        dapr(DB, port=3500),
        "workloads[0].port: 3500 is a port that technique dapr has in the pod; let the application listen on another one (pulumi config set --path 'workloads[0].port' 8080)",
    ),
    case(
        "environment-of-the-technique",
        dapr(DB, env={"DAPR_HTTP_PORT": "3500"}),
        "workloads[0].env.DAPR_HTTP_PORT: is set by technique dapr or by the webhook of workload identity; take it out (pulumi config rm --path 'workloads[0].env.DAPR_HTTP_PORT')",
    ),
    # eso: one secret
    case(
        "json-property",
        eso(secret(from_="existing", property="a b")),
        "workloads[0].secrets[0].property: what stands there is not a path of a JSON property; write names with full stops between them, without spaces (pulumi config set --path 'workloads[0].secrets[0].property' database.password)",
    ),
    case(
        "json-is-a-secret",
        eso(secret(from_="existing", type="cert", property="issuer")),
        "workloads[0].secrets[0].property: a cert is no JSON; take it out: it goes with secret (pulumi config rm --path 'workloads[0].secrets[0].property')",
    ),
    case(
        "extract-has-no-place",
        eso(secret(from_="existing", extract=True, env="DB", kubernetes_secret={"key": "db"})),
        "workloads[0].secrets[0].env: extract takes every property, under its own name; take one of them out; property picks one (pulumi config rm --path 'workloads[0].secrets[0].env')",
        "workloads[0].secrets[0].kubernetes_secret.key: extract takes every property, under its own name; take it out (pulumi config rm --path 'workloads[0].secrets[0].kubernetes_secret.key')",
    ),
    case(
        "extract-has-no-place",
        eso(secret(from_="existing", env_from=True)),
        "workloads[0].secrets[0].env_from: goes with extract: true; use env for a single value (pulumi config rm --path 'workloads[0].secrets[0].env_from')",
    ),
    case(
        "secret-listed-once",
        eso(secret(from_="existing", property="a"), secret(from_="existing", property="a")),
        "workloads[0].secrets[1].kubernetes_secret.key: another object of that Secret has that key; choose another key",
        "workloads[0].secrets[1].name: 'db-password' is listed twice; list it once",
        "workloads[0].secrets[1].file: another object is in 'a'; choose another file (pulumi config set --path 'workloads[0].secrets[1].file' a-2)",
    ),
    case(
        "kubernetes-secret-is-one",
        eso(
            DB,
            compose=[{"name": "db-password", "template": "{{ index . `x` }}{{ .y }}"}],
            find=[{"regexp": "a"}],
            scope="vault",
        ),
        "workloads[0].compose[0].kubernetes_secret.key: another object of that Secret has that key; choose another key",
        "workloads[0].compose[0].file: another object is in 'db-password'; choose another file (pulumi config set --path 'workloads[0].compose[0].file' db-password-2)",
    ),
    case(
        "secret-files-differ",
        eso(
            secret(from_="existing", file="db"),
            compose=[{"name": "x", "template": '{{ index . "db-password" }}', "file": "db/url"}],
        ),
        "workloads[0].compose[0].file: 'db/url' is a file and a folder at once; choose another file",
    ),
    case(
        "secret-variables-differ",
        eso(
            secret(from_="existing", env="DB"),
            compose=[{"name": "x", "template": '{{ index . "db-password" }}', "env": "DB"}],
        ),
        "workloads[0].compose[0].env: another variable of the workload has that name; choose another name",
    ),
    # eso: composed values
    case(
        "template-can-be-read",
        eso(DB, compose=[{"name": "url", "template": "x {{ .db-password }}"}]),
        'workloads[0].compose[0].template: .db-password is no field to Go: it has a hyphen; write {{ index . "db-password" }}',
    ),
    case(
        "template-can-be-read",
        eso(DB, compose=[{"name": "url", "template": 'x {{ index . "db-password" }'}]),
        "workloads[0].compose[0].template: its braces do not pair up; write {{ .key }}",
    ),
    case(
        "template-can-be-read",
        eso(DB, compose=[{"name": "url", "template": "https://example.com"}]),
        "workloads[0].compose[0].template: it names no secret, so it would be the same for everybody; write {{ .key }}, or use env",
    ),
    case(
        "composed-value-is-one",
        eso(DB, compose=[{"name": "url", "template": "{{ .user }}"}]),
        "workloads[0].compose[0].template: it names 'user', which is no key of this workload's secrets; choose db-password",
    ),
    case(
        "composed-value-is-one",
        eso(
            secret(name="a", from_="existing", kubernetes_secret={"name": "one", "key": "user"}),
            secret(name="b", from_="existing", kubernetes_secret={"name": "two", "key": "user"}),
            compose=[{"name": "url", "template": "{{ .user }}"}],
        ),
        "workloads[0].compose[0].template: it names 'user', which several Kubernetes Secrets have; give one of them another kubernetes_secret.key",
    ),
    # eso: found secrets
    case(
        "find-needs-list",
        eso(find=[{"regexp": "^user"}]),
        "workloads[0].find[0]: scope is object, and to find secrets is to list them all; say scope: vault, and it reads every secret of the vault; or list the secrets instead",
    ),
    case(
        "find-says-what",
        eso(find=[{}], scope="vault"),
        "workloads[0].find[0].regexp: missing, and tags too; say which names or which tags (pulumi config set --path 'workloads[0].find[0].regexp' '^orders-')",
    ),
    case(
        "find-regexp",
        eso(find=[{"regexp": "^user(?!s)"}, {"regexp": "user["}], scope="vault"),
        "workloads[0].find[0].regexp: '^user(?!s)' looks ahead or back, which Go's expressions cannot; write it without (pulumi config set --path 'workloads[0].find[0].regexp' '^orders-')",
        "workloads[0].find[1].regexp: 'user[': unterminated character set at position 4; correct it (pulumi config set --path 'workloads[0].find[1].regexp' '^orders-')",
    ),
    # eso: policies
    case(
        "refresh-interval",
        eso(DB, external_secrets={"refresh_interval": "hourly"}),
        "workloads[0].external_secrets.refresh_interval: 'hourly' is not a duration; write it in hours, minutes and seconds (pulumi config set --path 'workloads[0].external_secrets.refresh_interval' 1h)",
    ),
    case(
        "refresh-interval-lowest",
        eso(DB, external_secrets={"refresh_interval": "30s"}),
        "workloads[0].external_secrets.refresh_interval: '30s' is less than a minute; choose a minute at least, or a refresh_policy that does without (pulumi config set --path 'workloads[0].external_secrets.refresh_interval' 1h)",
    ),
    case(
        "refresh-interval-lowest",
        eso(DB, external_secrets={"refresh_interval": "0s"}),
        "workloads[0].external_secrets.refresh_interval: '0s' is less than a minute; choose a minute at least, or a refresh_policy that does without (pulumi config set --path 'workloads[0].external_secrets.refresh_interval' 1h)",
    ),
    case(
        "refresh-interval-is-read",
        eso(DB, external_secrets={"refresh_interval": "2h", "refresh_policy": "OnChange"}),
        "workloads[0].external_secrets.refresh_interval: goes with refresh_policy Periodic, not with OnChange; take one of them out (pulumi config rm --path 'workloads[0].external_secrets.refresh_interval')",
    ),
    case(
        "deletion-fits-creation",
        eso(DB, external_secrets={"creation_policy": "Merge", "deletion_policy": "Delete"}),
        "workloads[0].external_secrets.deletion_policy: Delete, and creation_policy is Merge; choose Retain, or creation_policy Owner (pulumi config set --path 'workloads[0].external_secrets.deletion_policy' Retain)",
    ),
    case(
        "deletion-fits-creation",
        eso(DB, external_secrets={"creation_policy": "None", "deletion_policy": "Merge"}),
        "workloads[0].secrets[0]: the pod reads it, and external_secrets.creation_policy is None: no Kubernetes Secret is made; choose Owner, or take it out",
        "workloads[0].external_secrets.deletion_policy: Merge, and creation_policy is None; choose Retain, or another creation_policy (pulumi config set --path 'workloads[0].external_secrets.deletion_policy' Retain)",
    ),
    case(
        "deletion-fits-creation",
        eso(DB, external_secrets={"creation_policy": "Orphan", "deletion_policy": "Delete"}),
        "workloads[0].external_secrets.deletion_policy: Delete, and creation_policy is Orphan; choose Retain, or creation_policy Owner (pulumi config set --path 'workloads[0].external_secrets.deletion_policy' Retain)",
    ),
    case(
        "secret-that-nobody-makes",
        eso(
            DB,
            secret(name="c", from_="existing", extract=True, env_from=True),
            external_secrets={"creation_policy": "None"},
        ),
        "workloads[0].secrets[0]: the pod reads it, and external_secrets.creation_policy is None: no Kubernetes Secret is made; choose Owner, or take it out",
        "workloads[0].secrets[1]: the pod reads it, and external_secrets.creation_policy is None: no Kubernetes Secret is made; choose Owner, or take it out",
    ),
    case(
        "secret-that-nobody-makes",
        eso(secret(from_="existing", env="DB"), external_secrets={"creation_policy": "None"}),
        "workloads[0].secrets[0]: the pod reads it, and external_secrets.creation_policy is None: no Kubernetes Secret is made; choose Owner, or take it out",
    ),
    case(
        "reload-needs-refresh",
        eso(
            secret(from_="existing", env="DB"),
            reload=True,
            external_secrets={"refresh_policy": "CreatedOnce"},
        )
        | {"operators": {"external_secrets": {}, "reloader": {}}},
        "workloads[0].reload: true, and external_secrets.refresh_policy is CreatedOnce: no pod would see a new value; choose Periodic, or switch reload off (pulumi config set --path 'workloads[0].reload' false)",
    ),
    # dapr
    case(
        "dapr-app-id",
        dapr(DB, dapr={"app_id": "Shop"}),
        "workloads[0].dapr.app_id: 'Shop' is not an app id; use 1 to 58 lower-case letters, digits and hyphens, a letter or digit at each end: Dapr puts -dapr behind it (pulumi config set --path 'workloads[0].dapr.app_id' shop)",
    ),
    case(
        "dapr-app-id-of-a-long-name",
        {"workloads": [pod(name="s" * 60, technique="dapr", secrets=[DB])], **DAPR},
        "workloads[0].dapr.app_id: missing, and the workload's name has 60 characters; an app id has at most 58 (pulumi config set --path 'workloads[0].dapr.app_id' orders)",
    ),
    case(
        "dapr-names-differ",
        {
            "workloads": [
                pod(technique="dapr", secrets=[DB]),
                pod(
                    name="till",
                    technique="dapr",
                    secrets=[DB],
                    dapr={"app_id": "shop", "store": "shop-key-vault"},
                ),
            ],
            **DAPR,
        },
        "workloads[1].dapr.app_id: another workload of namespace 'shop' has 'shop'; choose another one (pulumi config set --path 'workloads[1].dapr.app_id' till)",
        "workloads[1].dapr.store: another workload of namespace 'shop' has 'shop-key-vault'; choose another one (pulumi config set --path 'workloads[1].dapr.store' till)",
    ),
    case(
        "dapr-names-differ",
        {
            "workloads": [
                pod(technique="dapr", secrets=[DB], dapr={"app_id": "counter"}),
                pod(name="till", technique="dapr", secrets=[DB], dapr={"app_id": "shop"}),
            ],
            **DAPR,
        },
        "workloads[1].dapr.app_id: 'shop' is the name of another workload of namespace 'shop', with another app id; choose another one (pulumi config set --path 'workloads[1].dapr.app_id' till)",
    ),
    case(
        "dapr-names-differ",
        dapr(DB, dapr={"store": "kubernetes"}),
        "workloads[0].dapr.store: 'kubernetes' is Dapr's own store; choose another name (pulumi config set --path 'workloads[0].dapr.store' key-vault)",
    ),
    # what a review found to be accepted and not to work
    case(
        "external-secrets-chart-serves-v1",
        {"operators": {"external_secrets": {"version": "0.9.0", "cluster_wide": True}}},
        "operators.external_secrets.version: 0.9.0 does not serve external-secrets.io/v1; choose 2.9.0 (pulumi config set --path 'operators.external_secrets.version' 2.9.0)",
    ),
    case(
        "dapr-knows-the-method",
        {"operators": {"dapr": {"version": "1.12.4"}}},
        "operators.dapr.version: 1.12.4 may read the vault as the node; choose 1.13.0 or newer (pulumi config set --path 'operators.dapr.version' 1.18.3)",
    ),
    case(
        "scoped-namespace-is-there",
        {"operators": {"external_secrets": {"scoped_namespace": "till"}}},
        "operators.external_secrets.scoped_namespace: 'till' is the namespace of no workload; choose one that the stack has",
    ),
    case(
        "scoped-namespace-is-there",
        {
            "composition": "platform",
            "workloads": None,
            "operators": {"external_secrets": {"scoped_namespace": "till"}},
        },
        "operators.external_secrets.scoped_namespace: 'till' is not in namespaces; choose one that the stack has",
    ),
    case(
        "operator-knows-the-policy",
        eso(DB, external_secrets={"creation_policy": "CreateOrMerge"})
        | {"operators": {"external_secrets": {"version": "2.5.0"}}},
        "workloads[0].external_secrets.creation_policy: CreateOrMerge, and operators.external_secrets.version is 2.5.0; choose another one, or chart 2.8.0 or newer (pulumi config set --path 'workloads[0].external_secrets.creation_policy' Owner)",
    ),
    case(
        "requests-within-limits",
        dapr(DB, dapr={"sidecar": {"requests": {"memory": "128Mi"}, "limits": {"memory": "64Mi"}}}),
        "workloads[0].dapr.sidecar.requests.memory: 128Mi is more than the limit 64Mi; choose less, or a higher limit (pulumi config set --path 'workloads[0].dapr.sidecar.requests.memory' 64Mi)",
    ),
    case(
        "requests-within-limits",
        {
            "operators": {
                "external_secrets": {"resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "500m"}}}
            }
        },
        "operators.external_secrets.resources.requests.cpu: 1 is more than the limit 500m; choose less, or a higher limit (pulumi config set --path 'operators.external_secrets.resources.requests.cpu' 500m)",
    ),
    case(
        "keys-of-a-secret-type",
        eso(
            DB,
            compose=[
                {
                    "name": "pull",
                    "template": '{{ index . "db-password" }}',
                    "kubernetes_secret": {"name": "p", "key": "x", "type": "kubernetes.io/dockerconfigjson"},
                }
            ],
        ),
        "workloads[0].compose[0].kubernetes_secret.key: kubernetes.io/dockerconfigjson has the key .dockerconfigjson; take it out",
    ),
    case(
        "mount-is-of-the-driver",
        eso(secret(from_="existing", file="db", kubernetes_secret={"mount": True})),
        "workloads[0].secrets[0].kubernetes_secret.mount: goes with csi; with technique eso every file is from the Secret; take it out, and say file (pulumi config rm --path 'workloads[0].secrets[0].kubernetes_secret.mount')",
    ),
    case(
        "tls-secret-is-a-certificate",
        eso(
            secret(
                from_="existing",
                type="cert-key-pair",
                encoding="base64",
                kubernetes_secret={"type": "kubernetes.io/tls"},
            )
        ),
        "workloads[0].secrets[0].encoding: base64, and tls.crt and tls.key are made of what the vault has; take it out",
    ),
    case(
        "composed-value-is-one",
        eso(
            secret(name="a", from_="existing", kubernetes_secret={"name": "one", "key": "user"}),
            secret(name="b", from_="existing", kubernetes_secret={"name": "two", "key": "user"}),
            compose=[{"name": "all", "template": "{{ . | toJson }}"}],
        ),
        "workloads[0].compose[0].template: it may name any of the workload's secrets, and 'user' is the key of several; give one of them another kubernetes_secret.key",
    ),
    case(
        "template-can-be-read",
        eso(DB, compose=[{"name": "url", "template": "{{ .database.password }}"}]),
        'workloads[0].compose[0].template: .database.password is a field of a field to Go; write {{ index . "database.password" }}',
    ),
    case(
        "composed-value-is-one",
        eso(DB, compose=[{"name": "url", "template": '{{/* .a-b */}}{{ $.user }}{{ index $ "pw" }}'}]),
        "workloads[0].compose[0].template: it names 'pw', which is no key of this workload's secrets; choose db-password",
        "workloads[0].compose[0].template: it names 'user', which is no key of this workload's secrets; choose db-password",
    ),
    # what a newcomer pasted: the example of a name is somebody else's name
    case(
        "vault-object-name",
        eso(secret(name="queue_key", from_="existing")),
        "workloads[0].secrets[0].name: 'queue_key' is not a Key Vault object name; use 1 to 127 letters, digits and hyphens (no underscore) (pulumi config set --path 'workloads[0].secrets[0].name' queue-key)",
    ),
    case(
        "unknown-key",
        eso(secret(from_="existing", environment="DB")),
        "workloads[0].secrets[0].environment: unknown key; did you mean 'env'? rename it in the stack file",
    ),
]
