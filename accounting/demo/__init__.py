"""Floor 5: what `tanfeng demo` runs on.

sample: workbooks in the yearbook's layout made from our own figures, and the published results beside them.
"""

from accounting.demo.sample import PLANTED, lay_out, published

__all__ = ["PLANTED", "lay_out", "published"]
