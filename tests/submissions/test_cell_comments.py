"""Comments at the cells: private until the verdict, delivered with it, answered by the unit, never changed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.db.models import DecimalField, Value
from django.db.models.functions import Cast

from submissions import reviewing, services
from submissions.intake import CommentInput, CommentReader, InputRefused
from submissions.models import CellComment, CommentReply, MonthlyReport, ReviewClaim, ViewedMark
from submissions.workflow import NotYourStep, TransitionNotAllowed
from tests import factories
from tests.factories import shanghai, submitted
from tests.submissions.posting import ADDRESS, opened, text_of

pytestmark = pytest.mark.django_db

NOW = shanghai(2007, 10, 3)
LATER = shanghai(2007, 10, 4)
FIGURES = {"T01": "310000", "T08": "2000000", "T04": ("46", "1000")}
NAN = Cast(Value("NaN"), DecimalField(max_digits=19, decimal_places=4))


@pytest.fixture
def handed_in(unit, period, lead):
    return submitted(unit, period, FIGURES, by=lead, now=NOW)


@pytest.fixture
def t01(unit):
    return factories.IndicatorFactory(code="T01")


@pytest.fixture
def milestone(unit):
    return factories.MilestoneFactory(code="M01-1")


def returned(report, by, **options):
    return services.return_(report, by=by, now=LATER, version=report.version, comment="请核对。", **options)


# Until the verdict and with it -----------------------------------------------------------------


def test_a_comment_is_the_reviewers_own_until_the_verdict_and_then_everybodys(handed_in, t01, lead, ministry):
    other = factories.person("MINISTRY_REVIEWER")
    reviewing.keep_notes(handed_in, by=ministry, now=NOW, comments=[CommentInput(t01, text="少了一县。")])
    reviewing.keep_notes(handed_in, by=other, now=NOW, comments=[CommentInput(t01, text="另一人的。")])

    assert reviewing.asked_of(handed_in) == []
    report = returned(handed_in, ministry)

    (asked,) = reviewing.asked_of(report)
    assert (asked.comment.text, asked.comment.by, asked.comment.decision.verb) == ("少了一县。", ministry, "RETURN")
    assert CellComment.objects.filter(decision=None).get().by == other


def test_comments_of_the_verdict_join_those_drafted_and_the_newest_word_stands(handed_in, t01, milestone, ministry):
    reviewing.keep_notes(handed_in, by=ministry, now=NOW, comments=[CommentInput(t01, text="旧话")])

    comments = [
        CommentInput(t01, text="新话", suggested_value=Decimal(320_000)),
        CommentInput(None, milestone, "附文号"),
    ]
    report = services.approve(handed_in, by=ministry, now=LATER, version=2, comments=comments)

    told = [(one.comment.cell, one.comment.text, one.comment.suggested_value) for one in reviewing.asked_of(report)]
    assert told == [("T01", "新话", 320_000), ("M01-1", "附文号", None)]


def test_a_cleared_comment_is_taken_back(handed_in, t01, ministry):
    reviewing.keep_notes(handed_in, by=ministry, now=NOW, comments=[CommentInput(t01, text="算了")])

    reviewing.keep_notes(handed_in, by=ministry, now=NOW, comments=[CommentInput(t01)])

    assert not CellComment.objects.exists()


@pytest.mark.parametrize("who", ["clerk", "analyst"])
def test_only_a_reviewer_notes_anything(handed_in, t01, request, who):
    with pytest.raises(NotYourStep):
        reviewing.keep_notes(
            handed_in, by=request.getfixturevalue(who), now=NOW, comments=[CommentInput(t01, text="不该有")]
        )


def test_nothing_is_noted_on_a_report_that_does_not_wait(handed_in, t01, ministry):
    report = returned(handed_in, ministry)

    with pytest.raises(TransitionNotAllowed):
        reviewing.keep_notes(report, by=ministry, now=LATER, viewed={"T01"})


def test_what_arrives_behind_the_verdict_is_not_kept_for_the_next(handed_in, t01, ministry):
    seen_before = MonthlyReport.objects.get(pk=handed_in.pk)
    returned(handed_in, ministry)

    with pytest.raises(TransitionNotAllowed):
        reviewing.keep_notes(seen_before, by=ministry, now=LATER, comments=[CommentInput(t01, text="少了一县。")])

    assert not CellComment.objects.filter(decision=None).exists()


def test_viewed_marks_are_each_reviewers_own_and_follow_the_page(handed_in, ministry):
    other = factories.person("MINISTRY_REVIEWER")
    reviewing.keep_notes(handed_in, by=ministry, now=NOW, viewed={"T01", "T08"})
    reviewing.keep_notes(handed_in, by=other, now=NOW, viewed={"T04"})
    reviewing.keep_notes(handed_in, by=ministry, now=NOW, viewed={"T08"})
    reviewing.keep_notes(handed_in, by=ministry, now=NOW)

    assert set(ViewedMark.objects.values_list("by__username", "indicator__code")) == {
        ("ministry", "T08"),
        (other.username, "T04"),
    }


def test_viewed_marks_stand_where_nothing_is_new(unit, period, handed_in, t01, lead, ministry):
    """UX-24: after the fix only answers are left to look at: what was asked, mended or explained is viewed anew."""
    reviewing.keep_notes(handed_in, by=ministry, now=NOW, viewed={"T01", "T04", "T08"})
    report = returned(handed_in, ministry, comments=[CommentInput(t01, text="少了一县。")])

    report = submitted(unit, period, {"T08": "2010000"}, by=lead, now=LATER)

    assert [one.indicator.code for one in report.filing.viewed.select_related("indicator")] == ["T04"]
    returned(report, ministry)
    report = submitted(unit, period, {}, by=lead, now=LATER)
    assert [one.indicator.code for one in report.filing.viewed.select_related("indicator")] == ["T04"]


def test_who_has_a_report_open_is_told_to_the_others_until_the_verdict(handed_in, ministry):
    other = factories.person("MINISTRY_REVIEWER")

    assert reviewing.claim(handed_in, by=ministry) == []
    assert [one.by for one in reviewing.claim(handed_in, by=other)] == [ministry]
    assert [one.by for one in reviewing.claim(handed_in, by=ministry)] == [other]
    returned(handed_in, ministry)
    assert [one.by for one in ReviewClaim.objects.all()] == [other]


def test_a_report_opened_long_ago_is_not_said_to_be_open(handed_in, ministry):
    reviewing.claim(handed_in, by=factories.person("MINISTRY_REVIEWER"))
    ReviewClaim.objects.update(opened_at=shanghai(2007, 1, 1))

    assert reviewing.claim(handed_in, by=ministry) == []


# The unit answers ------------------------------------------------------------------------------


def test_an_answer_is_handed_in_with_the_filing_that_mends_it(handed_in, t01, lead, ministry):
    report = returned(handed_in, ministry, comments=[CommentInput(t01, text="少了一县。")])
    (asked,) = reviewing.asked_of(report)

    report = services.save_draft(report, by=lead, now=LATER, version=3, replies={asked.comment.pk: " 已补 "})
    report = services.submit(report, by=lead, now=LATER, version=4)

    assert [one.answer for one in reviewing.asked_of(report)] == ["已补"]
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        CommentReply.objects.update(text="改口")
    assert refused.value.__cause__.diag.constraint_name == "submissions_commentreply_is_frozen"


def test_an_answer_is_taken_back_and_follows_a_withdrawal(handed_in, t01, milestone, lead, ministry):
    comments = [CommentInput(t01, text="少了一县。"), CommentInput(None, milestone, "附文号")]
    report = returned(handed_in, ministry, comments=comments)
    one, two = (asked.comment.pk for asked in reviewing.asked_of(report))
    report = services.save_draft(report, by=lead, now=LATER, version=3, replies={one: "已补", two: "已附"})
    report = services.save_draft(report, by=lead, now=LATER, version=4, replies={two: " "})
    report = services.submit(report, by=lead, now=LATER, version=5)

    report = services.withdraw(report, by=lead, now=LATER, version=6)

    assert [asked.answer for asked in reviewing.asked_of(report)] == ["已补", ""]


# What the database refuses ---------------------------------------------------------------------


@pytest.fixture
def draft(handed_in, t01, ministry):
    reviewing.keep_notes(handed_in, by=ministry, now=NOW, comments=[CommentInput(t01, text="少了一县。")])
    return CellComment.objects.get()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("submissions_comment_is_on_one_cell", {"indicator": None}),
        ("submissions_comment_says_something", {"text": ""}),
        ("submissions_comment_suggests_a_number", {"suggested_value": -1}),
        ("submissions_comment_suggests_a_number", {"suggested_value": NAN}),
    ],
)
def test_a_comment_that_cannot_be_is_refused(draft, name, change):
    with pytest.raises(IntegrityError) as refused:
        CellComment.objects.filter(pk=draft.pk).update(**change)

    assert refused.value.__cause__.diag.constraint_name == name


def test_a_milestone_has_no_value_to_suggest(draft, milestone):
    with pytest.raises(IntegrityError) as refused:
        CellComment.objects.update(indicator=None, milestone=milestone, suggested_value=5)

    assert refused.value.__cause__.diag.constraint_name == "submissions_comment_suggests_figures_only"


@pytest.mark.parametrize("is_delivered", [False, True])
def test_a_cell_has_one_comment_per_person_and_verdict(draft, handed_in, ministry, is_delivered):
    if is_delivered:
        returned(handed_in, ministry)
        draft.refresh_from_db()
    draft.pk = None

    with pytest.raises(IntegrityError) as refused:
        draft.save(force_insert=True)

    assert refused.value.__cause__.diag.constraint_name == "submissions_comment_one_per_cell_and_verdict"


@pytest.mark.parametrize("act", ["update", "delete"])
def test_a_delivered_comment_is_kept_as_it_is(draft, handed_in, ministry, act):
    returned(handed_in, ministry)

    with pytest.raises(InternalError, match="delivered_comment_is_kept"):
        draft.delete() if act == "delete" else CellComment.objects.update(text="改口")


def test_a_comment_comes_with_its_own_authors_decision(draft, handed_in):
    decision = returned(handed_in, factories.person("MINISTRY_REVIEWER")).decisions.get(verb="RETURN")

    with pytest.raises(IntegrityError) as refused:
        CellComment.objects.update(decision=decision)

    assert refused.value.__cause__.diag.constraint_name == "submissions_comment_comes_with_its_decision"


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("submissions_reply_says_something", {"text": ""}),
        ("submissions_reply_one_per_filing_and_comment", {"text": "又一次"}),
    ],
)
def test_an_answer_that_cannot_be_is_refused(draft, handed_in, ministry, name, row):
    report = returned(handed_in, ministry)
    if "one_per" in name:
        CommentReply.objects.create(filing=report.filing, comment=draft, text="已补")

    with pytest.raises(IntegrityError) as refused:
        CommentReply.objects.create(filing=report.filing, comment=draft, **row)

    assert refused.value.__cause__.diag.constraint_name == name


def test_marks_and_claims_are_one_per_person(handed_in, t01, ministry):
    for model, fields, name in (
        (
            ViewedMark,
            {"filing": handed_in.filing, "indicator": t01},
            "submissions_viewed_one_per_filing_indicator_and_person",
        ),
        (ReviewClaim, {"report": handed_in, "opened_at": NOW}, "submissions_claim_one_per_report_and_person"),
    ):
        model.objects.create(by=ministry, **fields)
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            model.objects.create(by=ministry, **fields)
        assert refused.value.__cause__.diag.constraint_name == name


# Reading comments ------------------------------------------------------------------------------


def faults(report, due, *rows):
    with pytest.raises(InputRefused) as refused:
        CommentReader(report, due).read(rows)
    return [(one.pointer, one.code) for one in refused.value.complaints]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"text": "x"}, ("/comments/0/indicator", "one_cell")),
        ({"indicator": "T01", "milestone": "M01-1", "text": "x"}, ("/comments/0/indicator", "one_cell")),
        ({"indicator": "T99", "text": "x"}, ("/comments/0/indicator", "unknown_cell")),
        ({"indicator": 7, "text": "x"}, ("/comments/0/indicator", "unknown_cell")),
        ({"milestone": "M99-1", "text": "x"}, ("/comments/0/milestone", "unknown_cell")),
        ({"indicator": "T01", "text": "a\0b"}, ("/comments/0/text", "forbidden_character")),
        ({"indicator": "T01", "text": "\ud800"}, ("/comments/0/text", "forbidden_character")),
        ({"indicator": "T01", "text": "长" * 2_001}, ("/comments/0/text", "too_long")),
        ({"indicator": "T01", "text": "x", "suggested_value": "12万"}, ("/comments/0/suggested_value", "has_unit")),
        (
            {"indicator": "T04", "text": "x", "suggested_value": "0.1"},
            ("/comments/0/suggested_value", "field_not_used"),
        ),
        ({"milestone": "M01-1", "suggested_value": "1"}, ("/comments/0/suggested_value", "field_not_used")),
        ({"indicator": "T01", "text": "x", "by": "me"}, ("/comments/0/by", "unknown_field")),
    ],
)
def test_a_comment_that_cannot_be_kept_is_named(handed_in, milestone, row, fault):
    """F-23: what cannot be stored is refused politely, and a proposed value passes the figures' own gate."""
    due = [factories.IndicatorFactory(code="T01"), factories.IndicatorFactory(code="T04")]

    assert faults(handed_in, due, row) == [fault]


