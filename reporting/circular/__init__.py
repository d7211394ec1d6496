"""The monthly circular (通报) and the letters to the units: Chinese official documents, made from the figures.

One content (`contents`), worded by pure functions (`sentences`, `discipline`), set as Word (`word`), PDF (`pdf`) and
preview. Nothing here adds or divides: every number comes from the rows that the pages show.
"""
