// Loads the page again behind the scenes and exchanges what changed. Plain script: phones may be old.
"use strict";
(function () {
  var LONGEST = 60000;
  var live = document.getElementById("live");
  var stale = document.getElementById("stale");
  var main = document.querySelector("main");
  var wait = seconds();
  var failures = 0;
  var heard = Date.now();
  var mark = "";
  var timer = 0;

  function seconds() {
    return Number(main.getAttribute("data-next")) * 1000;
  }

  function plan(pause) {
    window.clearTimeout(timer);
    if (pause) {
      timer = window.setTimeout(ask, pause * (0.9 + 0.2 * Math.random()));
    }
  }

  function clock(at) {
    // Beijing's, whatever the phone is set to.
    return new Date(at + 8 * 3600000).toISOString().slice(11, 16);
  }

  function exchange(text) {
    var fresh = new DOMParser().parseFromString(text, "text/html");
    var part = fresh.getElementById("live");
    if (!part) {
      throw new Error("another page came");
    }
    document.title = fresh.title;
    main.setAttribute("data-next", fresh.querySelector("main").getAttribute("data-next"));
    merge(live, part, 2);
  }

  // Two levels down the parts stay as elements: what is spoken (aria-live) is one, and is heard when its words change.
  function merge(old, fresh, levels) {
    if (old.innerHTML === fresh.innerHTML) {
      return;
    }
    if (!levels) {
      old.innerHTML = fresh.innerHTML;
      return;
    }
    for (var at = 0; at < fresh.children.length; at += 1) {
      var mine = old.children[at], theirs = fresh.children[at];
      if (mine && mine.tagName === theirs.tagName) {
        mine.className = theirs.className;
        merge(mine, theirs, levels - 1);
      } else {
        old.insertBefore(document.importNode(theirs, true), mine || null);
      }
    }
    while (old.children.length > fresh.children.length) {
      old.removeChild(old.lastElementChild);
    }
  }

  function answered(response) {
    if (response.status === 304) {
      return null;
    }
    if (response.status === 429 || response.status === 503) {
      throw new Error("busy");
    }
    mark = response.headers.get("ETag") || "";
    return response.text();
  }

  function ask() {
    if (document.hidden) {
      return;
    }
    var stop = window.AbortController ? new AbortController() : null;
    var guard = window.setTimeout(function () { if (stop) { stop.abort(); } }, 8000);
    var headers = mark ? { "If-None-Match": mark } : {};
    window.fetch(window.location.href, { headers: headers, cache: "no-store", signal: stop ? stop.signal : undefined })
      .then(answered)
      .then(function (text) {
        if (text !== null) {
          exchange(text);
        }
        failures = 0;
        heard = Date.now();
        stale.hidden = true;
        wait = seconds();
      })
      .catch(function () {
        failures += 1;
        stale.textContent = "连不上，以下为 " + clock(heard) + " 的情况";
        stale.hidden = false;
        wait = Math.min(LONGEST, 5000 * Math.pow(2, failures - 1));
      })
      .then(function () {
        window.clearTimeout(guard);
        plan(wait);
      });
  }

  document.addEventListener("visibilitychange", function () {
    if (document.hidden) {
      window.clearTimeout(timer);
    } else if (wait) {
      ask();
    }
  });
  if (window.fetch && window.DOMParser) {
    plan(wait);
  }
})();
