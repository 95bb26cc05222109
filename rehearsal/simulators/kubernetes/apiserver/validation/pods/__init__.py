"""Validation of pods and pod templates: one module per subject of pkg/apis/core/validation/validation.go."""
