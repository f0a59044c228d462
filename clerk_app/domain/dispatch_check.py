"""Recomputes every draw of a day from its published log and names whatever does not fit. Pure.

Four things are checked: the commitment fits the secret; each draw is the HMAC of its candidates; the candidates are
those that the rule gives, by telling the day's queue again (``dispatch_replay``); and nobody was called without a draw,
but for the repeat of a call that was taken back. ``docs/dispatch.md`` has the log's form.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from clerk_app.domain import dispatch
from clerk_app.domain.dispatch import Digest, Draw, DrawKind, Mac
from clerk_app.domain.dispatch_replay import DrawRules, Fields, Replay, Told, ToldWindow, Unreadable
from clerk_app.domain.dispatch_report import FORMAT, LOADS, Finding, Report, Share, log_digest
from clerk_app.domain.dispatch_steps import CALLED, MERGED, OCCUPYING, Steps
from clerk_app.domain.queue import WindowState
from clerk_app.domain.queue_order import Fairness, passed_over, shortlist

_NO_RULES = DrawRules(Fairness(), 0, timedelta(0), 0, timedelta(0))
SLACK = timedelta(seconds=5)
"""How far a moment inside an entry may lie from the entry's own."""


def check(log: Mapping[str, Any], mac: Mac, digest: Digest, together: timedelta = timedelta(0)) -> Report:
    """Check a whole log (parsed JSON). ``together``: draws so near to each other may have run at once, in several
    server processes on one PostgreSQL; zero where one process writes (SQLite): then all must fit to the letter."""
    return _Check(log, mac, digest, together).run()


