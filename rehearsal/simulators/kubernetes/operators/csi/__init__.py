"""The Secrets Store CSI driver and its Azure provider."""
