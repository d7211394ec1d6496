"""lib/static_finders.py and lib/static_storage.py: what is collected for browsers, and how much work that is."""

from __future__ import annotations

import brotli
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage


def test_what_no_page_asks_for_is_not_collected():
    collected = " ".join(path for finder in get_finders() for path, _storage in finder.list([]))

    assert "swagger-ui-bundle.js" in collected
    assert "redoc" not in collected
    assert "rest_framework/" not in collected


def test_a_live_server_finds_files_where_they_are_written(settings):
    """pytest-django and Django themselves know the app by this name and no other."""
    assert "django.contrib.staticfiles" in settings.INSTALLED_APPS


def test_files_are_compressed_for_browsers_without_the_last_few_percent():
    text = b"".join(b"figure %d, " % number for number in range(5_000))

    packed = staticfiles_storage.create_compressor(quiet=True).compress_brotli(text)

    assert packed == brotli.compress(text, quality=9) != brotli.compress(text)
