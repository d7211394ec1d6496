"""The year's notice as its readers got it: its text taken apart and held against the plan. It proposes, people decide.

reading     a file (text, .docx) to numbered lines of simplified characters, and what was left aside in it
structure   lines to document number, date, chapters, items and sentences
amounts     a sentence to the amounts in it, with bound, strength and the words before them
comparing   items and amounts against a plan: the same, differing, missing
storing     the full text of each item, beside the plan's own summary
"""
