"""The outbox meets a gateway: each mail once, through faults, kills and two senders; and what a mail says."""

from __future__ import annotations

import re
import threading
from datetime import date, timedelta
from email.message import EmailMessage
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from notices import outbox, preferences, sending, telling, writing
from notices.models import MailOut, MailState, NoticeKind
from tests.factories import UserFactory, person
from tests.notices.test_outbox import NOW, told
from workplan.lib import locks

pytestmark = pytest.mark.django_db


def run(*options: str) -> str:
    out = StringIO()
    call_command("send_notices", *options, stdout=out)
    return out.getvalue()


def later(**how: float) -> None:
    """Let time pass for the mails that wait."""
    for mail in MailOut.objects.filter(state=MailState.WAITING):
        mail.next_at -= timedelta(**how)
        mail.created_at -= timedelta(**how)
        mail.save()


def subject_of(letter: EmailMessage) -> str:
    """Return the subject as mail programs show it: a folded header begins with a blank."""
    return str(letter["Subject"]).strip()


def text_of(letter: EmailMessage) -> str:
    return str(letter.get_content()).replace("\r\n", "\n")


# In good weather -------------------------------------------------------------------------------


def test_a_mail_says_what_happened_and_leads_to_the_place(gateway, clerk):
    notice = told(clerk)

    assert "sent 1" in run()

    (letter,) = gateway.accepted
    words = text_of(letter)
    assert letter["To"] == "lin@gd.example"
    assert subject_of(letter) == "【年度工作要点】报表退回：王退回了广东2007年9月的报表，请按意见修改后重新报送。"
    assert f"https://workplan.example/notices/{notice.pk}/\n" in words
    assert "https://workplan.example/notices/preferences/#RETURNED" in words
    assert letter["List-Unsubscribe"] == "<https://workplan.example/notices/preferences/#RETURNED>"
    assert letter["Message-ID"] == f"<{notice.mail_id}@ministry.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    sent = MailOut.objects.get()
    assert (sent.state, sent.n_attempts, sent.sent_to) == ("SENT", 1, "lin@gd.example")
    assert run() == ""


def test_the_mail_is_in_its_readers_language(gateway, clerk):
    preferences.choose(clerk, by_inbox=[], by_mail=["APPROVED"], language="en")
    told(clerk, NoticeKind.APPROVED)

    run()

    (letter,) = gateway.accepted
    words = text_of(letter)
    assert "The September 2007 report of Guangdong has been approved." in words
    assert subject_of(letter).startswith("[Annual Work Plan]")
    assert re.findall("[一-鿿]", words.replace("林", "")) == []


def test_the_days_digest_lists_what_is_new(gateway, clerk):
    first, second = told(clerk, NoticeKind.APPROVED, 1), told(clerk, NoticeKind.DUE_3, 2)

    assert "digests: 1; sent 1" in run()

    (letter,) = gateway.accepted
    assert subject_of(letter) == "【年度工作要点】每日提要：2 件事项"
    assert all(f"/notices/{one.pk}/\n" in text_of(letter) for one in (first, second))
    assert run() == ""


def test_t_09_a_mail_has_no_figure_and_no_name_that_a_person_gave_to_a_file(gateway, clerk):
    telling.tell_one(NoticeKind.IMPORTED, clerk, key="import:1", path="/reports/", file="就业310000人.xlsx", now=NOW)

    run()

    (letter,) = gateway.accepted
    assert "310000" not in letter.get_content() + subject_of(letter)


@pytest.mark.parametrize("how", ["settled", "read", "unwanted", "closed", "no address"])
def test_ux_44_no_mail_about_what_is_done_or_to_whom_nothing_can_be_sent(gateway, clerk, how):
    notice = told(clerk, NoticeKind.DUE_1)
    if how == "settled":
        telling.settle(notice.subject, now=NOW)
    elif how == "read":
        telling.mark_read(clerk, now=NOW)
    elif how == "unwanted":
        preferences.choose(clerk, by_inbox=[], by_mail=[], language="zh-hans")
    else:
        clerk.is_active, clerk.email = (False, "lin@gd.example") if how == "closed" else (True, "")
        clerk.save()

    assert "(no longer needed)" in run("--dry-run")
    assert "dropped 1" in run()
    assert gateway.accepted == []
    assert MailOut.objects.get().state == "DROPPED"


