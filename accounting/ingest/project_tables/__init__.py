"""The tables in which a project speaks of its own: where its entities belong, what it has measured, what its coal is.

reading: any of the tables, cell by cell · entities · parameters: own measured values · splits: raw coal by kind ·
wholes: which entities are made from others · own: all of them, or a refusal with every problem.
"""
