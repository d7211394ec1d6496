"""Why a backup is not made, not accepted or not restored, in a sentence for whoever runs the command."""


class BackupRefused(Exception):
    """The text is the sentence; several lines where several things are wrong."""
