"""Governance: the bridge that takes AI initiatives from pilot to full production."""

__version__ = "0.1.0"