def test_a_dry_run_says_what_waits_and_sends_nothing(gateway, clerk):
    told(clerk)
    told(clerk, NoticeKind.APPROVED)

    said = run("--dry-run")

    assert "gd_clerk RETURNED:decision:1 attempts 0: 【年度工作要点】报表退回" in said
    assert "gd_clerk digest:2007-10-12 attempts 0: 【年度工作要点】每日提要：1 件事项" in said
    assert "total: 2, new digests: 1 (dry run: nothing was sent)" in said
    assert gateway.accepted == []
    assert MailOut.objects.count() == 1


def test_without_mail_set_up_the_command_says_so(settings):
    settings.MAIL_ON = False

    with pytest.raises(CommandError, match="WORKPLAN_MAIL"):
        run()


def test_a_long_or_broken_name_makes_one_line_of_subject(gateway, clerk):
    clerk.display_name = "林\r\nBcc: all@example"
    clerk.save()
    telling.tell(
        NoticeKind.RETURNED,
        [
            telling.Letter(
                [clerk.pk],
                key="decision:1",
                path="/reports/",
                words={"unit": "广\r\n东" * 60, "month": "2007-09-01", "by": "王"},
            )
        ],
        now=NOW,
    )

    run()

    (letter,) = gateway.accepted
    assert (len(subject_of(letter)), subject_of(letter)[-1]) == (120, "…")
    assert letter["Bcc"] is None


# In bad weather --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"EHLO": None, "HELO": None}, "SMTPServerDisconnected"),
        ({"MAIL": b"421 closing"}, "421"),
        ({"MAIL": b"535 sender unknown"}, "535"),
        ({"DATA": None}, "SMTPServerDisconnected"),
    ],
)
def test_i_10_a_gateway_that_is_down_loses_nothing(gateway, clerk, answers, error):
    other = UserFactory(email="wu@hl.example")
    told(clerk)
    told(other)
    gateway.answers = answers

    assert "tried and waiting: 1" in run()

    tried, waiting = MailOut.objects.order_by("-n_attempts")
    assert (tried.state, tried.n_attempts) == ("WAITING", 1)
    assert error in tried.last_error
    assert tried.next_at > timezone.now()
    assert (waiting.state, waiting.n_attempts) == ("WAITING", 0)

    gateway.answers = {}
    assert "sent 1" in run()
    later(minutes=6)
    assert "sent 1" in run()
    assert len(set(gateway.ids())) == len(gateway.ids()) == 2


def test_i_10_a_gateway_that_is_away_or_never_answers_loses_nothing(gateway, clerk, mail_on):
    told(clerk)
    mail_on.EMAIL_TIMEOUT = 0.2
    gateway.answers = {"AFTER": None}

    run()
    assert "timed out" in MailOut.objects.get().last_error or "Timeout" in MailOut.objects.get().last_error
    mail_on.EMAIL_TIMEOUT = 60
    port, mail_on.EMAIL_PORT = mail_on.EMAIL_PORT, 1
    later(minutes=6)
    run()
    assert "Connection refused" in MailOut.objects.get().last_error
    mail_on.EMAIL_PORT, gateway.answers = port, {}
    later(minutes=11)
    assert "sent 1" in run()
    assert len(set(gateway.ids())) == 1


def test_i_10_the_waits_grow_and_are_seen(gateway, clerk):
    told(clerk)
    gateway.answers = {"RCPT": b"451 greylisted"}

    waits = []
    for _attempt in range(6):
        run()
        mail = MailOut.objects.get()
        waits.append(round((mail.next_at - timezone.now()).total_seconds() / 60))
        later(minutes=waits[-1] + 1)

    assert waits == [5, 10, 20, 40, 60, 60]
    assert (mail.state, mail.n_attempts) == ("WAITING", 6)
    assert "451" in mail.last_error


