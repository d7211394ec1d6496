"""Why a notice is not read, in a sentence for whoever runs the command."""


class NoticeRefused(Exception):
    """The text is the sentence: what the file is, and what can be read instead."""
