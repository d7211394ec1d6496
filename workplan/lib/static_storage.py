"""Static files under names that carry their content, so that browsers may keep them for ever."""

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class QuickCompressor(Compressor):
    """Brotli one step below its best: a first start would wait twenty times as long for files 8 % smaller."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return brotli.compress(data, quality=9)


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed names and compressed twins; a name without an entry (tests, admin of a plug-in) is served plain."""

    manifest_strict = False

    def create_compressor(self, **options: object) -> Compressor:
        return QuickCompressor(**options)

    def stored_name(self, name: str) -> str:
        """Return the hashed name; before anything was collected, the plain one."""
        try:
            return super().stored_name(name)
        except ValueError:
            return name
