"""PostgreSQL in a cluster: Debian's Patroni, PostgreSQL and etcd, three of each on the loopback, in one folder.

No service of the machine is used or changed. Below root everything runs as the account ``postgres``, otherwise as the
caller. A member is a Patroni with its PostgreSQL; ``kill`` takes both without a word, as when its machine loses power.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.chaos_record import ROOT

sys.path.insert(0, str(ROOT / "tests"))
from support.processes import alive, children, free_ports

DCS = {
    "ttl": 20,
    "loop_wait": 5,
    "retry_timeout": 5,
    "synchronous_mode": True,
    "synchronous_mode_strict": True,
}
"""What the cluster agrees on; seconds. As in ``docs/examples/patroni.yml``."""
_PARAMETERS = {
    "synchronous_commit": "on",
    "max_connections": 150,
    "shared_buffers": "64MB",
    "wal_keep_size": "512MB",
    "unix_socket_directories": "",
}
_MEMBERS = ("pg1", "pg2", "pg3")
_ETCDS = ("etcd1", "etcd2", "etcd3")
_PATIENCE_S = 300.0
_TICK_S = 0.2
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}


class Trouble(Exception):
    """The cluster did not become what was waited for; says what."""


def postgres_folder() -> Path | None:
    """The newest PostgreSQL of Debian's packages."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def missing() -> list[str]:
    """The packages that are not here."""
    wanted = {"patroni": shutil.which("patroni"), "etcd-server": shutil.which("etcd"), "postgresql": postgres_folder()}
    return [package for package, program in wanted.items() if program is None]


def versions() -> dict[str, str]:
    """What the programs say of themselves."""
    folder = postgres_folder()
    asked = {"patroni": ["patroni", "--version"], "etcd": ["etcd", "--version"]}
    asked["postgresql"] = [str(folder / "postgres") if folder else "postgres", "--version"]
    return {name: subprocess.check_output(command, text=True).splitlines()[0] for name, command in asked.items()}


@dataclass(frozen=True, slots=True)
class Seen:
    """A member as Patroni shows it."""

    name: str
    role: str
    state: str
    timeline: int | None


