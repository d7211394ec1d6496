"""Axe finds nothing to complain of on any page, in either theme (G-25, UX-46)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLResolver, get_resolver, resolve
from playwright.sync_api import Page, ViewportSize

from scripts import shots
from targets.models import Indicator
from tests.reporting.views_saved import saved, scheduled
from tests.reporting.warned import RuleFactory, judged

pytestmark = pytest.mark.django_db(transaction=True)

DESK: ViewportSize = {"width": 1280, "height": 720}
#: Who looks → where.
PAGES: dict[str | None, list[str]] = {
    None: ["/accounts/login/", "/no/such/page/"],
    "ministry": [
        "/leader/?month=2007-09",
        "/overview/?month=2007-09",
        "/indicators/T01/?month=2007-09",
        "/indicators/T04/?month=2007-09",
        "/indicators/T01/trace/?month=2007-09",
        "/indicators/T01/reasons/?month=2007-09",
        "/regions/?month=2007-09",
        "/regions/reasons/?month=2007-09&indicator=T01&region=east",
        "/compare/?month=2007-09",
        "/explore/?month=2007-09&measure=value&measure=status",
        "/views/",
        "/views/new/?kind=PROGRESS&month=2007-09&unit=440000",
        "/units/440000/?month=2007-09",
        "/plan/?month=2007-09",
        "/plan/items/1/?month=2007-09",
        "/warnings/",
        "/assessment/",
        "/assessment/JY07-Q3/440000/",
        "/review/",
        "/reports/2007-09/440000/",
        "/calendar/",
        "/calendar/2007-09/",
        "/circular/2007-09/",
        "/circular/2007-09/wording/",
        "/rules/",
    ],
    "gd_clerk": [
        "/reports/",
        "/reports/2007-10/440000/",
        "/reports/2007-10/440000/check/",
        "/reports/grid/440000/",
        "/reports/workbook/",
        "/reports/imports/",
        "/notices/",
        "/notices/preferences/",
        "/assessment/JY07-Q3/440000/",
        "/accounts/profile/",
        "/accounts/password/change/",
        "/accounts/sessions/",
        "/accounts/2fa/",
    ],
}
#: Routes without a page of their own (they send on, take what is posted, answer with a file, a part or JSON),
#: and steps between two pages, made of the same parts. The pages of a warning and of a view have tests below.
NO_PAGES = re.compile(
    r"home|set_language|set_theme|alive|ready|account_(logout|inactive|reauthenticate)|mfa_(?!index).*|accounts:token-.*"
    r"|reporting:export-.*|notices:(read|follow)|submissions:(grid|import|calendar)-(?!month$).*"
    r"|reporting:(circular-(file|template)|letters?|warning|warning-answer|assessment-.*)"
    r"|reporting:view(-(delete|schedule|stop|file|retry|edit))?"
    r"|submissions:(workbook-file|uploaded|uploaded-marked|receipt|evidence|notes|decide|act|ask-to-sign|approve-clean)"
    r"|submissions:(rule-(excuse|withdraw|setting|end)|(queue|units|reminders|rules)-export)"
)


def problems(page: Page, theme: str = "light") -> list[str]:
    """Return what axe objects to: rule and first element of each; of the dark theme, only faults of colour."""
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if theme == "dark":
        options["runOnly"] = ["color-contrast"]
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']} × {len(one['nodes'])}: {one['nodes'][0]['html'][:120]}" for one in found]


def visited(page: Page, origin: str, sign_in: Callable[[str], object], language: str) -> Iterator[str]:
    """Open each page as who looks at it, and yield its address."""
    for person, addresses in PAGES.items():
        if person:
            sign_in(person)
        page.context.add_cookies([{"name": "django_language", "value": language, "url": origin}])
        for address in addresses:
            page.goto(origin + address)
            yield address


def routes(resolver: URLResolver, space: str = "") -> Iterator[str]:
    """Yield the names of all routes but the admin's and the API's."""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            if one.namespace not in {"admin", "api"}:
                yield from routes(one, f"{one.namespace}:" if one.namespace else space)
        elif one.name:
            yield space + one.name


def test_no_page_has_a_violation_or_is_wider_than_a_phone(september, sign_in, page, live_server):
    found: dict[str, object] = {}
    for address in visited(page, live_server.url, sign_in, "zh-hans"):
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # no colour in between
            found[f"{address} {theme}"] = problems(page, theme)
        page.emulate_media(color_scheme="light")
        found[f"{address} wide"] = too_wide(page)
        page.set_viewport_size(DESK)
    refused_a_file(page, live_server.url)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found[f"a file refused {theme}"] = problems(page, theme)

    assert {place: told for place, told in found.items() if told} == {}


def test_no_page_in_english_is_wider_than_a_phone(september, sign_in, page, live_server):
    pages = visited(page, live_server.url, sign_in, "en")

    assert [f"{address}: {width}" for address in pages if (width := too_wide(page))] == []

    page.set_viewport_size(DESK)
    sign_in("ministry")
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    page.goto(f"{live_server.url}/units/440000/?month=2007-09")  # thirteen columns, side by side on a desk
    assert page.evaluate("document.querySelector('#indicators .grid-scroll').scrollWidth <= 1318")


def refused_a_file(page: Page, url: str) -> None:
    """Send a program in place of a document; the page tells at its field."""
    page.goto(f"{url}/assessment/JY07-Q3/440000/")
    page.set_input_files("[id='file.A9']", files=[{"name": "a.exe", "mimeType": "application/pdf", "buffer": b"MZ"}])
    page.locator("button.btn[name=act][value=save]").click()
    page.wait_for_url("**/fill/")


def too_wide(page: Page) -> int:
    """Return how many pixels of the page lie beyond the edge of a phone."""
    page.set_viewport_size({"width": 360, "height": 740})
    return page.evaluate("document.documentElement.scrollWidth") - 360


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_of_a_warning_has_no_violation(september, sign_in, page, live_server, theme):
    indicator = Indicator.objects.get(code="T01")
    RuleFactory(code="EW99", indicator=indicator, measure="VALUE", comparison="GT", limit=0)
    warning = next(one for one in judged() if one.rule.code == "EW99")
    page.emulate_media(color_scheme=theme)
    sign_in("ministry")
    page.goto(f"{live_server.url}/warnings/{warning.pk}/")

    assert problems(page, theme) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_of_a_saved_view_has_no_violation(september, sign_in, page, live_server, people, theme):
    view = saved(people["analyst"])
    scheduled(view)
    page.emulate_media(color_scheme=theme)
    sign_in("analyst")
    page.goto(f"{live_server.url}/views/{view.pk}/edit/")
    page.click("summary")

    assert problems(page, theme) == []


def looked_at() -> set[str]:
    addresses = [address.split("?")[0] for pages in PAGES.values() for address in pages]
    return {resolve(address).view_name for address in addresses if "no/" not in address}


def test_every_page_is_among_them():
    """A new route is looked at too, or it is said why not."""
    unseen = set(routes(get_resolver())) - looked_at()
    assert [name for name in sorted(unseen) if not NO_PAGES.fullmatch(name)] == []


def test_every_page_has_its_picture_in_the_gallery():
    """In both languages and widths; `make shots` takes them."""
    pictured = {resolve(address.split("?")[0]).view_name for _who, address in shots.PAGES.values()}
    files = {
        f"{name}_{language}_{width}.png"
        for name in shots.PAGES
        for language in shots.LANGUAGES
        for width in shots.WIDTHS
    }

    assert looked_at() - pictured == set()
    assert files - {path.name for path in shots.GALLERY.iterdir()} == set()


def test_a_page_with_faults_is_told_of(page, live_server):
    page.set_content('<main><img src="x.png"><p style="color: #999; background: #aaa">hardly to be read</p></main>')

    assert {line.split(" ")[0] for line in problems(page)} >= {"image-alt", "color-contrast", "html-has-lang"}
