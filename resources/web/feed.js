// The push feed as a page runs it: a snapshot, then entries in order; reconnects by itself and says how it stands.
// The protocol is the one of clerk_app/client/feed.py. Times are milliseconds; "now" is the server's, kept by the
// page's own steady counter, so that a wrong clock in the box shows nowhere.
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 15000;
const ANSWER_WITHIN = 5000;
const HEARTBEAT = 10000;
const SOON = 3000;
const REGULARLY = 30000;
const MOVING = /^(ticket|notice|group|hall|rules)\./;
const AGAIN = "again";
const LOST = "lost";

class Unknown extends Error {}

const sleep = (pause) => new Promise((done) => window.setTimeout(done, pause));
const jittered = (pause) => pause * (0.5 + Math.random());

export class ServerClock {
  constructor(text) {
    this.set(text);
  }

  set(text) {
    this.at = Date.parse(text);
    this.counted = performance.now();
  }

  now() {
    return this.at + performance.now() - this.counted;
  }
}

export class Feed {
  // view: show(snapshot, anew), apply(entries), online(), lost(since), unknown(), version(text)
  constructor(clock, view) {
    this.clock = clock;
    this.view = view;
    this.cursor = null;
    this.heard = clock.now();
    this.soon = 0;
    this.connected = false;
  }

  async run() {
    window.setInterval(() => this.refresh(), REGULARLY);
    let pause = FIRST_PAUSE;
    for (;;) {
      let end = { how: LOST, since: this.clock.now(), stood: false };
      try {
        if (this.cursor === null) {
          await this.resync();
        }
        end = await this.listen();
        if (end.how === LOST && !end.stood) {
          await this.ask("/v1/time");
        }
      } catch (error) {
        if (error instanceof Unknown) {
          this.view.unknown();
          return;
        }
        console.info("feed:", error.message);
      }
      if (end.stood || end.how === AGAIN) {
        pause = FIRST_PAUSE;
      }
      if (end.how === LOST) {
        this.view.lost(end.since);
      }
      await sleep(jittered(pause));
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
  }

  // Something moved: the expected waits are worth a look.
  refreshSoon() {
    if (!this.soon) {
      this.soon = window.setTimeout(() => {
        this.soon = 0;
        this.refresh();
      }, SOON);
    }
  }

  async refresh() {
    if (!this.connected) {
      return;
    }
    try {
      this.take(await this.ask("/v1/snapshot"), false);
    } catch (error) {
      console.info("snapshot:", error.message);
    }
  }

  async resync() {
    const snapshot = await this.ask("/v1/snapshot");
    this.take(snapshot, true);
    this.cursor = snapshot.cursor;
  }

  take(snapshot, anew) {
    this.clock.set(snapshot.at);
    this.view.show(snapshot, anew);
  }

  async ask(path) {
    const stop = new AbortController();
    const guard = window.setTimeout(() => stop.abort(), ANSWER_WITHIN);
    try {
      const answer = await fetch(path, { credentials: "same-origin", cache: "no-store", signal: stop.signal });
      if (answer.status === 401) {
        throw new Unknown(path);
      }
      if (!answer.ok) {
        throw new Error(path + " " + answer.status);
      }
      const found = await answer.json();
      this.heard = this.clock.now();
      return found;
    } finally {
      window.clearTimeout(guard);
    }
  }

  // Resolves when the connection is over: how, since when, and whether it had ever delivered.
  listen() {
    return new Promise((done) => {
      const asked = new URLSearchParams({ epoch: this.cursor.epoch, after: this.cursor.feed_no, mark: this.cursor.mark });
      const socket = new WebSocket("wss://" + window.location.host + "/v1/feed?" + asked);
      let stood = false;
      let beat = 0;
      const end = (how, since) => {
        socket.onopen = socket.onmessage = socket.onclose = null;
        window.clearTimeout(guard);
        window.clearInterval(beat);
        socket.close();
        this.connected = false;
        done({ how, since, stood });
      };
      const guard = window.setTimeout(() => end(LOST, this.heard), ANSWER_WITHIN);
      socket.onclose = () => end(LOST, this.clock.now());
      socket.onopen = () => {
        // A cut cable closes nothing: whoever still answers is asked for, not waited for.
        beat = window.setInterval(() => this.pulse().catch(() => end(LOST, this.heard)), HEARTBEAT);
      };
      socket.onmessage = (message) => {
        window.clearTimeout(guard);
        this.heard = this.clock.now();
        const page = JSON.parse(message.data);
        if (!page.known || page.epoch !== this.cursor.epoch || !this.deliver(page.entries)) {
          this.cursor = null;
          end(AGAIN, 0);
          return;
        }
        if (!stood) {
          stood = this.connected = true;
          this.pulse().then(() => this.connected && this.view.online()).catch(() => end(LOST, this.heard));
        }
      };
    });
  }

  async pulse() {
    const health = await this.ask("/v1/health");
    this.clock.set(health.at);
    this.view.version(health.version);
  }

  // False when entries are missing before these: the page starts over from a snapshot.
  deliver(entries) {
    const fresh = entries.filter((entry) => entry.feed_no > this.cursor.feed_no);
    if (!fresh.length) {
      return true;
    }
    if (fresh[0].feed_no !== this.cursor.feed_no + 1) {
      return false;
    }
    const last = fresh[fresh.length - 1];
    this.cursor = { epoch: this.cursor.epoch, feed_no: last.feed_no, mark: last.mark };
    this.view.apply(fresh);
    if (fresh.some((entry) => MOVING.test(entry.kind))) {
      this.refreshSoon();
    }
    return true;
  }
}