class Cluster:
    """Made by ``start``, gone after ``end``. Times are waited for at most five minutes, then ``Trouble``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._password = secrets.token_hex(12)
        self._account: dict[str, Any] = {}
        if os.geteuid() == 0:
            import pwd

            account = pwd.getpwnam("postgres")
            self._account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            os.chown(folder, account.pw_uid, account.pw_gid)
        ports = free_ports(2 * len(_MEMBERS) + 2 * len(_ETCDS))
        self._sql = {name: ports.pop() for name in _MEMBERS}
        self._rest = {name: ports.pop() for name in _MEMBERS}
        self._client = {name: ports.pop() for name in _ETCDS}
        self._peer = {name: ports.pop() for name in _ETCDS}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    # --- from the beginning to the end ------------------------------------------------------------------------
    def start(self) -> None:
        """All members up, one of them primary, one a synchronous standby; the hall's database is made, empty."""
        for name in _ETCDS:
            self._start_etcd(name)
        self._until(lambda: self.etcd_leader() is not None, "etcd has no leader")
        for name in _MEMBERS:
            self._write_settings(name)
            self.start_member(name)
        self.wait_whole()
        with psycopg.connect(self._address("postgres", "postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE ROLE clerk LOGIN PASSWORD '{self._password}'".encode())
            connection.execute("CREATE DATABASE hall OWNER clerk ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0")

    def url(self) -> str:
        """For ``clerk server --database``: all members, the one that may be written."""
        hosts = "&".join(f"host=127.0.0.1:{port}" for port in self._sql.values())
        return f"postgresql+psycopg://clerk:{self._password}@/hall?{hosts}&target_session_attrs=read-write"

    def _address(self, user: str, database: str) -> str:
        hosts, ports = ",".join("127.0.0.1" for _ in self._sql), ",".join(map(str, self._sql.values()))
        return (
            f"host={hosts} port={ports} user={user} password={self._password} dbname={database} "
            "target_session_attrs=read-write connect_timeout=5"
        )

    def end(self) -> None:
        """Nothing of it runs any more."""
        for name in _MEMBERS:
            self.kill(name)
        for name in _ETCDS:
            self.kill(name)

    # --- one process ------------------------------------------------------------------------------------------
    def _spawn(self, name: str, command: list[str]) -> None:
        # Told to stop when the script dies by itself: Patroni then stops its PostgreSQL too.
        command = ["setpriv", "--pdeathsig", "TERM", *command]
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=_ENVIRONMENT,
                start_new_session=True,
                **self._account,
            )

    def _start_etcd(self, name: str) -> None:
        client, peer = f"http://127.0.0.1:{self._client[name]}", f"http://127.0.0.1:{self._peer[name]}"
        others = ",".join(f"{one}=http://127.0.0.1:{port}" for one, port in self._peer.items())
        command = ["etcd", "--name", name, "--data-dir", str(self.folder / name), "--logger", "zap"]
        command += ["--listen-client-urls", client, "--advertise-client-urls", client]
        command += ["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer]
        command += ["--initial-cluster", others, "--initial-cluster-state", "new"]
        # For a machine that does much else; its own default is an election after one second.
        command += ["--heartbeat-interval", "300", "--election-timeout", "3000"]
        self._spawn(name, command)

    def _write_settings(self, name: str) -> None:
        here = f"127.0.0.1:{self._sql[name]}"
        known = {"password": self._password}
        settings = {
            "scope": "hall",
            "name": name,
            "restapi": {
                "listen": f"127.0.0.1:{self._rest[name]}",
                "connect_address": f"127.0.0.1:{self._rest[name]}",
            },
            "etcd3": {"hosts": [f"127.0.0.1:{port}" for port in self._client.values()]},
            "bootstrap": {
                "dcs": {**DCS, "postgresql": {"use_pg_rewind": True, "parameters": _PARAMETERS}},
                "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
            },
            "postgresql": {
                "listen": here,
                "connect_address": here,
                "data_dir": str(self.folder / name),
                "bin_dir": str(postgres_folder()),
                "pgpass": str(self.folder / f"{name}.pgpass"),
                "authentication": {
                    "superuser": {"username": "postgres", **known},
                    "replication": {"username": "replicator", **known},
                },
                "pg_hba": [
                    "host all all 127.0.0.1/32 scram-sha-256",
                    "host replication replicator 127.0.0.1/32 scram-sha-256",
                ],
            },
        }
        path = self.folder / f"{name}.yml"
        path.write_text(json.dumps(settings, indent=1), encoding="utf-8")
        path.chmod(0o600)
        if self._account:
            os.chown(path, self._account["user"], self._account["group"])

    def start_member(self, name: str) -> None:
        """A member, for the first time or after its death."""
        self._spawn(name, ["patroni", str(self.folder / f"{name}.yml")])

    def start_again(self, name: str) -> None:
        """A member or an etcd after its death, on what its disk holds."""
        if name in _ETCDS:
            self._start_etcd(name)
        else:
            self.start_member(name)

    def kill(self, name: str) -> None:
        """SIGKILL of a member's Patroni and of all processes of its PostgreSQL, or of an etcd; returns when they are
        gone."""
        process = self._running.pop(name, None)
        if process is None:
            return
        postmaster = self._postmaster(name)
        pids = [process.pid, *children(process.pid)]
        pids += [postmaster, *children(postmaster)] if postmaster else []
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        process.wait()
        self._until(lambda: not any(map(alive, pids)), f"{name} does not die")

    def _postmaster(self, name: str) -> int | None:
        """The process that all others of the member's PostgreSQL end with."""
        try:
            pid = int((self.folder / name / "postmaster.pid").read_text(encoding="utf-8").split()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return None
        # An old file may name somebody else's process.
        return pid if str(self.folder / name).encode() in command else None

    # --- looking ----------------------------------------------------------------------------------------------
    def members(self) -> list[Seen]:
        """As the first one says that answers; nothing when none does."""
        for name in self._rest:
            found = self._ask(name, "/cluster")
            if found is not None:
                return [Seen(one["name"], one["role"], one["state"], one.get("timeline")) for one in found["members"]]
        return []

    def _ask(self, name: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._rest[name]}{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30 if body else 3) as answer:
                text = answer.read().decode()
        except (OSError, urllib.error.URLError):
            return None
        return json.loads(text) if path == "/cluster" else text

    def primary(self) -> str | None:
        return next((one.name for one in self.members() if one.role == "leader" and one.state == "running"), None)

    def synchronous(self) -> str | None:
        return next((one.name for one in self.members() if one.role == "sync_standby"), None)

    def etcd_leader(self) -> str | None:
        for name, port in self._client.items():
            request = urllib.request.Request(f"http://127.0.0.1:{port}/v3/maintenance/status", b"{}")
            try:
                with urllib.request.urlopen(request, timeout=3) as answer:
                    said = json.loads(answer.read())
            except (OSError, urllib.error.URLError, ValueError):
                continue
            if said.get("leader") == said["header"]["member_id"]:
                return name
        return None

    def wait_whole(self) -> None:
        """All members run, on the primary's timeline, and one is a synchronous standby."""
        self._until(self._whole, "the cluster does not become whole")

    def _whole(self) -> bool:
        seen = self.members()
        leaders = [one for one in seen if one.role == "leader"]
        return (
            {one.name for one in seen} == set(_MEMBERS)
            and len(leaders) == 1
            and all(one.state in {"running", "streaming"} and one.timeline == leaders[0].timeline for one in seen)
            and any(one.role == "sync_standby" for one in seen)
        )

    def wait_other_primary(self, than: str) -> None:
        self._until(lambda: self.primary() not in {None, than}, f"nobody takes over from {than}")

    def wait_other_synchronous(self, than: str) -> None:
        self._until(lambda: self.synchronous() not in {None, than}, f"no other standby instead of {than}")

    def wait_other_etcd_leader(self, than: str) -> None:
        self._until(lambda: self.etcd_leader() not in {None, than}, f"no other etcd leads instead of {than}")

    def switch_over(self) -> str:
        """As before maintenance: the synchronous standby takes over in peace. Returns who was primary."""
        leader, candidate = self.primary(), self.synchronous()
        if leader is None or candidate is None:
            raise Trouble("there is nobody to switch over")
        if self._ask(leader, "/switchover", {"leader": leader, "candidate": candidate}) is None:
            raise Trouble(f"{leader} does not switch over to {candidate}")
        return leader

    def _until(self, what: Callable[[], bool], trouble: str) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while not what():
            if time.monotonic() > deadline:
                raise Trouble(f"{trouble}: {self.members()}")
            time.sleep(_TICK_S)
