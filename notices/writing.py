"""What a mail says, in its reader's language: unit, month, what happened, and a link to the very place. No figure."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notices.models import MailKind, MailOut, Notice
from notices.sentences import mail_sentence

#: Nobody answers a machine, and no machine answers this one (RFC 3834).
_HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


def message(mail: MailOut, notices: Sequence[Notice]) -> EmailMessage:
    """Return the mail with the notices it tells of, at least one; the Message-ID is the same at every attempt."""
    person = mail.recipient
    with translation.override(person.language):
        lines = [
            {
                "kind": notice.get_kind_display(),
                "sentence": mail_sentence(notice.kind, notice.words),
                "address": address(reverse("notices:follow", args=[notice.pk])),
            }
            for notice in notices
        ]
        settings_page = address(reverse("notices:preferences")) + f"#{notices[0].kind}"
        context = {"person": person, "lines": lines, "is_digest": mail.kind == MailKind.DIGEST, "page": settings_page}
        body = render_to_string("notices/mail.txt", context)
        subject = _subject(mail, lines)
    headers = {**_HEADERS, "Message-ID": message_id(mail), "List-Unsubscribe": f"<{settings_page}>"}
    return EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [person.email], headers=headers)


def message_id(mail: MailOut) -> str:
    """Return the name by which mail programs recognise a second copy."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("<> ") or "localhost"
    return f"<{mail.pk}@{domain}>"


def address(path: str) -> str:
    """Return the full address of a page of this portal."""
    return settings.PORTAL_URL.rstrip("/") + path


def _subject(mail: MailOut, lines: Sequence[dict[str, str]]) -> str:
    if mail.kind == MailKind.DIGEST:
        n = len(lines)
        said = ngettext("每日提要：%(n)s 件事项", "每日提要：%(n)s 件事项", n) % {"n": n}
    else:
        said = _("%(kind)s：%(what)s") % {"kind": lines[0]["kind"], "what": lines[0]["sentence"]}
    line = " ".join(_("【年度工作要点】%(said)s").split()) % {"said": " ".join(said.split())}
    return line if len(line) <= 120 else f"{line[:119]}…"
