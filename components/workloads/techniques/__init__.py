"""One module per technique: how the objects of a vault reach the pod."""