def test_a_cell_is_named_once(handed_in, t01):
    rows = [{"indicator": "T01", "text": "x"}, {"indicator": "T01", "text": "y"}]

    assert faults(handed_in, [t01], *rows) == [("/comments/1/indicator", "duplicate")]


def test_comments_are_read(handed_in, t01, milestone):
    rows = [
        {"indicator": "T01", "text": " 少了 ", "suggested_value": "320,000"},
        {"milestone": "M01-1", "text": "附文号"},
        {"indicator": None, "milestone": "M01-1"},
    ]

    read = CommentReader(handed_in, [t01]).read(rows[:2])

    assert read == [CommentInput(t01, None, "少了", Decimal(320_000)), CommentInput(None, milestone, "附文号")]
    assert CommentReader(handed_in, [t01]).read(rows[2:])[0].is_cleared


# On the pages ----------------------------------------------------------------------------------


def note(client, path="notes", **cells):
    report = services.report_for(*_place())
    data = {"version": str(report.version), "filing": str(report.filing.number), "desk": "1", **cells}
    return client.post(f"{ADDRESS}{path}/", data)


def _place():
    return factories.UnitFactory(code="440000"), factories.MonthFactory(number=9)


def test_the_desk_keeps_comments_and_marks_and_shows_them_again(client, handed_in, ministry):
    client.force_login(ministry)

    cells = {"comment.T01.text": "少了一县。", "comment.T01.suggested_value": "32", "viewed": ["T08", "T01"]}
    response = note(client, scale="10000", **cells)

    assert response.url == ADDRESS
    review = client.get(ADDRESS).context["page"].review
    row = next(row for row in review.rows if row.code == "T01")
    assert (row.text.text, row.suggested.text, row.is_open, row.is_viewed) == ("少了一县。", "32", True, True)
    assert (review.n_viewed, review.n_comments, len(review.rows)) == (2, 1, 3)
    assert "2 / 3" in text_of(client.get(ADDRESS))


