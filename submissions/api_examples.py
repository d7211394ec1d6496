"""What the reports' addresses answer, as examples in the OpenAPI document; a test holds each against its schema."""

from drf_spectacular.utils import OpenApiExample

REPORTS = OpenApiExample(
    "2007-06 · 440000",
    response_only=True,
    status_codes=["200"],
    value={
        "month": "2007-06",
        "unit": "440000",
        "status": "approved",
        "version": 3,
        "approved_at": "2007-07-06T15:57:00+08:00",
    },
)
REPORT = OpenApiExample(
    "2007-06 · 440000",
    response_only=True,
    status_codes=["200"],
    value={
        "month": "2007-06",
        "unit": "440000",
        "status": "approved",
        "version": 3,
        "note": "",
        "due_on": "2007-07-05",
        "is_correction": False,
        "release": "flash",
        "submitted_at": "2007-07-04T10:37:00+08:00",
        "approved_at": "2007-07-06T15:57:00+08:00",
        "figures": [
            {
                "indicator": "T01",
                "kind": "FLOW",
                "unit_of_measure": "PERSON",
                "state": "reported",
                "value": "693689",
                "numerator": None,
                "denominator": None,
                "persons": None,
                "parts": {},
                "note": "",
                "previous_value": "557708",
                "target_value": "953000",
            }
        ],
        "findings": [],
        "milestones": [
            {
                "milestone": "M01-1",
                "state": "issued",
                "planned_on": "2007-03-31",
                "actual_on": "2007-01-20",
                "new_title": "",
                "note": "目标已分解到市县",
                "covered": None,
                "in_scope": None,
                "reported_in": "2007-01",
                "delay": None,
                "evidence": [],
            }
        ],
        "comments": [],
        "signing_request": None,
        "waiting_for": [],
        "exceptions": [],
        "may": {
            "edit": False,
            "submit": False,
            "withdraw": False,
            "approve": False,
            "return": False,
            "correct": True,
            "reopen": True,
        },
    },
)
