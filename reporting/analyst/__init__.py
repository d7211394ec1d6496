"""The analyst's workbook of a month: `contents` reads, `book` draws, `tables` and `notes` hold a sheet per function."""
