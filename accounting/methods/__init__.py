"""Floor 2: methods, one file a family: formula, source, declared parameters. Functions over exact fractions."""

from accounting.methods.method import Method, method, methods, methods_for

__all__ = ["Method", "method", "methods", "methods_for"]
