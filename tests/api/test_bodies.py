"""workplan/lib/strict_json.py through the door: what two readers could understand differently is refused."""

from __future__ import annotations

import pytest

from tests.api.conftest import Caller
from tests.timing import cheapest

ADDRESS = "/api/v1/reports/2007-06/440000/"


def put(program: Caller, data: bytes, content_type: str = "application/json") -> tuple[int, list[tuple[str, str]]]:
    answer = program.generic("PUT", ADDRESS, data, content_type=content_type)
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, [(error.get("pointer"), error["code"]) for error in answer.json()["errors"]]


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_r02_what_is_not_a_json_number_is_refused_by_its_place(caller, country, constant):
    body = b'{"version": 0, "figures": [{"indicator": "T01", "value": %s}]}' % constant.encode()

    assert put(caller("gd_clerk"), body) == (400, [("/figures/0/value", "not_finite")])


@pytest.mark.parametrize(
    ("digits", "code"),
    [("1e400", "over_maximum"), ("1e99999999999999999999", "number_too_long"), ("9" * 5_000, "number_too_long")],
)
def test_r02_numbers_beyond_any_figure_are_refused_by_their_place(caller, country, digits, code):
    body = b'{"version": 0, "figures": [{"indicator": "T01", "value": %s}]}' % digits.encode()

    assert put(caller("gd_clerk"), body) == (400, [("/figures/0/value", code)])


def test_a_json_number_counts_with_its_15_digits(caller, country):
    program = caller("gd_clerk")
    body = b'{"version": 0, "figures": [{"indicator": "T18", "value": 0.30000000000000004, "persons": 1}]}'

    answer = program.generic("PUT", ADDRESS, body, content_type="application/json")

    assert answer.json()["figures"][4]["value"] == "0.3"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"null", "not_an_object"),
        (b"[]", "not_an_object"),
        (b'"x"', "not_an_object"),
        (b"7", "not_an_object"),
        (b" ", "not_json"),
        (b"{", "not_json"),
        (b"{'version': 0}", "not_json"),
        (b'{"version": 0} {}', "not_json"),
    ],
)
def test_r04_a_body_that_is_no_object_is_refused(caller, country, body, code):
    assert put(caller("gd_clerk"), body) == (400, [("", code)])


def test_r04_an_empty_body_lacks_its_version(caller, country):
    assert put(caller("gd_clerk"), b"") == (400, [("/version", "required")])


def test_r05_a_key_given_twice_is_refused_by_its_place(caller, country):
    body = b'{"version": 0, "figures": [{"indicator": "T01", "value": 1, "value": 2}]}'

    assert put(caller("gd_clerk"), body) == (400, [("/figures/0", "repeated_key")])


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf{"version": 0}',
        '{"version": 0, "note": "备注"}'.encode("gbk"),
        '{"version": 0}'.encode("utf-16"),
        '{"version": 0}'.encode("utf-16-le"),
        '{"version": 0}'.encode("utf-32"),
        b'{"note": "\xff"}',
    ],
)
def test_r07_only_utf_8_is_read(caller, country, body):
    assert put(caller("gd_clerk"), body) == (400, [("", "not_utf8")])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"note": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", (400, [("", "too_deep")])),
        (b'{"note": ' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"}", (400, [("/note" + "/a" * 49, "too_deep")])),
        (b'{"note": "' + b"x" * 10_000_000 + b'"}', (413, [(None, "too_large")])),
        (b"{" + b",".join(b'"k%d":1' % n for n in range(1_000_000)) + b"}", (413, [(None, "too_large")])),
    ],
)
def test_r08_deep_and_huge_bodies_are_refused_quickly(caller, country, body, expected):
    program = caller("gd_clerk")

    assert put(program, body) == expected
    assert cheapest(lambda: put(program, body), tries=3) < 1


@pytest.mark.parametrize("text", [b"a\\u0000b", b"\\ud800", b"\\udc00x"])
@pytest.mark.parametrize(
    ("body", "pointer"),
    [(b'{"version": 0, "note": "%s"}', "/note"), (b'{"version": 0, "figures": [{"note": "%s"}]}', "/figures/0/note")],
)
def test_r09_what_cannot_be_stored_is_refused_by_its_place(caller, country, text, body, pointer):
    assert put(caller("gd_clerk"), body % text) == (400, [(pointer, "forbidden_character")])


@pytest.mark.parametrize("text", [b"\\u0000", b"\\ud800"])
def test_r09_the_same_holds_for_keys(caller, country, text):
    assert put(caller("gd_clerk"), b'{"version": 0, "%s": 1}' % text) == (400, [("", "forbidden_character")])


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/json; charset=gbk",
        "x" * 20_000,
    ],
)
def test_r18_only_json_is_taken(caller, country, content_type):
    status, _errors = put(caller("gd_clerk"), b'{"version": 0}', content_type)

    assert status == 415


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "application/json;"])
def test_r18_json_may_name_its_encoding(caller, country, content_type):
    answer = caller("gd_clerk").generic("PUT", ADDRESS, b'{"version": 0}', content_type=content_type)

    assert answer.status_code == 200
