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

  // The groups with people and wait if all fit beside each other; then without those where nobody waits, then without
  // the wait; then in turns.
  waiting(groups, now) {
    const place = pick(".waiting");
    const key = JSON.stringify([groups.map((one) => [one.name, one.waiting, one.expected_wait_s]), place.clientWidth]);
    if (key !== this.waitingKey) {
      this.waitingKey = key;
      this.pages = this.pagesOf(place, groups);
      this.page = -1;
    }
    const page = this.pages.length ? Math.floor(now / TURN) % this.pages.length : 0;
    if (page !== this.page) {
      this.page = page;
      fill(place, this.pages[page] || []);
    }
  }

  pagesOf(place, groups) {
    const busy = groups.filter((one) => one.waiting);
    const tries = [[groups, true], [busy, true], [groups, false]];
    for (const [shown, wait] of tries) {
      const row = shown.map((one) => this.group(one, wait));
      fill(place, row);
      if (row.length && place.scrollWidth <= place.clientWidth) {
        return [row];
      }
    }
    const pages = [];
    let row = [];
    busy.map((one) => this.group(one, false)).forEach((group) => {
      fill(place, row.concat(group));
      if (row.length && place.scrollWidth > place.clientWidth) {
        pages.push(row);
        row = [];
      }
      row.push(group);
    });
    return row.length ? pages.concat([row]) : pages;
  }

  group(one, wait) {
    const node = made("span", "group", "");
    const rest = wait && one.waiting ? `人等 · 约 ${Math.ceil(one.expected_wait_s / 60)} 分` : "人";
    fill(node, [made("span", "", one.name), made("b", "", String(one.waiting)), made("span", "", rest)]);
    return node;
  }

  // One notice after the other, long ones in several turns; the place is not there when there is none.
  notice(notices, now) {
    const place = pick(".notice");
    const key = JSON.stringify([notices, document.body.clientWidth, document.body.clientHeight]);
    if (key !== this.noticeKey) {
      this.noticeKey = key;
      place.hidden = !notices.length;
      document.body.classList.toggle("noticed", notices.length > 0);
      place.classList.add("single");
      if (!notices.every((text) => this.holds(place, text))) {
        place.classList.remove("single");
      }
      this.notices = [];
      notices.forEach((text) => this.notices.push(...this.parts(place, text)));
      this.drawn = "";
    }
    put(place, this.notices.length ? this.notices[Math.floor(now / TURN) % this.notices.length] : "");
  }

  // A text in pieces that fit the place, cut after punctuation where there is any.
  parts(place, text) {
    const found = [];
    let piece = "";
    for (const word of text.match(/[^，；。、,;.]*[，；。、,;.]?/g).filter(Boolean)) {
      if (piece && !this.holds(place, piece + word)) {
        found.push(piece);
        piece = "";
      }
      for (const character of word) {
        if (!this.holds(place, piece + character)) {
          found.push(piece);
          piece = "";
        }
        piece += character;
      }
    }
    return piece ? found.concat(piece) : found;
  }

  holds(place, text) {
    put(place, text);
    return place.scrollHeight <= place.clientHeight + 1;
  }
}
