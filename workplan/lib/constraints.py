"""Constraints that recur, so that each is written once and named as a sentence."""

from collections.abc import Sequence

from django.db import models
from django.db.models import Q


def all_or_none(*fields: str, name: str) -> models.CheckConstraint:
    """Return a constraint: these fields are filled together or empty together."""
    filled = Q(**{f"{field}__isnull": False for field in fields})
    empty = Q(**{f"{field}__isnull": True for field in fields})
    return models.CheckConstraint(condition=filled | empty, name=name)


def one_of(field: str, values: Sequence[object], *, name: str) -> models.CheckConstraint:
    """Return a constraint: the field holds one of the known values."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


def finite_and_not_negative(field: str, *, name: str) -> models.CheckConstraint:
    """Return a constraint: the number is ≥ 0 and not NaN (PostgreSQL holds NaN above every number)."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0, f"{field}__lt": 10**15}),
        name=name,
    )
