"""The arguments of components, from the settings: one module per component."""
