"""Figures of many reports at once: rows of a table, a JSON list or a workbook become drafts, whole or not at all.

``sources`` turns bytes into rows, ``places`` says which month, unit and indicator a row means, ``plan`` holds the
rows against what is stored, ``batches`` writes. None of them reads a number: that is `submissions.intake`.
"""
