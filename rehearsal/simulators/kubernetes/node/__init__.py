"""The node: what the kubelet does with a pod."""
