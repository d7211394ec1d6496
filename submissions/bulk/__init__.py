"""Figures or milestones of many reports at once: rows of a table, a list or a workbook become drafts, or none does.

``subjects`` says what rows are about, ``sources`` turns bytes into rows, ``places`` says which month, unit and
indicator a row means, ``plan`` holds the rows against what is stored, ``batches`` writes. None of them reads a
number: that is `submissions.intake`.
"""