def test_a_refused_verdict_keeps_what_was_viewed_without_any_script(client, handed_in, ministry):
    client.force_login(ministry)

    response = note(client, path="return", viewed=["T08", "T01"])

    assert (response.status_code, response.context["page"].review.n_viewed) == (422, 2)
    assert client.get(ADDRESS).context["page"].review.n_viewed == 2


@pytest.mark.parametrize(
    ("language", "scale", "typed", "unit_label", "again"),
    [("zh-hans", "10000", "32.5", "万人", "32.5"), ("en", "1", "325,000", "persons", "325000")],
)
def test_a_value_is_proposed_in_the_unit_in_which_the_desk_shows_it(
    client, handed_in, ministry, language, scale, typed, unit_label, again
):
    client.force_login(ministry)
    client.cookies["django_language"] = language
    assert client.get(ADDRESS).context["page"].review.scale == int(scale)

    note(client, scale=scale, **{"comment.T01.suggested_value": typed})

    row = next(row for row in client.get(ADDRESS).context["page"].review.rows if row.code == "T01")
    assert CellComment.objects.get().suggested_value == 325_000
    assert (row.suggested.text, row.unit_label) == (again, unit_label)


def test_the_desk_rounds_what_was_divided(client, unit, t01, handed_in, ministry):
    factories.TargetFactory(indicator=t01, unit=unit, target_value=Decimal(400_001))
    client.force_login(ministry)

    page = text_of(client.get(ADDRESS))

    assert '<span class="desk-table__small">30万人</span>' in page
    assert "30.000075" not in page


