"""lib/static_storage.py: what is collected, and how much work that is."""

from __future__ import annotations

import brotli
from django.apps import apps
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage


def test_what_no_page_asks_for_is_not_collected():
    ignored = apps.get_app_config("staticfiles").ignore_patterns

    collected = " ".join(path for finder in get_finders() for path, _storage in finder.list(ignored))

    assert "swagger-ui-bundle.js" in collected
    assert "redoc" not in collected
    assert "rest_framework/" not in collected


def test_files_are_compressed_for_browsers_without_the_last_few_percent():
    text = b"".join(b"figure %d, " % number for number in range(5_000))

    packed = staticfiles_storage.create_compressor(quiet=True).compress_brotli(text)

    assert packed == brotli.compress(text, quality=9) != brotli.compress(text)
