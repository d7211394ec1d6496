"""Saved views and the exports they are scheduled for: an address under a name, read with the rights of its reader."""
