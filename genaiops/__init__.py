"""Evaluate and release LLM applications with verdicts that are honest about noise."""

__version__ = "0.1.0"

__all__ = ["__version__"]
