"""Floor 4: runs on disk. digest: what makes two results the same · manifest: what a run says of itself · commit:
whole or not at all · opened: reading it again · verify: recomputing it.
"""
