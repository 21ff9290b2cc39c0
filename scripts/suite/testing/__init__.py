"""The parts of scripts/test: lint, pure tests, Odoo tests, and what they prove together."""
