"""Puts the server together: keys, store, certificates, services, HTTPS; and runs it until it is told to stop."""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio.to_thread
import uvicorn
from filelock import FileLock, Timeout

from clerk_app.bootstrap import logs, platforms, server_upward, settings
from clerk_app.bootstrap.server_files import LOCK_FILE, RUNTIME_FILE, instance_folder, server_folder
from clerk_app.bootstrap.server_health import watched
from clerk_app.bootstrap.server_office import office_state
from clerk_app.bootstrap.server_progress import progress_door
from clerk_app.bootstrap.voice import OFF, voice_rules
from clerk_app.crypto.certificates import ServerIdentity, fingerprint, server_identity
from clerk_app.crypto.keyfile import FileKeyring, open_keyring
from clerk_app.crypto.passwords import Argon2Passwords
from clerk_app.crypto.provider import NationalCrypto
from clerk_app.design.resources import resource
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.errors import Fault, Refusal, Rejected, StoreFault
from clerk_app.domain.spoken import Reading
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.hall import EnrolCode, NewEnrolCode
from clerk_app.ports.stores_hall import HallStore
from clerk_app.server.app import create_app
from clerk_app.server.calls import Activity
from clerk_app.server.feed import FeedHub, SequencerLoop
from clerk_app.server.routes_voice import WebVoice
from clerk_app.services.hall.desk import HallDesk
from clerk_app.services.hall.devices import CODE_LIFE
from clerk_app.services.hall.setup import HallPlan
from clerk_app.services.hall.tools import system_actor
from db.hall.store import open_sqlite

_LOG = logging.getLogger(__name__)
_INSTANCE = re.compile(r"[a-z0-9-]{1,16}")
_OPENING_SECONDS = 120
_GRACE_SECONDS = 5
_IDLE_CHECK_SECONDS = 1.0
_THREADS = 160


@dataclass(frozen=True, slots=True)
class OpenHall:
    """The services on the store of a data folder, with the hall's id and the TLS identity."""

    desk: HallDesk
    hall_id: str
    identity: ServerIdentity

    def enrol_code(self, kind: DeviceKind, window_no: str | None = None, life: timedelta = CODE_LIFE) -> EnrolCode:
        """A one-time code, made by whoever may read the key file (the server's own account)."""
        actor = system_actor(self.hall_id)
        wish = NewEnrolCode(kind, window_no)
        code = self.desk.store.write(
            self.hall_id, actor.device_id, lambda unit: self.desk.devices.make_code(unit, actor, wish, life)
        )
        self.desk.committed(self.hall_id)
        return code

    def close(self) -> None:
        self.desk.store.close()


def open_hall(
    folder: Path, committed: Callable[[str], None] = lambda hall_id: None, database: str | None = None
) -> OpenHall:
    """Open (and on the first start make) the hall of a data folder: keys, certificates, store, schema, the hall.

    ``database`` is the URL of PostgreSQL, None for what ``[server] database`` says. Also works beside a running server
    on the same folder. ``StoreFault`` when something cannot be opened.
    """
    home = server_folder(folder)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    config = settings.load(folder)
    told = config.server if database is None else replace(config.server, database=database)
    clock, entropy = SystemClock(), SystemEntropy()
    crypto = NationalCrypto(entropy)
    # Of several servers that start at once on a new folder one makes keys and certificates.
    with FileLock(home / "opening.lock", timeout=_OPENING_SECONDS):
        keys, store = _open_store(home, told, crypto, entropy)
        identity = server_identity(home / "tls", clock.now())
    desk = HallDesk(
        store=store,
        clock=clock,
        entropy=entropy,
        crypto=crypto,
        keys=keys,
        passwords=Argon2Passwords(),
        fingerprint=fingerprint(identity.ca_pem),
        committed=committed,
    )
    try:
        plan = HallPlan(config.hall.profile(""), among_many=told.many_halls)
        hall_id = desk.setup.ensure(plan)
        desk.setup.renew(hall_id, plan.profile, config.hall_named)
    except BaseException:
        store.close()
        raise
    return OpenHall(desk, hall_id, identity)


