"""Long plain tables, sent while they are read: Excel, CSV and Parquet of any number of rows in constant memory.

Designed workbooks are `workplan.lib.sheets`; both keep the same promises about cells.
"""
