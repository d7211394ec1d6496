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
        "n_due": 32,
        "n_reported": 32,
        "n_carried": 0,
        "published_value": "6290000",
        "published_release": "flash",
    },
)
