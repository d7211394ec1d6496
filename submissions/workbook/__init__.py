"""The workbook of a unit: one sheet of figures per month and one of milestones to fill in, and the way back.

``layout`` says where things stand and signs each sheet, ``write`` makes the file, ``read`` takes out what the clerk
changed, ``annotate`` returns their own file with the wrong cells marked. Numbers are read by `submissions.intake`.
"""
