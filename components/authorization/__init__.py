"""Role assignments and the Azure roles that they grant."""
