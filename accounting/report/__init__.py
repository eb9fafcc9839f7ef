"""Floor 4: one HTML file that tells a result to people and opens without a network; the extra `report`.

summary, totals, lists: what is told, as plain rows · charts: what is drawn, as SVG · words: zh and en ·
page: one page of it all, on disk.
A run never imports this folder.
"""

from accounting.report.page import render_report, write_report

__all__ = ["render_report", "write_report"]