def test_the_desk_says_at_once_that_notes_are_kept_or_why_not(client, handed_in, ministry):
    client.force_login(ministry)
    asked = {"headers": {"HX-Request": "true"}}

    kept = client.post(f"{ADDRESS}notes/", {"desk": "1", "comment.T01.text": "少了。"}, **asked)
    wrong = client.post(f"{ADDRESS}notes/", {"desk": "1", "comment.T01.suggested_value": "12万"}, **asked)

    assert "送出前只有您能看到" in text_of(kept)
    assert "12万" in text_of(wrong)
    assert CellComment.objects.get().suggested_value is None


def test_a_note_that_cannot_be_kept_comes_back_at_its_cell(client, handed_in, ministry):
    client.force_login(ministry)

    response = note(client, **{"comment.T01.text": "少了。", "comment.T01.suggested_value": "12万"})

    row = next(row for row in response.context["page"].review.rows if row.code == "T01")
    assert response.status_code == 422
    assert (row.text.typed, row.suggested.typed, len(row.suggested.complaints)) == ("少了。", "12万", 1)


def test_looking_at_the_address_of_notes_leads_to_the_report(client, handed_in, ministry):
    client.force_login(ministry)

    assert client.get(f"{ADDRESS}notes/").url == ADDRESS
    assert client.get(f"{ADDRESS}return/").url == ADDRESS


