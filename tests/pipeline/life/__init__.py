"""Random lives of firms: the acts on the services, and the same in plain dictionaries.

What each act should do is written in `ground`, `chain`, `claims`, `rooms`, `papers` and `carriers`
without looking at the services or at rows; `machine` does an act on both sides and compares.
"""
