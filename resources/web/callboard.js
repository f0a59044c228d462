// What the page knows of the hall; the same rules as clerk_app/services/callboard.py, and a test holds them together.
const KEPT = 12;
const CALLS = new Set(["ticket.called", "ticket.recalled"]);
const QUEUED = new Set(["waiting", "transferred"]);
const SHOWN = new Set(["called", "serving", "finished", "missed"]);

export class CallBoard {
  constructor() {
    this.snapshot = null;
    this.lines = new Map();
    this.groups = new Map();
    this.applied = 0;
  }

  // The calls of today, the latest first, at most 12.
  get calls() {
    const shown = Array.from(this.lines.values()).filter((line) => SHOWN.has(line.state));
    shown.sort((one, other) => Date.parse(other.last_call_at) - Date.parse(one.last_call_at));
    return shown.slice(0, KEPT);
  }

  // Takes a snapshot; false for one that is older than what the feed has told.
  show(snapshot, anew) {
    const same = this.snapshot !== null && this.snapshot.cursor.epoch === snapshot.cursor.epoch;
    if (!anew && same && snapshot.cursor.feed_no < this.applied) {
      return false;
    }
    this.snapshot = snapshot;
    this.applied = snapshot.cursor.feed_no;
    this.lines = new Map(snapshot.recent.map((line) => [line.ticket_id, line]));
    this.groups = new Map(snapshot.groups.map((group) => [group.group_id, group]));
    return true;
  }

  // Follows the feed; returns the calls and recalls among the entries, oldest first.
  apply(entries) {
    const called = [];
    for (const entry of entries) {
      if (entry.feed_no <= this.applied) {
        continue;
      }
      this.applied = entry.feed_no;
      if (!entry.kind.startsWith("ticket.")) {
        continue;
      }
      this.count(entry);
      const line = this.follow(entry);
      if (line && CALLS.has(entry.kind)) {
        called.push(line);
      }
    }
    return called;
  }

  follow(entry) {
    const known = this.lines.get(entry.subject);
    if (!entry.state) {
      return known;
    }
    let line = null;
    if (CALLS.has(entry.kind)) {
      line = {
        ticket_id: entry.subject,
        number: entry.number || "",
        group_id: entry.group_id || "",
        window_no: entry.window_no || "",
        state: entry.state,
        is_priority: entry.is_priority,
        recalls: entry.recalls,
        called_at: known ? known.called_at : entry.at,
        last_call_at: entry.at,
      };
    } else if (known) {
      line = Object.assign({}, known, { state: entry.state });
    } else {
      return null;
    }
    this.lines.set(entry.subject, line);
    if (this.lines.size > 2 * KEPT) {
      this.lines = new Map(this.calls.map((one) => [one.ticket_id, one]));
    }
    return line;
  }

  // Who waits is who came into a queued state and has not left it; a transfer changes the group.
  count(entry) {
    if (QUEUED.has(entry.was)) {
      this.add(entry.from_group || entry.group_id, -1, entry.is_priority);
    }
    if (QUEUED.has(entry.state)) {
      this.add(entry.group_id, 1, entry.is_priority);
    }
  }

  add(groupId, step, isPriority) {
    const group = this.groups.get(groupId || "");
    if (group) {
      this.groups.set(group.group_id, Object.assign({}, group, {
        waiting: Math.max(0, group.waiting + step),
        priority_waiting: Math.max(0, group.priority_waiting + (isPriority ? step : 0)),
      }));
    }
  }
}
