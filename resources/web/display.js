// The call screen: follows the hall, lets the newest card change its fill twice in two seconds, says the calls.
import { CallBoard } from "./callboard.js";
import { Feed, ServerClock } from "./feed.js";
import { Painter, clockTime } from "./painter.js";
import { Voice } from "./voice.js";

const PHASE = 500;
const PHASES = 4;
const NEWS = 60000;

const body = document.body;
const clock = new ServerClock(body.dataset.now);
const board = new CallBoard();
const painter = new Painter();
const voice = new Voice(clock, (locked) => {
  document.querySelector(".sound").hidden = !locked;
  draw();
});

let lostSince = null;
let phases = 0;
let phase = 0;

function sentence() {
  if (board.snapshot) {
    return "";
  }
  return lostSince === null ? "正在连接服务器" : `服务器连不上（${clockTime(lostSince)} 起）`;
}

function draw() {
  const now = clock.now();
  painter.head(board.snapshot ? board.snapshot.hall : null, now, board.snapshot ? lostSince : null);
  painter.sentence(sentence());
  painter.calls(board.calls);
  const away = lostSince === null ? 0 : (now - lostSince) / 1000;
  if (board.snapshot && lostSince !== null && away >= Number(body.dataset.listenAfter)) {
    painter.listen(body.dataset.listen);
  } else {
    painter.foot(Array.from(board.groups.values()), (board.snapshot && board.snapshot.notices) || []);
  }
  body.dataset.state = lostSince === null ? (board.snapshot ? "live" : "connecting") : "lost";
}

// Calls that come while the card is changing do not make it change faster (WCAG 2.2, 2.3.1).
function light() {
  if (phases) {
    return;
  }
  phases = PHASES;
  painter.lit(true);
  phase = window.setInterval(() => {
    phases -= 1;
    painter.lit(phases === PHASES - 2);
    if (!phases) {
      window.clearInterval(phase);
    }
  }, PHASE);
}

function standing(call) {
  const line = board.lines.get(call.ticket);
  return !line || (line.state === "called" && line.window_no === call.window);
}

// What was missed while the server was away is shown; only what is news is lit and said.
function tell(calls) {
  const now = clock.now();
  const news = calls.filter((line) => now - Date.parse(line.last_call_at) <= NEWS && line.state === "called");
  if (news.length) {
    light();
  }
  news.forEach((line) => voice.say(line));
  voice.heed(standing);
}

function newer(snapshot) {
  if (!board.snapshot) {
    return [];
  }
  const known = Math.max(0, ...board.calls.map((line) => Date.parse(line.last_call_at)));
  const fresh = snapshot.recent.filter((line) => Date.parse(line.last_call_at) > known);
  return fresh.sort((one, other) => Date.parse(one.last_call_at) - Date.parse(other.last_call_at));
}

const view = {
  show(snapshot, anew) {
    const fresh = anew ? newer(snapshot) : [];
    if (board.show(snapshot, anew)) {
      tell(fresh);
      draw();
    }
  },
  apply(entries) {
    tell(board.apply(entries));
    draw();
  },
  online() {
    lostSince = null;
    draw();
  },
  lost(since) {
    if (lostSince === null) {
      lostSince = since;
    }
    draw();
  },
  unknown() {
    window.location.reload();
  },
  version(text) {
    if (text !== body.dataset.version) {
      window.location.reload();
    }
  },
};

window.setInterval(draw, 1000);
window.addEventListener("resize", () => {
  painter.drawn = painter.footKey = "";
  draw();
});
if (document.fonts && document.fonts.ready) {
  document.fonts.ready.then(() => {
    painter.drawn = painter.footKey = "";
    draw();
  });
}
draw();
new Feed(clock, view).run();
voice.start();
