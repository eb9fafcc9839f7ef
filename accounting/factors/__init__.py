"""Floor 2: factor packs and what is resolved from them.

pack: load and verify the files · check: what a librarian asks of a pack · values: a printed value in base units ·
classes: keys with the same factors · candidates: what fits a class, in order · sources: which packs are asked ·
resolver: one choice a class, gas and parameter · effective: the product, rounded once.
"""
