"""Debian's Chromium against a real server, set up as docs/web-pages.md tells a hall to set up its TV boxes."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, Page, Playwright

from clerk_app.bootstrap.server import open_hall
from clerk_app.bootstrap.server_files import server_folder
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.enrolment import SERVER_NAME
from clerk_app.typefaces import variable_font
from support.server import ServerProcess

PANELS = {"1920x1080": (1920, 1080), "1366x768": (1366, 768), "1080x1920": (1080, 1920)}
KIOSK_FLAGS = ("--autoplay-policy=no-user-gesture-required",)


def chromium() -> str:
    """The browser's path; skips the test where there is none."""
    found = os.environ.get("CLERK_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium, or name it in CLERK_CHROMIUM)")
    return found


def pin(folder: Path) -> str:
    """The SHA-256 of the server's public key as Chromium's flag wants it."""
    certificate = x509.load_pem_x509_certificate((server_folder(folder) / "tls" / "server.pem").read_bytes())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


def address(running: ServerProcess) -> str:
    """As a box dials it: by the name that the hall's authority vouches for."""
    return f"https://{SERVER_NAME}:{running.port}"


@contextmanager
def browser(playwright: Playwright, running: ServerProcess, *flags: str) -> Iterator[Browser]:
    """A Chromium that knows the server's name and key, and trusts nothing else of the hall."""
    arguments = [
        f"--host-resolver-rules=MAP {SERVER_NAME} 127.0.0.1",
        f"--ignore-certificate-errors-spki-list={pin(running.folder)}",
        *flags,
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    surroundings = {**os.environ, "FONTCONFIG_FILE": str(fonts_file(running.folder))}
    started = playwright.chromium.launch(executable_path=chromium(), args=arguments, env=surroundings)
    try:
        yield started
    finally:
        started.close()


def fonts_file(folder: Path) -> Path:
    """A fontconfig file with a Chinese font, as every phone has one."""
    file = folder / "fonts.conf"
    places = "".join(f"<dir>{place}</dir>" for place in (variable_font().parent, "/usr/share/fonts"))
    file.write_text(f"<fontconfig>{places}<cachedir>{folder / 'fonts-cache'}</cachedir></fontconfig>", "utf-8")
    return file


def page_of(opened: Browser, size: tuple[int, int] = (1366, 768), **options: Any) -> Page:
    """A page in a context of its own, as if nobody had used the browser before."""
    context = opened.new_context(viewport={"width": size[0], "height": size[1]}, **options)
    page = context.new_page()
    page.set_default_timeout(30_000)
    return page


def enrol_code(running: ServerProcess, kind: DeviceKind = DeviceKind.DISPLAY) -> str:
    """A one-time code as ``clerk enrol`` prints it."""
    hall = open_hall(running.folder)
    try:
        return hall.enrol_code(kind).code
    finally:
        hall.close()


def open_display(page: Page, running: ServerProcess) -> None:
    """Enrol this page as a technician does and wait until it shows the hall."""
    page.goto(f"{address(running)}/display")
    page.fill("#code", enrol_code(running)[:11])
    page.click("button")
    page.wait_for_selector("body[data-state=live]")


def told(page: Page) -> list[str]:
    """Collects what the page complains of: script errors, refused loads, breaches of its own policy."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    return complaints