def _open_store(
    home: Path, told: settings.ServerSettings, crypto: NationalCrypto, entropy: SystemEntropy
) -> tuple[FileKeyring, HallStore]:
    key_file, path = home / "keys" / "hall.key", home / "hall.db"
    if not told.database:
        keys = open_keyring(key_file, path, crypto, entropy)
        return keys, open_sqlite(path, keys.key("sqlcipher"), entropy)
    # The driver comes with the extra "postgresql" and is loaded by servers that need it only.
    try:
        from db.hall.postgres import open_postgres
    except ImportError as error:
        raise StoreFault("这台电脑没有装 PostgreSQL 的驱动（psycopg），请用带驱动的安装包") from error
    made = not key_file.exists()
    keys = open_keyring(key_file, path, crypto, entropy)
    try:
        store = open_postgres(
            told.database,
            entropy,
            key_check=keys.key("postgres-store").hex(),
            pgbouncer=told.pgbouncer,
            listen=told.listen,
        )
    except StoreFault:
        if made:
            # A key that opens nothing must not stay in the place of the right one.
            key_file.unlink(missing_ok=True)
        raise
    return keys, store


class _Server(uvicorn.Server):
    """Tells when it is ready to serve."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        # A request waits in a thread for its turn of the writer; the usual 40 would be taken up by uploads.
        anyio.to_thread.current_default_thread_limiter().total_tokens = _THREADS
        await super().startup(sockets)
        if self.started:
            self._ready()


def _announce(line: dict[str, Any]) -> None:
    """One line of JSON for the supervisor; afterwards stdout goes nowhere, since its reader may be gone."""
    print(json.dumps(line, ensure_ascii=False), flush=True)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def _write_runtime(path: Path, host: str, port: int, ca_pem: str) -> None:
    content = json.dumps({"pid": os.getpid(), "host": host, "port": port, "ca_pem": ca_pem})
    fresh = path.with_suffix(".new")
    fresh.write_text(content, encoding="utf-8")
    os.replace(fresh, path)


def _stop_when_idle(server: uvicorn.Server, activity: Activity, seconds: float, done: threading.Event) -> None:
    while not done.wait(_IDLE_CHECK_SECONDS):
        if activity.idle_seconds() > seconds:
            _LOG.info("no device for %s s, the server ends", seconds)
            server.should_exit = True
            return


def _dialled(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "") else "::1" if host == "::" else host


def serve(args: argparse.Namespace) -> None:
    """Run the server in the foreground until SIGTERM, SIGINT or, with ``exit_when_idle``, until nobody needs it.

    ``args``: ``data`` (folder or None), ``host``, ``port`` (0 = any), ``database`` (URL or None for the setting),
    ``instance`` (a name when several servers share the data folder), ``print_enrol_code``, ``exit_when_idle`` (seconds
    or None), ``upstream`` (the address of the city's server or None for the setting), ``upstream_code``. Prints one
    JSON line when it serves: event, host, port, and with ``print_enrol_code`` a code.
    ``StoreFault`` when another server runs on the folder or something cannot be opened.
    """
    folder: Path = args.data or settings.default_folder()
    instance = args.instance or ""
    if instance and not _INSTANCE.fullmatch(instance):
        raise Rejected("instance", "--instance 只能用小写字母、数字和减号，不超过 16 个字，如 --instance b")
    home = instance_folder(folder, instance)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    logs.start_server(folder, home.name)
    lock = FileLock(home / LOCK_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise StoreFault("这个数据文件夹已经有一个服务器在运行") from error
    database = settings.load(folder).server.database if args.database is None else args.database
    if instance and not database:
        lock.release()
        raise Rejected("instance", "几个服务器一起运行要用 PostgreSQL，请先设置 [server] database")
    try:
        # What a killed server left behind must not vouch for this one.
        (home / RUNTIME_FILE).unlink(missing_ok=True)
        _serve_locked(args, folder, home, database)
    finally:
        (home / RUNTIME_FILE).unlink(missing_ok=True)
        lock.release()


def _web_voice(folder: Path) -> WebVoice:
    """How displays speak that are web pages: ``[voice]`` of the server's settings; ``Rejected("voice")``."""
    told = settings.load(folder).voice
    rules, reading = voice_rules(told), Reading(told.yao, told.purpose)
    if told.speaker == OFF:
        return WebVoice(rules, reading)
    own = (folder / told.clips,) if told.clips else ()
    return WebVoice(rules, reading, (*own, resource("voice")))


def _serve_locked(args: argparse.Namespace, folder: Path, home: Path, database: str) -> None:
    waker: list[Callable[[str], None]] = []
    hall = open_hall(folder, lambda hall_id: waker[0](hall_id) if waker else None, database)
    activity = Activity()
    hub = FeedHub(hall.desk)
    loop = SequencerLoop(hall.desk, hub)
    waker.append(loop.wake)
    app = create_app(hall.desk, hall.identity.ca_pem, activity, hub)
    app.state.web_voice = _web_voice(folder)
    app.state.office = office_state(hall.desk, folder)
    app.state.progress = progress_door(hall.desk, folder)
    health = watched(app, hall.desk, hall.hall_id, hub, folder, database)
    listening = _listen(args.host, args.port)
    port: int = listening.getsockname()[1]

    def ready() -> None:
        _write_runtime(home / RUNTIME_FILE, _dialled(args.host), port, hall.identity.ca_pem)
        line: dict[str, Any] = {"event": "ready", "host": _dialled(args.host), "port": port, "pid": os.getpid()}
        if args.print_enrol_code:
            line["code"] = hall.enrol_code(DeviceKind.WINDOW).code
        _announce(line)

    config = uvicorn.Config(
        app,
        ssl_certfile=str(hall.identity.certificate),
        ssl_keyfile=str(hall.identity.private_key),
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="websockets-sansio",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        server_header=False,
    )
    config.load()
    assert config.ssl is not None
    # A ticket comes without being asked for, while a feed's client writes its first request: its library reads and
    # writes at once then, which OpenSSL does not allow on one connection, and the request can be lost.
    config.ssl.num_tickets = 0
    server = _Server(config, ready)
    done = threading.Event()
    loop.start()
    stop_exporting = platforms.start(folder, hall.desk, hall.hall_id)
    stop_upward = server_upward.start(args, folder, home, hall.desk, hall.hall_id, hub, health)
    health.start()
    if args.exit_when_idle:
        watch = threading.Thread(
            target=_stop_when_idle, args=(server, activity, args.exit_when_idle, done), name="idle", daemon=True
        )
        watch.start()
    # uvicorn raises the signal again when it has stopped; the store is closed after that.
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, lambda number, frame: None)
    try:
        server.run(sockets=[listening])
    finally:
        done.set()
        stop_upward()
        stop_exporting()
        loop.stop()
        health.stop()
        hall.close()
        health.release()
        listening.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise Fault(f"地址 {host} 端口 {port} 用不了（{error.strerror}）。换一个端口，或先停掉占用它的程序") from error
    # asyncio turns Nagle's algorithm off only on sockets that name TCP; with it every answer is held back for 40 ms
    return socket.socket(listening.family, listening.type, socket.IPPROTO_TCP, fileno=listening.detach())


def run(args: argparse.Namespace) -> int:
    """``clerk server``: 0 when it was told to stop, 1 with a sentence when it cannot start."""
    try:
        serve(args)
    except (Fault, Refusal) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def main() -> int:
    """``python -m clerk_app.bootstrap.server``: the same without the other programs."""
    parser = argparse.ArgumentParser(description="服务器")
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8443)
    parser.add_argument("--database", default=None)
    parser.add_argument("--instance", default=None)
    parser.add_argument("--print-enrol-code", action="store_true")
    parser.add_argument("--exit-when-idle", type=float, default=None)
    parser.add_argument("--upstream", default=None)
    parser.add_argument("--upstream-code", default=None)
    return run(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
