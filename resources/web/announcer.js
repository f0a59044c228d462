// The queue of calls that the hall hears: one at a time, in order, never late, never for somebody who has come.
// The same rules as clerk_app/domain/announcing.py; times are milliseconds of the server's clock.
export class Announcer {
  // rules: repeats, busy_from, late_s (the server's VoiceRules)
  constructor(rules) {
    this.rules = rules;
    this.waiting = [];
    this.current = null;
    this.turn = 0;
    this.speaking = false;
  }

  call(line) {
    const call = {
      ticket: line.ticket_id,
      number: line.number,
      window: line.window_no,
      at: Date.parse(line.last_call_at),
      recall: line.recalls > 0,
    };
    const known = this.waiting.find((one) => one.ticket === call.ticket && one.window === call.window);
    if (known) {
      known.at = call.at;
      return;
    }
    const other = (one) => one.ticket !== call.ticket && one.window !== call.window;
    this.waiting = this.waiting.filter(other);
    if (this.current && !other(this.current)) {
      this.current = null;
    }
    this.waiting.push(call);
  }

  // Takes out what is not so any more; standing(call) says whether the ticket is still called to that window.
  heed(standing) {
    this.waiting = this.waiting.filter(standing);
    if (this.current && !standing(this.current)) {
      this.current = null;
    }
  }

  clear() {
    this.waiting = [];
    this.current = null;
  }

  // The next reading ({call, chime}), or null; then ended() before the one after it.
  next(now) {
    if (this.speaking) {
      return null;
    }
    if (this.current && this.turn < this.readings()) {
      this.turn += 1;
    } else {
      this.current = this.firstInTime(now);
      this.turn = 1;
    }
    if (!this.current) {
      return null;
    }
    this.speaking = true;
    return { call: this.current, chime: this.turn === 1 };
  }

  ended() {
    this.speaking = false;
  }

  readings() {
    return this.waiting.length >= this.rules.busy_from ? 1 : this.rules.repeats;
  }

  firstInTime(now) {
    while (this.waiting.length) {
      const first = this.waiting.shift();
      if (now - first.at <= this.rules.late_s * 1000) {
        return first;
      }
    }
    return null;
  }
}
