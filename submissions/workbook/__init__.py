"""The workbook of a unit: one sheet per month to fill in with any program, and the way back.

``layout`` says where things stand and signs each sheet, ``write`` makes the file, ``read`` takes out what the clerk
changed, ``annotate`` returns their own file with the wrong cells marked. Numbers are read by `submissions.intake`.
"""
