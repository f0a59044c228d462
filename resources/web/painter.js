// Puts the board on the panel: numbers and windows, never a name or a matter. Nothing scrolls; what is too long for
// its place gets smaller, and what still does not fit is shown in turns.
const LIST_ROWS = 6;
const TURN = 10000;
const SMALLEST = 0.4;
const BEIJING = 8 * 3600000;
const WEEKDAYS = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"];
const UNIT = "号窗口";

const pick = (selector, root) => (root || document).querySelector(selector);

function put(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

function made(kind, name, text) {
  const node = document.createElement(kind);
  node.className = name;
  node.textContent = text;
  return node;
}

// Hours and minutes in Beijing, whatever the box is set to.
export function clockTime(at) {
  return new Date(at + BEIJING).toISOString().slice(11, 16);
}

export function barDay(at) {
  const day = new Date(at + BEIJING);
  return `${day.getUTCMonth() + 1}月${day.getUTCDate()}日 ${WEEKDAYS[day.getUTCDay()]}`;
}

function windowParts(windowNo) {
  return [made("span", "no", windowNo), made("span", "unit", UNIT)];
}

function fill(node, parts) {
  node.textContent = "";
  parts.forEach((part) => node.appendChild(part));
}

// Lets the content of one line be as wide as its place: --shrink multiplies the sizes of its parts.
function fit(node) {
  node.style.setProperty("--shrink", 1);
  const wide = node.scrollWidth;
  if (wide > node.clientWidth && node.clientWidth) {
    node.style.setProperty("--shrink", Math.max(SMALLEST, (node.clientWidth / wide) * 0.99));
  }
}

export class Painter {
  constructor() {
    this.newest = pick(".newest");
    this.earlier = Array.from(document.querySelectorAll(".earlier"));
    this.list = pick(".rest ol");
    this.drawn = "";
  }

  head(hall, now, staleSince) {
    put(pick(".hall"), hall ? hall.name : "");
    put(pick(".place"), hall ? [hall.area, "综合窗口"].filter(Boolean).join(" · ") : "");
    put(pick(".stale"), staleSince === null ? "" : `以下为 ${clockTime(staleSince)} 的情况`);
    put(pick(".day"), barDay(now));
    put(pick(".clock"), clockTime(now));
    const bar = pick(".head");
    const tighter = ["tight", "tighter", "tightest"];
    bar.classList.remove(...tighter);
    for (const name of tighter) {
      if (bar.scrollWidth > bar.clientWidth) {
        bar.classList.add(name);
      }
    }
  }

  sentence(text) {
    const place = pick(".sentence");
    put(place, text);
    document.body.classList.toggle("waits", Boolean(text));
  }

  calls(calls) {
    const drawn = JSON.stringify(calls.slice(0, 3 + LIST_ROWS));
    if (drawn === this.drawn) {
      return;
    }
    this.drawn = drawn;
    this.card(calls[0]);
    this.earlier.forEach((card, at) => this.before(card, calls[1 + at]));
    fill(this.list, calls.slice(3, 3 + LIST_ROWS).map((call) => this.row(call)));
    this.refit();
  }

  refit() {
    fit(pick(".line", this.newest));
    this.earlier.forEach((card) => fit(pick(".number", card)));
    Array.from(this.list.children).forEach(fit);
  }

  card(call) {
    const label = pick(".label", this.newest);
    const line = pick(".line", this.newest);
    if (!call) {
      put(label, "");
      fill(line, [made("span", "none", "还没有叫号")]);
      return;
    }
    fill(label, [made("span", "", call.recalls ? `第 ${call.recalls + 1} 次叫号，请到` : "请到")].concat(this.tag(call)));
    fill(line, [made("span", "number", call.number)].concat(windowParts(call.window_no)));
  }

  before(card, call) {
    card.hidden = !call;
    if (!call) {
      return;
    }
    const when = `${clockTime(Date.parse(call.last_call_at))} 叫号`;
    const words = [when, call.is_priority ? "优先" : ""].filter(Boolean).join(" · ");
    fill(pick(".label", card), [made("span", "", words)].concat(this.tag(call)));
    fill(pick(".number", card), [made("span", "", call.number)]);
    fill(pick(".window", card), windowParts(call.window_no));
  }

  row(call) {
    const row = document.createElement("li");
    const left = made("span", "left", "");
    fill(left, [made("span", "number", call.number)].concat(this.tag(call)));
    const right = made("span", "right", "");
    fill(right, windowParts(call.window_no));
    fill(row, [left, right]);
    return row;
  }

  tag(call) {
    return call.state === "missed" ? [made("span", "tag", "过号")] : [];
  }

  lit(on) {
    this.newest.classList.toggle("lit", on);
  }

  // The server is away and clerks call by hand: the old counts give way to that sentence.
  listen(words) {
    pick(".foot").classList.add("listen");
    this.footKey = null;
    fill(pick(".turns"), [made("span", "words", words)]);
  }

  // What takes turns at the foot: the waiting counts, then the notices of the hall.
  foot(groups, notices) {
    const place = pick(".turns");
    pick(".foot").classList.remove("listen");
    const counts = groups.map((one) => [one.name, one.waiting, one.expected_wait_s]);
    const key = JSON.stringify([counts, notices, place.clientWidth, place.clientHeight]);
    if (key !== this.footKey) {
      this.footKey = key;
      this.turns = this.waiting(place, groups).concat(...notices.map((text) => this.notice(place, text)));
      this.turn = -1;
    }
    const turn = this.turns.length ? Math.floor(performance.now() / TURN) % this.turns.length : 0;
    if (turn !== this.turn) {
      this.turn = turn;
      fill(place, this.turns[turn] || []);
    }
  }

  // The groups with people and wait if all fit beside each other; then without those where nobody waits, then without
  // the wait; then in several turns.
  waiting(place, groups) {
    const busy = groups.filter((one) => one.waiting);
    const fits = (row) => {
      fill(place, row);
      return place.scrollWidth <= place.clientWidth;
    };
    for (const [shown, wait] of [[groups, true], [busy, true], [groups, false]]) {
      const row = shown.map((one) => this.group(one, wait));
      if (row.length && fits(row)) {
        return [row];
      }
    }
    const pages = [];
    let row = [];
    for (const group of busy.map((one) => this.group(one, false))) {
      if (row.length && !fits(row.concat(group))) {
        pages.push(row);
        row = [];
      }
      row.push(group);
    }
    return row.length ? pages.concat([row]) : pages;
  }

  group(one, wait) {
    const node = made("span", "group", "");
    const rest = wait && one.waiting ? `人等 · 约 ${Math.ceil(one.expected_wait_s / 60)} 分` : "人";
    fill(node, [made("span", "", one.name), made("b", "", String(one.waiting)), made("span", "", rest)]);
    return node;
  }

  // A text for the public in one line, else in two smaller ones, else in several turns, cut after punctuation.
  notice(place, text) {
    const turn = (words, more) => [made("span", "mark", "通知"), made("span", "notice" + more, words)];
    const holds = (words, more) => {
      fill(place, turn(words, more));
      const node = pick(".notice", place);
      // A letter may be taller than its line; another line is more than that.
      return node.scrollHeight <= node.clientHeight * 1.25 && node.scrollWidth <= node.clientWidth + 1;
    };
    if (holds(text, "")) {
      return [turn(text, "")];
    }
    const pieces = [];
    let piece = "";
    for (const words of text.match(/[^，；。、：]*[，；。、：]?/g).filter(Boolean)) {
      if (piece && !holds(piece + words, " two")) {
        pieces.push(piece);
        piece = "";
      }
      for (const character of words) {
        if (piece && !holds(piece + character, " two")) {
          pieces.push(piece);
          piece = "";
        }
        piece += character;
      }
    }
    return pieces.concat(piece || []).map((words) => turn(words, " two"));
  }
}
