"""The back office's pages as HTML: templates with every value escaped, one style sheet, no script."""

from __future__ import annotations

from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment

from clerk_app.design.tokens import css_variables
from clerk_app.domain.actor import Role
from clerk_app.server.office_words import ROLE_NAMES
from clerk_app.server.web import WebFiles, page_headers, page_templates
from clerk_app.services.hall.access import Caller

POLICY: Final = "style-src 'self'; img-src data:; form-action 'self'"
DEVICE_COOKIE: Final = "__Host-office"
"""Holds the token of an enrolled browser; good for these pages only."""
LOGIN_COOKIE: Final = "__Host-office-login"
"""Holds the token of a person's login; ends with the browser at the latest."""
_DEVICE_LIFE: Final = 400 * 24 * 3600
"""Seconds: what browsers keep at most (RFC 6265bis); each login renews it."""
_STYLE: Final = "office.css"


@cache
def office_files() -> WebFiles:
    """The style sheet and the tokens, read once."""
    return WebFiles(f"office/{_STYLE}", tokens=css_variables())


@cache
def _templates() -> Environment:
    found = page_templates("office")
    base = f"/office/web/{office_files().version}"
    found.globals.update(tokens_url=f"{base}/tokens.css", style_url=f"{base}/office/{_STYLE}", role_names=ROLE_NAMES)
    return found


def page(
    template: str, title: str, *, caller: Caller | None = None, status: int = 200, here: str = "", **values: Any
) -> HTMLResponse:
    """A page of ``resources/web/office``; ``caller`` is who is logged in, ``here`` the entry of the menu."""
    actor = caller.actor if caller is not None and caller.session_id is not None else None
    text = (
        _templates()
        .get_template(template)
        .render(
            title=title,
            actor=actor,
            manager=actor is not None and Role.MANAGER in actor.roles,
            here=here,
            **values,
        )
    )
    # The forms' own requests need their Origin, which no-referrer would hide.
    return HTMLResponse(text, status, page_headers(POLICY, referrer="same-origin"))


def problem_page(caller: Caller | None, sentence: str, status: int) -> HTMLResponse:
    """One sentence and the way back."""
    return page("problem.html", "没有办成", caller=caller, status=status, sentence=sentence)


def to(path: str, **query: str) -> RedirectResponse:
    """Onwards after a change, so that loading the page again changes nothing."""
    asked = urlencode({name: value for name, value in query.items() if value})
    return RedirectResponse(f"{path}?{asked}" if asked else path, 303, {"Cache-Control": "no-store"})


def with_cookie(answer: Response, name: str, token: str) -> Response:
    """No script reads it, no other site's page sends it."""
    life = _DEVICE_LIFE if name == DEVICE_COOKIE else None
    answer.set_cookie(name, token, max_age=life, path="/", secure=True, httponly=True, samesite="strict")
    return answer


def without_cookie(answer: Response, name: str) -> Response:
    answer.delete_cookie(name, path="/", secure=True, httponly=True, samesite="strict")
    return answer


def content_headers(filename: str) -> dict[str, str]:
    """Headers of a paper or a page: shown by the browser, kept by nobody."""
    return {
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Content-Disposition": f'inline; filename="{filename}"',
    }
