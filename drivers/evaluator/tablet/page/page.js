"use strict";
// The page knows whether somebody is asked and what was touched, nothing else. One touch answers one asking.
(() => {
  const WORDS = ["非常满意", "满意", "基本满意", "不满意", "非常不满意"];
  const MOUTHS = ["M28 58 Q50 88 72 58 Z", "M30 62 Q50 80 70 62", "M30 66 L70 66", "M30 74 Q50 58 70 74", "M28 78 Q50 50 72 78"];
  const BROWS = ["", "", "", "", "M24 26 L42 36 M76 26 L58 36"];
  const SVG = "http://www.w3.org/2000/svg";
  const THANKS_MS = 4000, AGAIN_MS = 2000;
  const body = document.body;
  const levels = document.getElementById("levels");
  let seen = 0, asking = "", sending = false, until = 0;

  const piece = (name, attributes) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  const face = (at) => {
    const line = { fill: "none", stroke: "#1b2430", "stroke-width": 6, "stroke-linecap": "round", "stroke-linejoin": "round" };
    const drawn = piece("svg", { viewBox: "0 0 100 100", "aria-hidden": "true" });
    drawn.append(piece("circle", { ...line, cx: 50, cy: 50, r: 46 }));
    for (const x of [35, 65]) drawn.append(piece("circle", { cx: x, cy: 44, r: 6, fill: "#1b2430" }));
    drawn.append(piece("path", { ...line, d: MOUTHS[at] }));
    if (BROWS[at]) drawn.append(piece("path", { ...line, d: BROWS[at] }));
    return drawn;
  };

  WORDS.forEach((word, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(face(at), document.createTextNode(word));
    button.addEventListener("click", () => rate(at + 1));
    levels.append(button);
  });

  const show = (page) => {
    if (body.dataset.page === page) return;
    body.dataset.page = page;
    if (page === "ask") document.getElementById("question").focus();
    if (page === "pair") document.getElementById("code").focus();
  };
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const post = (path, told) =>
    fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(told) });

  async function rate(level) {
    const answered = asking;
    if (!answered || sending) return;
    sending = true;
    for (const button of levels.children) button.disabled = true;
    let taken = null;
    // The line may break just now: the same answer is sent again, and counts once.
    for (let tries = 0; tries < 5 && taken === null; tries += 1) {
      try {
        const reply = await post("/rate", { asking: answered, level });
        if (reply.status !== 429) taken = reply.ok || (tries > 0 && reply.status === 409);
      } catch { /* again */ }
      if (taken === null) await sleep(AGAIN_MS / 2);
    }
    sending = false;
    if (asking === answered) asking = "";
    for (const button of levels.children) button.disabled = false;
    until = Date.now() + THANKS_MS;
    show(taken ? "thanks" : "over");
    setTimeout(() => { if (!asking && body.dataset.page !== "pair" && Date.now() >= until) show("idle"); }, THANKS_MS + 50);
  }

  const render = (told) => {
    document.getElementById("window").textContent = told.window ? `${told.window} 号窗口` : "";
    seen = told.version || 0;
    if (told.asking) {
      asking = told.asking;
      if (!sending) show("ask");
    } else if (!sending) {
      asking = "";
      if (Date.now() >= until) show("idle");
    }
  };

  async function follow() {
    for (;;) {
      try {
        const reply = await fetch(`/state?seen=${seen}`, { cache: "no-store" });
        if (reply.status === 401) {
          render({ window: (await reply.json()).window });
          await pair();
          continue;
        }
        if (!reply.ok) throw new Error("busy");
        render(await reply.json());
      } catch {
        seen = 0;
        if (!sending) { asking = ""; show("wait"); }
        await sleep(AGAIN_MS);
      }
    }
  }

  // The code of a scanned QR code stands behind "#", which is sent nowhere by itself.
  let scanned = location.hash.replace(/\D/g, "");
  if (location.hash) history.replaceState(null, "", "/");

  const redeem = async (code) => {
    const trouble = document.getElementById("trouble");
    try {
      const reply = await post("/pair", { code });
      trouble.textContent = reply.ok ? "" : reply.status === 429 ? "试得太多，请过一会儿再试" : "配对码不对或已过期，请在窗口程序里取一个新的";
      return reply.ok;
    } catch {
      trouble.textContent = "窗口没有回答，请看网络";
      return false;
    }
  };

  async function pair() {
    show("pair");
    if (scanned) {
      const code = scanned;
      scanned = "";
      if (await redeem(code)) return;
    }
    const form = document.getElementById("pairing"), field = document.getElementById("code");
    await new Promise((resolve) => {
      form.onsubmit = async (event) => {
        event.preventDefault();
        if (await redeem(field.value.replace(/\D/g, ""))) { field.value = ""; resolve(); }
      };
    });
  }

  follow();
})();
