"""What the reading addresses answer, as examples in the OpenAPI document; a test holds each against its schema."""

from drf_spectacular.utils import OpenApiExample

JSON = "application/json"

FIGURES = OpenApiExample(
    "T04 · 440000",
    response_only=True,
    media_type=JSON,
    status_codes=["200"],
    value={
        "indicator": "T04",
        "unit": "440000",
        "month": "2007-06",
        "value": "0.02739176435414348387756929256",
        "numerator": "274121",
        "denominator": "10007424",
        "state": "reported",
        "status": "approved",
        "release": "flash",
        "version": 1,
        "approved_at": "2007-07-06T15:57:00+08:00",
    },
)
PROGRESS = OpenApiExample(
    "T01 · 000000",
    response_only=True,
    media_type=JSON,
    status_codes=["200"],
    value={
        "indicator": "T01",
        "unit": "000000",
        "month": "2007-06",
        "value_month": "2007-06",
        "value": "6290000",
        "numerator": None,
        "denominator": None,
        "persons": None,
        "target_value": "9000000",
        "baseline_value": "11840000",
        "completion_rate": "0.6988888888888888888888888889",
        "share_of_target": "0.6988888888888888888888888889",
        "pro_rata_target": "4500000",
        "deviation": "1790000",
        "headroom": None,
        "status": "on_schedule",
        "n_due": 32,
        "n_reported": 32,
        "n_carried": 0,
        "forecast_value": "12049808.42911877394636015326",
        "forecast_low": "12036794.71708550414254507173",
        "forecast_high": "12062822.14115204375017523479",
        "forecast_method": "SEASONAL",
        "rank": None,
    },
)
SERIES = OpenApiExample(
    "2007-06",
    response_only=True,
    media_type=JSON,
    status_codes=["200"],
    value={
        "month": "2007-06",
        "value_month": "2007-06",
        "value": "6290000",
        "month_value": "1233000",
        "pro_rata_target": "4500000",
        "seasonal_target": "4698000",
        "previous_year": None,
        "is_previous_year_synthetic": False,
        "n_due": 32,
        "n_reported": 32,
        "n_carried": 0,
        "published_value": "6290000",
        "published_release": "flash",
    },
)
ASSESSMENT = OpenApiExample(
    "NZ07-Q3 · 440000",
    response_only=True,
    media_type=JSON,
    status_codes=["200"],
    value={
        "round": "NZ07-Q3",
        "unit": "440000",
        "state": "published",
        "sections": [
            {"code": "A", "weight": "30", "points": "28.5"},
            {"code": "B", "weight": "10", "points": "10"},
            {"code": "C", "weight": "15", "points": "13.6"},
            {"code": "D", "weight": "6", "points": "6"},
            {"code": "E", "weight": "14", "points": "12"},
            {"code": "F", "weight": "25", "points": "20.25"},
        ],
        "total": "90.35",
        "rank": 2,
        "grade": "passed",
        "is_provisional": False,
        "is_cancelled": False,
    },
)


# Saved views -----------------------------------------------------------------------------------


def _answers(name: str, value: object) -> OpenApiExample:
    return OpenApiExample(name, response_only=True, media_type=JSON, status_codes=["200"], value=value)


def _asks(name: str, value: object) -> OpenApiExample:
    return OpenApiExample(name, request_only=True, media_type=JSON, value=value)


_EXPLORED = "rows=unit&cols=month&measure=value&indicator=T01&below=000000&month=2007-09"
VIEW = _answers(
    "各省新增就业",
    {
        "id": 12,
        "name": "各省新增就业",
        "kind": "explore",
        "query": _EXPLORED,
        "months": "year",
        "sharing": "ministry",
        "owner": "分析员",
        "is_own": True,
        "saved_at": "2007-10-12T09:30:00+08:00",
        "says": ["数据透视", "单位 × 报告期", "数值", "全国", "城镇新增就业", "年初至最新一期"],
        "formats": ["xlsx", "csv", "parquet"],
        "n_schedules": 1,
        "page": "/views/12/",
    },
)
VIEW_BODY = _asks(
    "各省新增就业",
    {"name": "各省新增就业", "kind": "explore", "query": _EXPLORED, "months": "year", "sharing": "private"},
)
VIEW_CHANGE = _asks("改名", {"name": "各省新增就业（逐月）"})
SCHEDULE = _answers(
    "每月，发布之后",
    {
        "id": 7,
        "view": 12,
        "rhythm": "after_publication",
        "format": "csv",
        "starts_on": "2007-10-12",
        "next_on": None,
        "ended_at": None,
        "ended_because": None,
    },
)
SCHEDULE_BODY = _asks("每月，发布之后", {"rhythm": "after_publication", "format": "csv"})
RUN = _answers(
    "2007-09",
    {
        "id": 31,
        "view": 12,
        "schedule": 7,
        "name": "各省新增就业",
        "period": "2007-09",
        "format": "csv",
        "state": "done",
        "problem": "",
        "is_kept": True,
        "size": 18204,
        "made_at": "2007-10-12T10:00:00+08:00",
        "expires_at": "2007-10-26T10:00:00+08:00",
    },
)