def test_a_mail_that_is_refused_for_good_is_not_tried_again_and_holds_nobody_up(gateway, clerk):
    told(clerk)
    gateway.answers = {"RCPT": b"550 no such person"}

    assert "failed 1" in run()

    gateway.answers = {}
    mail = MailOut.objects.get()
    assert (mail.state, mail.n_attempts) == ("FAILED", 1)
    assert "550" in mail.last_error
    assert run() == ""
    assert "tried again: 1" in run("--retry-failed")
    assert len(gateway.accepted) == 1


def test_a_mail_that_nobody_takes_for_a_week_is_given_up(gateway, clerk):
    told(clerk)
    gateway.answers = {"DATA": b"452 full"}

    run()
    later(days=8)
    run()

    assert MailOut.objects.get().state == "FAILED"
    gateway.answers = {"DATA": b"554 spam"}
    run("--retry-failed")
    assert "554" in MailOut.objects.get().last_error


def test_killed_between_the_gateways_yes_and_our_note_it_goes_again_under_the_same_id(gateway, clerk, monkeypatch):
    told(clerk)

    class Killed(BaseException):
        pass

    def killed(*_args: object, **_named: object) -> None:
        raise Killed

    monkeypatch.setattr(sending, "_end", killed)
    with pytest.raises(Killed):
        run()
    monkeypatch.undo()

    assert "tried and waiting: 1" in run()  # not in a circle: the next attempt has its time
    later(minutes=6)
    assert "sent 1" in run()
    assert len(gateway.accepted) == 2
    assert len(set(gateway.ids())) == 1


def test_i_19_a_second_sender_leaves_everything_to_the_first(gateway, clerk):
    told(clerk)

    with locks.alone(sending.LOCK) as is_ours:
        assert is_ours
        assert "another sender is at work" in run()

    assert gateway.accepted == []
    assert "sent 1" in run()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_locked", [True, False])
def test_i_19_two_senders_at_once_send_each_mail_once(gateway, is_locked):
    """Without the lock too: an attempt is noted by one of them."""
    for n in range(8):
        told(UserFactory(email=f"{n}@gd.example"))
    start = threading.Barrier(2, timeout=120)

    def send() -> None:
        try:
            start.wait()
            if is_locked:
                run()
            else:
                list(sending.Sender().send_waiting())
        finally:
            connections.close_all()

    senders = [threading.Thread(target=send) for _n in range(2)]
    for one in senders:
        one.start()
    for one in senders:
        one.join(240)

    assert len(gateway.ids()) == len(set(gateway.ids())) == 8
    assert set(MailOut.objects.values_list("state", "n_attempts")) == {("SENT", 1)}


def test_the_loop_ends_with_its_parent(gateway, clerk):
    told(clerk)

    run("--forever", "--parent", "1")  # nobody's child: it ends at once

    assert gateway.accepted == []


def test_the_same_event_has_the_same_message_id_for_ever(mail_on, clerk):
    mail = told(clerk).mail

    assert mail.pk == outbox.id_of(clerk.pk, "RETURNED:decision:1")
    assert writing.message_id(mail) == f"<{mail.pk}@ministry.example>"


def test_the_system_administrator_looks_at_the_outbox_and_nobody_else(gateway, clerk, client):
    told(clerk)
    run()
    client.force_login(person("SYSTEM_ADMIN"))
    assert "lin@gd.example" in client.get(f"/admin/notices/mailout/{MailOut.objects.get().pk}/change/").content.decode()
    assert client.get("/admin/notices/mailout/").status_code == 200
    client.force_login(person("SECURITY_ADMIN"))
    assert client.get("/admin/notices/mailout/").status_code == 403


def test_the_digest_is_of_the_business_day(gateway, clerk, settings):
    settings.BUSINESS_DATE = date(2007, 10, 13)
    settings.MAIL_DIGEST_HOUR = 0
    told(clerk, NoticeKind.APPROVED)

    run()

    assert MailOut.objects.get().key == "digest:2007-10-13"
