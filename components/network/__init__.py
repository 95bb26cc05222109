"""The nodes' virtual network and its egress."""
