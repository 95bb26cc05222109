"""The node: volumes, variables and containers of a pod, as the kubelet handles them."""
