"""The application routing add-on as a property of the cluster."""

from aks_secrets_testing.builds import build
from components.cluster.app_routing import AppRouting, DefaultController
from tests.support import samples


def test_the_add_on_is_turned_on_and_off_and_otherwise_left_alone() -> None:
    def profile(routing: AppRouting | None) -> object:
        inputs = build(lambda: samples.cluster(app_routing=routing)).single("ManagedCluster").inputs
        return inputs.get("ingressProfile")

    assert profile(None) is None
    assert profile(AppRouting(enabled=False)) == {"webAppRouting": {"enabled": False}}
    internal = AppRouting(default_controller=DefaultController.INTERNAL)
    nginx = {"defaultIngressControllerType": "Internal"}
    assert profile(internal) == {"webAppRouting": {"enabled": True, "nginx": nginx}}