def test_a_return_may_say_everything_at_the_cells(client, handed_in, ministry):
    """UX-24: a reason on at least one cell is reason enough."""
    client.force_login(ministry)

    note(client, "return", **{"comment.T01.text": "少了一县。", "comment": ""})

    decision = handed_in.decisions.get(verb="RETURN")
    assert decision.comment == ""
    assert [one.text for one in decision.cell_comments.all()] == ["少了一县。"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", "请看逐项批注：T01、T08。"), ("en", "Please see the comments on single figures: T01, T08.")],
)
def test_a_return_that_says_everything_at_the_cells_is_worded_for_its_reader(
    client, handed_in, ministry, lead, language, words
):
    client.force_login(ministry)
    note(client, "return", **{"comment.T08.text": "请核对。", "comment.T01.text": "少了一县。", "comment": ""})
    client.cookies["django_language"] = language
    client.force_login(lead)

    assert words in text_of(client.get("/reports/"))


def test_a_return_without_a_word_anywhere_is_refused(client, handed_in, ministry):
    client.force_login(ministry)
    note(client, **{"comment.T01.text": "少了一县。"})

    response = note(client, "return", **{"comment.T01.text": "", "comment": ""})

    assert response.status_code == 422
    assert "“退回”须写明原因。" in text_of(response)


def test_a_refused_verdict_keeps_what_was_written_and_shows_what_moved(client, handed_in, unit, period, lead, ministry):
    """UX-22: no verdict lands on a filing not seen, and the page says what is another now."""
    services.withdraw(handed_in, by=lead, now=LATER, version=2)
    submitted(unit, period, {"T01": "320000"}, by=lead, now=LATER)
    client.force_login(ministry)

    data = {"version": "2", "filing": "1", "desk": "1", "comment.T08.text": "请核对口径。"}
    response = client.post(f"{ADDRESS}approve/", data)

    page = response.context["page"]
    assert response.status_code == 409
    assert [(line.row.indicator.code, line.refiled_value, line.row.value) for line in page.moved] == [
        ("T01", 310_000, 320_000)
    ]
    assert "您打开之后改动了的数据" in text_of(response)
    assert CellComment.objects.get().text == "请核对口径。"


@pytest.mark.parametrize("seen", ["", "x", "9" * 30, "7"])
def test_a_verdict_on_a_withdrawn_report_is_refused_and_kept(client, handed_in, lead, ministry, seen):
    services.withdraw(handed_in, by=lead, now=LATER, version=2)
    client.force_login(ministry)

    data = {"version": "2", "filing": seen, "comment": "看过了", "desk": "1", "comment.T01.text": "少了一县。"}
    response = client.post(f"{ADDRESS}return/", data)

    assert response.status_code == 409
    assert "报表现为“草稿”" in text_of(response)
    assert CellComment.objects.get().text == "少了一县。"


def test_a_verdict_on_a_report_nobody_began_is_refused(client, unit, period, ministry):
    client.force_login(ministry)

    response = client.post(f"{ADDRESS}return/", {"desk": "1", "comment.T01.text": "空的"})

    assert response.status_code == 409
    assert not CellComment.objects.exists()