@dataclass(slots=True)
class _Check:
    log: Mapping[str, Any]
    mac: Mac
    digest: Digest
    together: timedelta
    findings: list[Finding] = field(default_factory=list)
    here: Finding = field(default_factory=lambda: Finding(0, "", "", "", ""))
    key: bytes | None = None
    day: date = date.min
    at: datetime | None = None
    counts: Counter[str] = field(default_factory=Counter)
    by_load: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    by_free: dict[int, list[bool]] = field(default_factory=lambda: defaultdict(list))
    touched: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    hall: Replay = field(default_factory=lambda: Replay(_NO_RULES, set(), {}, {}))
    steps: Steps = field(init=False)

    def __post_init__(self) -> None:
        self.steps = Steps(self.hall, SLACK, self.wrong)

    def wrong(self, what: str) -> None:
        self.findings.append(Finding(self.here.feed_no, self.here.at, self.here.number, self.here.window_no, what))

    def run(self) -> Report:
        try:
            entries = self._head()
        except Unreadable as problem:
            self.wrong(str(problem))
            entries = []
        for entry in entries:
            self._place(entry)
            try:
                self._time(Fields(entry).moment("at"))
                self._entry(Fields(entry))
            except Unreadable as problem:
                self.wrong(str(problem))
        self.here = Finding(0, "", "", "", "")
        for gap in self.steps.gaps():
            self.wrong(f"取号记录里没有 {gap}")
        if self.log.get("outside") and not self.counts["mixed"]:
            self.wrong("外部数值没有混入的记录")
        if self.key is not None and not self.counts["revealed"]:
            self.wrong("没有公布种子的记录")
        return self._report()

    def _time(self, at: datetime) -> None:
        self.counts["clock_back"] += self.at is not None and at < self.at - SLACK
        self.at = at

    def _place(self, entry: Mapping[str, Any]) -> None:
        feed_no = entry.get("feed_no")
        at, number, window_no = (str(entry.get(name) or "") for name in ("at", "number", "window_no"))
        self.here = Finding(feed_no if isinstance(feed_no, int) else 0, at, number, window_no, "")

    # --- the log's head ---------------------------------------------------------------------------------------
    def _head(self) -> list[Mapping[str, Any]]:
        log = Fields(self.log)
        if log.text("format") != FORMAT:
            raise Unreadable(f"不是 {FORMAT} 格式的分派日志")
        try:
            digest = log_digest(self.log, self.digest)
        except (ValueError, RecursionError):
            # what has no canonical text (half a character, no number, no end of brackets) was never published
            raise Unreadable("日志里有不能写成标准格式的内容") from None
        if digest != self.log.get("digest"):
            self.wrong("日志的摘要对不上，内容在发布以后改过")
        self.day = _day(log.text("day"))
        entries = self.log.get("entries")
        if not isinstance(entries, list) or not all(isinstance(one, Mapping) for one in entries) or not entries:
            raise Unreadable("日志里没有记录")
        first = Fields(entries[0])
        if first.text("kind") != "dispatch.committed":
            raise Unreadable("日志不是从公布种子承诺那一条开始的")
        if first.text("commitment") != log.text("commitment"):
            self.wrong("开头写的承诺和早上公布的不一样")
        if first.text("rule") != dispatch.RULE:
            self.wrong(f"抽取的算法不是 {dispatch.RULE}")
        self._key(log, first)
        self._start(first.part("start"))
        self._numbered(entries)
        entries = entries[1:]
        if self.together:
            # Several processes: the order of the feed is that of the chaining, not of the commits.
            entries = sorted(entries, key=lambda one: Fields(one).moment("at"))
            for entry in entries:
                self._touch(entry)
        return entries

    def _numbered(self, entries: Sequence[Mapping[str, Any]]) -> None:
        last = 0
        for entry in entries:
            self._place(entry)
            feed_no = Fields(entry).whole("feed_no")
            if feed_no <= last:
                self.wrong("编号没有接着前一条往后")
            last = feed_no

    def _key(self, log: Fields, first: Fields) -> None:
        secret = log.maybe("secret")
        if secret is None:
            return
        try:
            raw = bytes.fromhex(secret)
        except ValueError:
            raise Unreadable("「secret」不是十六进制") from None
        hall_id = log.text("hall_id")
        if dispatch.commitment(raw, hall_id, self.day, self.digest) != first.text("commitment"):
            self.wrong("公布的种子和早上公布的承诺对不上")
        self.key = dispatch.day_key(raw, str(self.log.get("outside") or ""), hall_id, self.day, self.mac)

    def _touch(self, entry: Mapping[str, Any]) -> None:
        drawn = entry.get("draw")
        names = [entry.get("number"), entry.get("window_no")]
        if isinstance(drawn, Mapping) and isinstance(drawn.get("candidates"), list):
            names += drawn["candidates"]
        at = Fields(entry).moment("at")
        for name in names:
            if isinstance(name, str):
                self.touched[name].append(at)

    def _excused(self, name: str, now: datetime) -> bool:
        """Whether something else happened with it at the same moment, as far as several processes may overlap."""
        return any(abs(at - now) <= self.together for at in self.touched.get(name, ()))

    # --- entry by entry ---------------------------------------------------------------------------------------
    def _entry(self, entry: Fields) -> None:
        kind = entry.text("kind")
        if kind.startswith("ticket."):
            self._ticket(kind, entry)
        elif kind == "rules.changed":
            self.hall.rules = DrawRules.read(entry.part("rules"))
        elif kind == "group.changed":
            self._group(entry)
        elif kind == "window.regrouped":
            self.hall.served[entry.text("window_no")] = entry.weights("weights")
        elif kind.startswith("window."):
            self._window(kind, entry)
        elif kind.startswith("dispatch."):
            self._announced(kind, entry)
        else:
            self.wrong(f"不认识的记录 {kind}")

    def _start(self, start: Fields) -> None:
        self.hall.rules = DrawRules.read(start.part("rules"))
        served, windows, groups = start.part("served"), start.part("windows"), start.part("groups")
        for window in served.values:
            self.hall.served[window] = served.weights(window)
        for window in windows.values:
            state, sits = windows.pair(window)
            self.hall.windows[window] = ToldWindow(_state(str(state)), str(sits))
        for group_id in groups.values:
            prefix, first = groups.pair(group_id)
            self.hall.groups.add(group_id)
            self.steps.begins(str(prefix), first if isinstance(first, int) else 0)

    def _group(self, entry: Fields) -> None:
        self.hall.groups.add(entry.text("group_id"))
        self.steps.begins(entry.text("prefix"), entry.whole("start"))

    def _window(self, kind: str, entry: Fields) -> None:
        state = _state(entry.text("window_state"))
        if kind != f"window.{state.value}":
            self.wrong("记录的种类和窗口状态对不上")
        since = entry.moment("at") if state is WindowState.FREE else None
        self.hall.windows[entry.text("window_no")] = ToldWindow(state, entry.text("sits"), since)

    def _announced(self, kind: str, entry: Fields) -> None:
        said = {name: str(self.log.get(name) or "") for name in ("outside", "secret", "commitment")}
        values = entry.values
        if kind == "dispatch.mixed":
            if self.counts["draws"]:
                self.wrong("外部数值是在第一次抽取以后才加的")
            if (values.get("outside"), values.get("source")) != (self.log.get("outside"), self.log.get("source")):
                self.wrong("混入的外部数值和公布的不一样")
            self.counts["mixed"] += 1
        elif kind == "dispatch.revealed":
            if (str(values.get("secret") or ""), str(values.get("outside") or "")) != (said["secret"], said["outside"]):
                self.wrong("关门时公布的种子或外部数值和日志开头的不一样")
            self.counts["revealed"] += 1
        elif kind == "dispatch.committed":
            self.wrong("同一天公布了两次承诺")
        else:
            self.wrong(f"不认识的记录 {kind}")

    # --- tickets ----------------------------------------------------------------------------------------------
    def _ticket(self, kind: str, entry: Fields) -> None:
        hall = self.hall
        window_no = entry.maybe("window_no")
        if entry.maybe("day") is None:
            before = hall.tickets.get(entry.text("number"))
            if kind == CALLED:
                self._call(entry, before)
            self._count(kind)
            self.steps.step(kind, entry)
        window = hall.windows.get(window_no or "")
        taken = kind in OCCUPYING or (kind == MERGED and entry.values.get("state") == "serving")
        if taken and window is not None and window.state is WindowState.FREE:
            window.state = WindowState.BUSY

    def _count(self, kind: str) -> None:
        if kind in {"ticket.taken", "ticket.walk_in", "ticket.merged"}:
            self.counts["tickets"] += 1
            self.counts[kind] += 1

    def _call(self, entry: Fields, ticket: Told | None) -> None:
        hall = self.hall
        window_no = entry.text("window_no")
        busy = next((one for one in hall.active.values() if one.window_no == window_no), None)
        if busy is not None:
            self.wrong(f"叫号时这个窗口还有 {busy.number} 没办完")
        pinned = next((one for one in hall.queued.values() if one.pinned_to == window_no), None)
        if entry.values.get("pinned") is True:
            self.counts["pinned"] += 1
            if ticket is None or ticket.pinned_to != window_no:
                self.wrong("没有抽取：这个号没有在本窗口撤销过叫号")
            return
        if entry.values.get("draw") is None:
            self.wrong("没有抽取就叫了号")
            return
        draw, rule = _draw(entry.part("draw")), entry.part("rule")
        now = rule.moment("now")
        if abs(now - entry.moment("at")) > SLACK or entry.moment("called_at") != now:
            self.wrong("抽取的时刻和记录的时刻对不上")
        if (now - timedelta(hours=hall.rules.turns_at)).date() != self.day:
            self.wrong("抽取的时刻不在这一天")
        if ticket is None:
            self.wrong("叫的号没有取号记录")
            return
        if draw.kind is DrawKind.TICKET:
            if pinned is not None:
                self.wrong(f"撤销叫号以后应当再叫 {pinned.number}，不能重新抽取")
            self._ticket_draw(draw, rule, ticket, window_no, now)
        else:
            self._window_draw(draw, rule, ticket, window_no, now)
        hall.drawn(window_no, ticket.lane)

    def _ticket_draw(self, draw: Draw, rule: Fields, ticket: Told, window_no: str, now: datetime) -> None:
        hall = self.hall
        groups, sits, weights = set(rule.texts("groups")), rule.text("sits"), rule.weights("weights")
        if groups != hall.groups_of(window_no):
            self.wrong("窗口能办的排队组和设置的不一样")
        if weights != hall.served.get(window_no, {}):
            self.wrong("抽取用的权重和设置的不一样")
        if window_no in hall.windows and hall.windows[window_no].sits != sits:
            self.wrong("坐在这个窗口的不是登录的人")
        pool = [one.candidate() for one in hall.may_call(window_no, sits, groups, now)]
        self.by_load[_load(len(pool))].append(len(draw.candidates) == 1)
        if self.together:
            kept = [one for one in pool if one.number in draw.candidates or not self._excused(one.number, now)]
            self.counts["excused"] += len(pool) - len(kept)
            pool = kept
        expected = shortlist(pool, hall.in_a_row(window_no), now, weights, hall.rules.fairness)
        self._drawn(draw, window_no, ticket.number, tuple(one.number for one in expected))
        chosen = next((one for one in pool if one.number == ticket.number), ticket.candidate())
        passed = set(passed_over(pool, chosen))
        for one in pool:
            if one.ticket_id in passed:
                hall.tickets[one.number].passed += 1

    def _window_draw(self, draw: Draw, rule: Fields, ticket: Told, window_no: str, now: datetime) -> None:
        hall = self.hall
        told, gone = rule.part("free"), rule.texts("gone")
        seen: dict[str, datetime] = {}
        for number in told.values:
            at, sits = told.pair(number)
            window = hall.windows.get(number)
            seen[number] = Fields({"seen": at}).moment("seen")
            if window is None or window.state is not WindowState.FREE or window.sits != sits:
                if not self._excused(number, now):
                    self.wrong(f"{number} 号窗口当时并不空闲，却列在空闲窗口里")
            elif window.free_since is not None and seen[number] < window.free_since - SLACK:
                self.wrong(f"{number} 号窗口的最近联系时刻早于它报空闲的时刻")
        for number in sorted(hall.free() - seen.keys()):
            if not self._excused(number, now):
                self.wrong(f"{number} 号窗口当时空闲，没有列入")
        if ticket.due_at is not None and ticket.due_at > now:
            self.wrong("还没轮到的号被叫了")
        expected = hall.free_for(ticket, seen, now)
        everybody = len(expected)
        self.counts["unheard"] += len(hall.free_for(ticket, dict.fromkeys(seen, now), now)) - everybody
        for number in gone:
            if number not in expected or not self._excused(number, now):
                self.wrong(f"{number} 号窗口抽中以后被跳过")
            elif self.key is not None and self._again(draw, ticket.number, tuple(expected)).winner != number:
                self.wrong(f"{number} 号窗口没有被抽中，却说抽中以后已被占用")
            expected = [one for one in expected if one != number]
        self._drawn(draw, ticket.number, window_no, tuple(expected))
        self.by_free[everybody].append(len(draw.candidates) == 1)

    def _drawn(self, draw: Draw, fixed: str, winner: str, expected: tuple[str, ...]) -> None:
        """The draw itself: what stood fast, who was drawn, among whom, and the HMAC."""
        self.counts["draws"] += 1
        self.counts["alone"] += len(draw.candidates) == 1
        self.counts["late"] += self.counts["revealed"] > 0
        if draw.fixed != fixed:
            self.wrong(f"抽取写的是 {draw.fixed}，叫号的是 {fixed}")
        if draw.candidates != expected:
            self.wrong(_difference(draw.candidates, expected))
        if draw.winner != winner:
            self.wrong(f"抽中的是 {draw.winner}，叫的却是 {winner}")
        if self.key is None:
            return
        again = self._again(draw, draw.fixed, draw.candidates)
        if again.mac != draw.mac:
            self.wrong("HMAC 重算对不上")
        elif again.chosen != draw.chosen:
            self.wrong(f"重算抽中的是 {again.winner}，日志写的是 {draw.winner}")

    def _again(self, draw: Draw, fixed: str, candidates: tuple[str, ...]) -> Draw:
        assert self.key is not None
        return dispatch.draw(self.key, draw.kind, fixed, candidates, self.day, self.mac)

    def _report(self) -> Report:
        counts = self.counts
        loads = {name: _share(self.by_load[name]) for name in LOADS if self.by_load.get(name)}
        free = {number: _share(found) for number, found in sorted(self.by_free.items())}
        return Report(
            findings=tuple(self.findings),
            sealed=self.key is not None,
            tickets=counts["tickets"],
            draws=Share(counts["draws"], counts["alone"]),
            by_load=loads,
            by_free=free,
            pinned=counts["pinned"],
            walk_ins=counts["ticket.walk_in"],
            merged=counts["ticket.merged"],
            unheard=counts["unheard"],
            late=counts["late"],
            excused=counts["excused"],
            clock_back=counts["clock_back"],
        )


