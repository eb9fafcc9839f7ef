"""The engine's version: part of a run's manifest, never of its digest."""

__version__ = "0.1.0"