def test_the_units_page_opens_with_the_comments_at_their_cells(client, handed_in, t01, milestone, clerk, ministry):
    """UX-20, UX-24: what is asked stands at its cell, a proposed value is one click, the clerk stays the author."""
    comments = [CommentInput(t01, None, "少了一县。", Decimal(320_000)), CommentInput(None, milestone, "附文号")]
    returned(handed_in, ministry, comments=comments)
    client.force_login(clerk)

    response = client.get(ADDRESS)

    page, text = response.context["page"], text_of(response)
    assert [one.comment.cell for one in page.asked] == ["T01", "M01-1"]
    assert page.has_open_milestones
    assert 'data-fill="figure.T01.value" data-text="320000"' in text
    assert '<a href="#row.T01">T01</a>' in text


def test_the_unit_answers_on_the_form_and_the_reviewer_sees_the_answers_first(client, handed_in, t01, lead, ministry):
    """UX-24: after re-submission only what was asked and what was mended stands unfolded."""
    returned(handed_in, ministry, comments=[CommentInput(t01, text="少了一县。", suggested_value=Decimal(320_000))])
    client.force_login(lead)
    reply = next(name for name in opened(client) if name.startswith("reply."))
    client.post(ADDRESS, {**opened(client), "figure.T01.value": "320000", reply: "已补。"})
    report = services.report_for(*_place())
    services.submit(report, by=lead, now=LATER, version=report.version)
    client.force_login(ministry)

    response = client.get(ADDRESS)

    page, text = response.context["page"], text_of(response)
    assert [row.row.indicator.code for row in page.first] == ["T01"]
    assert [row.row.indicator.code for row in page.folded] == ["T04", "T08"]
    assert "已补。" in text
    assert "已采用" in text
    assert "对退回意见的答复" in text


def test_an_answer_that_cannot_be_kept_is_named_by_its_cell(client, handed_in, t01, clerk, ministry):
    returned(handed_in, ministry, comments=[CommentInput(t01, text="少了一县。")])
    client.force_login(clerk)
    reply = next(name for name in opened(client) if name.startswith("reply."))

    response = client.post(ADDRESS, {**opened(client), reply: "长" * 2_001})

    assert response.status_code == 422
    assert response.context["page"].complaints[0][0] == "T01 答复"


PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "'\"><script>x</script>",
    "<iframe src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "</textarea><script>x</script>",
    "<a href='javascript:x'>",
    "</title><script>x</script>",
    "<math><mi xlink:href='data:x'>",
    "<input autofocus onfocus=x>",
    "<details open ontoggle=x>",
    "{{7*7}}",
    "{% load x %}",
    "${7*7}",
    "<!--<script>x",
    "<scr<script>ipt>",
    "&lt;script&gt;",
    "&#60;script&#62;",
    "%3Cscript%3E",
    "javascript:alert(1)",
    "data:text/html,<script>x</script>",
    "<style>@import'x'</style>",
    "<link rel=stylesheet href=x>",
    "<base href=//x>",
    "<meta http-equiv=refresh content=0>",
    "<object data=x>",
    "<embed src=x>",
    "<form action=x>",
    "<marquee onstart=x>",
    "<video><source onerror=x>",
    "<audio src onerror=x>",
    "<template><script>x",
    "`><script>x</script>",
    "=1+1",
    "@SUM(1)",
    "\u202e<b>",
    "\u2066<i>",
    "😀<u>",
    "]]><script>x</script>",
]


def test_no_comment_is_ever_markup(client, handed_in, t01, lead, ministry):
    """T-20, F-23: forty payloads, in comment, summary and answer, on the unit's and the reviewer's page."""
    report, marker = handed_in, "〔{}〕"
    text = "\n".join(marker.format(payload) for payload in PAYLOADS)
    assert len(PAYLOADS) == 40
    report = services.return_(
        report, by=ministry, now=LATER, version=2, comment=text, comments=[CommentInput(t01, text=text)]
    )
    client.force_login(lead)
    pages = [text_of(client.get(ADDRESS))]
    (asked,) = reviewing.asked_of(report)
    report = services.save_draft(report, by=lead, now=LATER, version=3, replies={asked.comment.pk: text})
    pages.append(text_of(client.get(ADDRESS)))
    services.submit(report, by=lead, now=LATER, version=4)
    client.force_login(ministry)
    pages.append(text_of(client.get(ADDRESS)))

    for page in pages:
        assert page.count("〔=1+1〕") >= 2
        for payload in PAYLOADS:
            if any(sign in payload for sign in "<>&'\""):
                assert marker.format(payload) not in page
    assert "<bdi>" in pages[0]