def _draw(body: Fields) -> Draw:
    try:
        kind = DrawKind(body.text("kind"))
    except ValueError:
        raise Unreadable("「kind」不是一种抽取") from None
    candidates, chosen = body.texts("candidates"), body.whole("chosen")
    if not 0 <= chosen < len(candidates):
        raise Unreadable("「chosen」不在候选名单里")
    return Draw(kind, body.text("fixed"), candidates, chosen, body.text("mac"))


def _difference(found: Sequence[str], expected: Sequence[str]) -> str:
    more = [one for one in found if one not in expected]
    less = [one for one in expected if one not in found]
    if not more and not less:
        return f"候选名单的顺序不对，应当是 {'、'.join(expected)}"
    parts = [f"多了 {'、'.join(more)}" if more else "", f"少了 {'、'.join(less)}" if less else ""]
    return "候选名单不对：" + "，".join(part for part in parts if part)


def _load(waiting: int) -> str:
    return LOADS[0] if waiting <= 1 else LOADS[1] if waiting <= 5 else LOADS[2] if waiting <= 20 else LOADS[3]


def _share(alone: Sequence[bool]) -> Share:
    return Share(len(alone), sum(alone))


def _state(value: str) -> WindowState:
    try:
        return WindowState(value)
    except ValueError:
        raise Unreadable(f"不认识的窗口状态 {value}") from None


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Unreadable("「day」不是日期") from None
