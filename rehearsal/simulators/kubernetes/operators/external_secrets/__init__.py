"""The External Secrets Operator: webhook, controller and templates."""
