"""Static files under names that carry their content, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed names and compressed twins; a name without an entry (tests, admin of a plug-in) is served plain."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """Return the hashed name; before anything was collected, the plain one."""
        try:
            return super().stored_name(name)
        except ValueError:
            return name
