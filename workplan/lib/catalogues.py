"""The English catalogue: compiled from its .po by Babel, so that no machine needs gettext to run the portal."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_stale(folders: list[Path]) -> list[Path]:
    """Compile each catalogue whose .mo is missing or older than its .po; return what was written."""
    written = []
    for folder in folders:
        for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
            compiled = source.with_suffix(".mo")
            if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
                continue
            with source.open("rb") as text:
                catalogue = read_po(text, domain=source.stem)
            with compiled.open("wb") as binary:
                write_mo(binary, catalogue)
            written.append(compiled)
    return written
