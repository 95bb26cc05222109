"""Settings that the rules of ``model/pods.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import pod

CASES = [
    case(
        "container-image",
        {"workloads": [pod(image="Shop")]},
        "workloads[0].image: 'Shop' is not a container image with a tag or a digest; use registry/name:tag or registry/name@sha256:…; without either the image changes with :latest",
    ),
    case(
        "container-image",
        {"workloads": [pod(image="registry.example/shop")]},
        "workloads[0].image: 'registry.example/shop' is not a container image with a tag or a digest; use registry/name:tag or registry/name@sha256:…; without either the image changes with :latest",
    ),
    case(
        "port",
        {"workloads": [pod(port=0)]},
        "workloads[0].port: 0 as a port is out of range; choose 1 to 65535 (pulumi config set --path 'workloads[0].port' 1)",
    ),
    case(
        "replicas",
        {"workloads": [pod(replicas=5000)]},
        "workloads[0].replicas: 5000 replicas is out of range; choose 0 to 1000 (pulumi config set --path 'workloads[0].replicas' 1000)",
    ),
    case(
        "run-as-user",
        {"workloads": [pod(run_as_user=-1)]},
        "workloads[0].run_as_user: -1 as a user id is out of range; choose 0 to 2147483647 (pulumi config set --path 'workloads[0].run_as_user' 1)",
    ),
    case(
        "min-ready-seconds",
        {"workloads": [pod(update_strategy={"min_ready_seconds": 1200})]},
        "workloads[0].update_strategy.min_ready_seconds: 1200 seconds is out of range; choose 0 to 600 (pulumi config set --path 'workloads[0].update_strategy.min_ready_seconds' 600)",
    ),
    case(
        "update-share",
        {"workloads": [pod(update_strategy={"max_surge": "many"})]},
        "workloads[0].update_strategy.max_surge: 'many' is not a number of pods; use a number, or a share such as 25%",
    ),
    case(
        "update-share",
        {"workloads": [pod(update_strategy={"max_surge": "1.5%"})]},
        "workloads[0].update_strategy.max_surge: '1.5%' is not a number of pods; use a number, or a share such as 25%",
    ),
    case(
        "probe-delay",
        {"workloads": [pod(port=80, probes={"liveness": {"tcp": True, "initial_delay_seconds": -1}})]},
        "workloads[0].probes.liveness.initial_delay_seconds: -1 seconds is out of range; choose 0 to 3600 (pulumi config set --path 'workloads[0].probes.liveness.initial_delay_seconds' 0)",
    ),
    case(
        "probe-period",
        {"workloads": [pod(port=80, probes={"liveness": {"tcp": True, "period_seconds": 0}})]},
        "workloads[0].probes.liveness.period_seconds: 0 seconds is out of range; choose 1 to 3600 (pulumi config set --path 'workloads[0].probes.liveness.period_seconds' 1)",
    ),
    case(
        "probe-threshold",
        {"workloads": [pod(port=80, probes={"liveness": {"tcp": True, "failure_threshold": 0}})]},
        "workloads[0].probes.liveness.failure_threshold: 0 failures is out of range; choose 1 to 1000 (pulumi config set --path 'workloads[0].probes.liveness.failure_threshold' 1)",
    ),
    case(
        "scratch-path",
        {"workloads": [pod(scratch=["tmp"])]},
        "workloads[0].scratch[0]: 'tmp' is not a path for a scratch folder; use an absolute path without a slash at the end, and no system folder, whose files it would hide (pulumi config set --path 'workloads[0].scratch[0]' /tmp)",
    ),
    case(
        "scratch-path",
        {"workloads": [pod(scratch=["/usr"])]},
        "workloads[0].scratch[0]: '/usr' is not a path for a scratch folder; use an absolute path without a slash at the end, and no system folder, whose files it would hide",
    ),
    case(
        "scratch-path",
        {"workloads": [pod(scratch=["/var/run/secrets/azure"])]},
        "workloads[0].scratch[0]: '/var/run/secrets/azure' is not a path for a scratch folder; use an absolute path without a slash at the end, and no system folder, whose files it would hide",
    ),
]
