"""The explorer: any figures by unit or region, indicator and month, laid out as the reader asks in the address."""
