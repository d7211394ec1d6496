"""What may not be done to people, by name."""

from workplan.lib.refusals import Refused


class NotPermitted(Refused):
    """The person may not do this."""

    code = "not_permitted"
    http_status = 403


class DutyMismatch(Refused):
    """The role belongs to another duty than the person's."""

    code = "duty_mismatch"


class WrongUnit(Refused):
    """The role is not held over units of this kind."""

    code = "wrong_unit"


class AlreadyThere(Refused):
    """The account, the grant or the administrator exists already."""

    code = "already_there"


class NotThere(Refused):
    """What the step builds on does not exist or has ended."""

    code = "not_there"
