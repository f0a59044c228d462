// Says the calls: clips of the server joined without a gap by WebAudio, one reading after the other.
import { Announcer } from "./announcer.js";

const LEAD = 0.05;
const AFTER = 0.35;
const ASK_AGAIN = 30000;

export class Voice {
  // locked(bool) is told whether the browser still forbids sound
  constructor(clock, locked) {
    this.clock = clock;
    this.locked = locked;
    this.clips = new Map();
    this.plans = new Map();
    this.context = null;
    this.announcer = null;
  }

  async start() {
    const Context = window.AudioContext || window.webkitAudioContext;
    if (!Context) {
      return;
    }
    let told;
    try {
      told = await this.ask("/display/voice/rules");
    } catch (error) {
      window.setTimeout(() => this.start(), ASK_AGAIN);
      return;
    }
    if (!told.clips.length) {
      return;
    }
    this.announcer = new Announcer(told);
    this.context = new Context();
    this.gain = this.context.createGain();
    this.gain.connect(this.context.destination);
    this.context.onstatechange = () => this.look();
    for (const kind of ["pointerdown", "keydown", "touchend"]) {
      window.addEventListener(kind, () => this.context.resume());
    }
    this.look();
    for (const name of told.clips) {
      this.clip(name).catch((error) => console.info("voice:", name, error.message));
    }
  }

  look() {
    const open = this.context.state === "running";
    this.locked(!open);
    if (!open) {
      this.announcer.clear();
    }
  }

  say(line) {
    if (!this.announcer || this.context.state !== "running") {
      return;
    }
    this.announcer.call(line);
    this.plan(line.number, line.window_no, line.recalls > 0).catch(() => {});
    this.go();
  }

  heed(standing) {
    if (this.announcer) {
      this.announcer.heed(standing);
    }
  }

  async go() {
    const reading = this.announcer.next(this.clock.now());
    if (!reading) {
      return;
    }
    try {
      await this.read(reading);
    } catch (error) {
      console.info("voice:", error.message);
    }
    this.announcer.ended();
    this.go();
  }

  async read(reading) {
    const call = reading.call;
    const plan = await this.plan(call.number, call.window, call.recall);
    const names = (reading.chime ? [plan.chime] : []).concat(plan.clips);
    if (!names.length || plan.volume <= 0) {
      return;
    }
    // As on a knob: half of it is a quarter of the amplitude (docs/voice.md).
    this.gain.gain.value = Math.pow(plan.volume / 100, 2);
    const buffers = await Promise.all(names.map((name) => this.clip(name)));
    let at = this.context.currentTime + LEAD;
    const begun = at;
    let last = null;
    buffers.forEach((buffer) => {
      last = this.context.createBufferSource();
      last.buffer = buffer;
      last.connect(this.gain);
      last.start(at);
      at += buffer.duration;
    });
    await this.over(last, at - begun);
  }

  // Until the last clip has ended; a device that never says so holds nobody up.
  over(last, length) {
    return new Promise((done) => {
      const guard = window.setTimeout(done, (length + 5) * 1000);
      last.onended = () => {
        window.clearTimeout(guard);
        window.setTimeout(done, AFTER * 1000);
      };
    });
  }

  // What to say, asked once per call: the rules of reading live in the server.
  plan(number, windowNo, recall) {
    const asked = new URLSearchParams({ number: number, window: windowNo, recall: recall });
    const path = "/display/voice/plan?" + asked;
    if (!this.plans.has(path)) {
      if (this.plans.size > 50) {
        this.plans.clear();
      }
      const found = this.ask(path);
      this.plans.set(path, found);
      found.catch(() => this.plans.delete(path));
      window.setTimeout(() => this.plans.delete(path), ASK_AGAIN);
    }
    return this.plans.get(path);
  }

  clip(name) {
    if (!this.clips.has(name)) {
      const found = this.load(name);
      this.clips.set(name, found);
      found.catch(() => this.clips.delete(name));
    }
    return this.clips.get(name);
  }

  async load(name) {
    const answer = await fetch("/display/voice/clips/" + encodeURIComponent(name), { credentials: "same-origin" });
    if (!answer.ok) {
      throw new Error(String(answer.status));
    }
    return this.context.decodeAudioData(await answer.arrayBuffer());
  }

  async ask(path) {
    const answer = await fetch(path, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) {
      throw new Error(path + " " + answer.status);
    }
    return answer.json();
  }
}
