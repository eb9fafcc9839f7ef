"""Floor 3: what is known of a result's soundness.

coverage: which part of the energy has no factor · findings: what was defaulted, doubtful or missing, and who accepted
it · conservation: what must be equal at every stage · reconcile: ours against published figures.
"""
