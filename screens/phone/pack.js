// The offline pack at work: the night by what was entered, and how it is given back. Every
// entry is an event with an identifier of its own and a number; the program merges it once.
"use strict";
(() => {
  const night = JSON.parse(document.getElementById("night").textContent);
  const words = night.words, lists = night.lists;
  const key = `prossima-${night.night}-${night.unit}`;
  const at = id => document.getElementById(id);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // What this phone has entered. Where storage is closed it lives in memory, and says so.
  let kept = null, closed = false;
  try { kept = JSON.parse(localStorage.getItem(key)); } catch { closed = true; }
  if (!kept || !Array.isArray(kept.events)) {
    const random = crypto.getRandomValues(new Uint8Array(6));
    const name = Array.from(random, part => part.toString(16).padStart(2, "0")).join("");
    kept = { source: `phone-${name}`, sequence: 0, events: [], given: [], opened: null, built: null };
  }
  if (kept.opened === null) { kept.opened = Date.now(); kept.built = night.built; }
  const keep = () => {
    try { localStorage.setItem(key, JSON.stringify(kept)); closed = false; } catch { closed = true; }
  };
  keep();

  // How much this phone's clock is ahead: at most what it showed on opening too late. Fetched
  // from the program itself it was opened at once, and that is the whole of it.
  const late = kept.opened - kept.built;
  const online = location.protocol.startsWith("http");
  const ahead = online || late < 0 ? late : 0;
  const now = () => Date.now() - ahead;

  const say = (kind, stop, values) => {
    kept.sequence += 1;
    kept.events.push({
      id: `${kept.source}-${kept.sequence}`, kind, stop: stop || null,
      sequence: kept.sequence, at: Date.now(), values: values || {},
    });
    keep();
    draw();
  };

  // The state of the night: what was known when the pack was made, and what was entered here.
  const stands = () => {
    const undone = new Set(kept.events.filter(e => e.kind === "undone").map(e => e.values.event));
    const said = kept.events.filter(e => e.kind !== "undone" && !undone.has(e.id));
    const state = { ...night.states }, tallies = [];
    const handed = said.filter(event => event.kind === "handed");
    for (const event of said) {
      if (event.kind === "arrived") {
        for (const other in state) if (state[other] === "here") state[other] = "done";
        state[event.stop] = "here";
      }
      if (event.kind === "left") state[event.stop] = "done";
      if (event.kind === "skipped" && !state[event.stop]) state[event.stop] = "skipped";
      if (event.kind === "tally") tallies.push({ id: event.id, stop: event.stop, values: { ...event.values } });
      if (event.kind === "amended") {
        const tally = tallies.find(one => one.id === event.values.event);
        if (tally) { Object.assign(tally.values, event.values); delete tally.values.event; }
      }
    }
    const here = night.stops.findIndex(stop => state[stop.key] === "here");
    const next = here >= 0 ? here : night.stops.findIndex(stop => !state[stop.key]);
    return { state, tallies, handed, next, here: here >= 0 };
  };

  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children.filter(child => child !== null));
    return element;
  };
  const button = (text, act, main) =>
    make("button", { type: "button", textContent: text, onclick: act, className: main ? "main" : "" });
  const row = (...children) => make("div", { className: "row" }, ...children);
  const capital = text => text.charAt(0).toUpperCase() + text.slice(1);

  function draw() {
    const expired = now() >= night.expires;
    at("expired").hidden = !expired;
    if (expired) {
      for (const id of ["next", "sign", "acts", "count", "route"]) at(id).replaceChildren();
      for (const id of ["next", "sign", "acts", "count", "route"]) at(id).hidden = true;
    } else {
      const { state, tallies, handed, next, here } = stands();
      drawNext(next, here);
      drawSign();
      drawCount(tallies, handed, next >= 0 ? next : night.stops.length - 1);
      for (const item of document.querySelectorAll("[data-stop]")) {
        const word = { done: words.done, skipped: words.skipped }[state[item.dataset.stop]];
        item.querySelector(".state").textContent = word ? `(${word})` : "";
      }
    }
    drawBack();
  }

  function drawNext(next, here) {
    const stop = night.stops[next], values = { number: next + 1, count: night.stops.length };
    at("next").hidden = false;
    at("acts").hidden = !stop;
    if (!stop) {
      at("next").replaceChildren(make("h2", { textContent: words.home }));
      at("acts").replaceChildren();
      return;
    }
    at("next").replaceChildren(
      make("p", { textContent: fill(here ? words.here : words.next, values) }),
      make("h2", { textContent: stop.name }),
      make("p", { className: "when", textContent: stop.when }),
      make("p", { textContent: stop.leg }),
      make("p", { textContent: stop.tags.join(" · ") }),
    );
    const skip = make("details", {}, make("summary", { textContent: words.skip }), row(
      ...lists.reasons.map(([code, word]) =>
        button(capital(word), () => say("skipped", stop.key, { reason: code })))));
    at("acts").replaceChildren(
      row(here ? button(words.left, () => say("left", stop.key), true)
        : button(words.arrived, () => say("arrived", stop.key), true)),
      ...(here ? [] : [skip]),
    );
  }

  // By when the coordination expects a sign. What lies on this phone is none: only what was sent.
  function drawSign() {
    const { every, departs, heard } = night.sign;
    const closed = kept.events.some(event => event.kind === "closed");
    at("sign").hidden = !every || closed || now() < departs;
    if (at("sign").hidden) return;
    const due = Math.max(departs, heard || 0, kept.heard || 0) + every;
    const time = new Date(due).toLocaleTimeString("it", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Rome" });
    const late = now() > due;
    if (at("sign").dataset.said === `${due} ${late}`) return;
    at("sign").dataset.said = `${due} ${late}`;
    const line = make("p", { className: late ? "minor" : "quiet", textContent: fill(late ? words.late : words.sign, { time }) });
    if (late) line.setAttribute("role", "alert");
    const well = () => { say("checked_in"); if (online) send(); };
    at("sign").replaceChildren(line, row(button(words.well, well)));
  }

  let open = false, handing = false;
  function drawHanded(handed, stop) {
    const last = handed[handed.length - 1];
    const names = Object.fromEntries(lists.receivers);
    return make("details", { open: handing, ontoggle: event => { handing = event.target.open; } },
      make("summary", { textContent: words.handed }),
      make("p", { className: "quiet", textContent: words.handed_once }),
      row(...lists.receivers.map(([code, word]) =>
        button(capital(word), () => say("handed", stop.key, { receiver: code })))),
      last ? make("p", { textContent: fill(words.handed_last, { receiver: names[last.values.receiver] }), role: "status" }) : null,
      last ? row(button(words.take_back, () => say("undone", null, { event: last.id }))) : null);
  }

  function drawCount(tallies, handed, number) {
    const stop = night.stops[number];
    at("count").hidden = !stop;
    if (!stop) return;
    const here = tallies.filter(one => one.stop === stop.key);
    const last = here[here.length - 1], latest = tallies[tallies.length - 1];
    const persons = here.reduce((sum, one) => sum + (one.values.persons || 1), 0);
    const same = () => {
      const values = {};
      for (const name of ["kind", "gender", "macro_area", "age_class", "known", "persons"])
        if (latest.values[name] !== undefined) values[name] = latest.values[name];
      say("tally", stop.key, values);
    };
    const parts = [
      make("h2", { textContent: `${night.seen ? words.persons_seen : words.contacts}: ${stop.name}` }),
      make("p", { className: "quiet", textContent: night.seen ? words.passing : words.once }),
      // On a count night everybody is only seen: what a tap says is the perceived gender.
      night.seen ? row(...[...lists.gender, ["nr", words.unknown]].map(([code, word]) =>
        button(capital(word), () => say("tally", stop.key, { kind: "osservata", gender: code }))))
        : row(...lists.kind.map(([code, word]) =>
          button(capital(word), () => say("tally", stop.key, { kind: code }), code === "contattata"))),
      row(latest ? button(words.again, same) : null,
        last ? button(words.undo, () => say("undone", null, { event: last.id })) : null),
      make("p", { textContent: fill(words.counted, { count: persons }), role: "status" }),
    ];
    if (last) parts.push(...more(last));
    if (!night.seen) parts.push(drawHanded(handed, stop));
    at("count").replaceChildren(...parts);
  }

  function more(last) {
    const amend = values => say("amended", null, { event: last.id, ...values });
    const one = name => make("fieldset", {}, make("legend", { textContent: words[name] }), row(
      ...lists[name].map(([code, word]) => {
        const chosen = last.values[name] === code;
        const made = button(word, () => amend({ [name]: chosen ? "nr" : code }));
        made.setAttribute("aria-pressed", chosen);
        return made;
      })));
    const several = name => make("fieldset", {}, make("legend", { textContent: words[name] }), row(
      ...lists[name].map(([code, word]) => {
        const said = last.values[name] || [], chosen = said.includes(code);
        const made = button(word, () => amend({ [name]: chosen ? said.filter(c => c !== code) : [...said, code] }));
        made.setAttribute("aria-pressed", chosen);
        return made;
      })));
    const persons = last.values.persons || 1;
    const count = row(
      button(`− (${persons})`, () => persons > 1 && amend({ persons: persons - 1 })),
      button(`+ (${persons})`, () => persons < 100 && amend({ persons: persons + 1 })));
    const given = row(...lists.materials.map(([code, word]) => {
      const name = `materials_${code}`, pieces = last.values[name] || 0;
      return button(`${word}${pieces ? ` × ${pieces}` : ""} +`, () => amend({ [name]: pieces + 1 }));
    }));
    const number = make("fieldset", {}, make("legend", { textContent: words.persons }), count);
    const rest = make("details", { open, ontoggle: event => { open = event.target.open; } },
      make("summary", { textContent: [words.persons, words.materials, words.requests, words.referrals].join(", ") }),
      number,
      make("fieldset", {}, make("legend", { textContent: words.materials }), given),
      several("requests"), several("referrals"));
    const asked = night.seen ? ["macro_area", "age_class"] : ["gender", "macro_area", "age_class", "known"];
    const parts = asked.map(one);
    if (last.values.age_class === "apparente_minore") {
      const warning = make("p", { className: "minor", textContent: words.minor });
      warning.setAttribute("role", "alert");
      parts.unshift(warning);
    }
    return night.seen ? [number, ...parts] : [...parts, rest];
  }

  const giving = events => ({
    kind: "prossima-night", format: night.format, night: night.night, unit: night.unit,
    version: night.version, source: kept.source, opened: kept.opened, built: kept.built,
    sent: Date.now(), events,
  });
  const outstanding = () => kept.events.filter(event => !kept.given.includes(event.id));

  let note = "", codes = null;
  function drawBack() {
    const wait = outstanding();
    at("back").hidden = false;
    at("back").replaceChildren(
      make("h2", { textContent: words.back }),
      make("p", { textContent: fill(words.waiting, { count: kept.events.length, open: wait.length }) }),
      row(online ? button(words.send, send, true) : null,
        button(words.file, save), button(words.codes, show)),
      make("p", { textContent: closed ? words.full : note, role: "status" }),
      codes || make("div"),
    );
  }

  async function send() {
    const events = kept.events;
    try {
      const answer = await fetch(location.pathname, {
        method: "POST", body: JSON.stringify(giving(events)), headers: { "Content-Type": "application/json" },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const said = await answer.json();
      kept.given = [...new Set([...kept.given, ...said.kept, ...said.known])];
      if (said.kept.length) kept.heard = now();
      keep();
      note = fill(words.sent, { kept: said.kept.length, known: said.known.length });
      if (said.refused.length) note += " " + fill(words.refused, { count: said.refused.length });
    } catch { note = words.unsent; }
    drawSign();
    drawBack();
  }

  function save() {
    const text = new Blob([JSON.stringify(giving(kept.events))], { type: "application/json" });
    const link = make("a", { href: URL.createObjectURL(text), download: `prossima-${night.unit}.json` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // Codes of 700 letters are read well from a dim screen.
  async function show() {
    const bytes = new TextEncoder().encode(JSON.stringify(giving(kept.events)));
    let packed = bytes;
    if (typeof CompressionStream === "function") {
      const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
      packed = new Uint8Array(await new Response(stream).arrayBuffer());
    }
    let text = "";
    for (const byte of packed) text += String.fromCharCode(byte);
    const body = btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
    const parts = body.match(/.{1,700}/g) || [], name = Date.now().toString(36).slice(-8);
    codes = make("div", { className: "codes" });
    parts.forEach((part, index) => {
      const canvas = make("canvas", {}), values = { number: index + 1, count: parts.length };
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", fill(words.code, values));
      leanQr.generate(`PRSM1.${name}.${index + 1}.${parts.length}.${part}`)
        .toCanvas(canvas, { on: [0, 0, 0, 255], off: [255, 255, 255, 255], scale: 4 });
      codes.append(make("p", { textContent: fill(words.code, values) }), canvas);
    });
    drawBack();
  }

  function drawMap() {
    if (typeof L === "undefined" || now() >= night.expires || !night.stops.length) return;
    at("map").hidden = false;
    const style = getComputedStyle(document.documentElement);
    const colour = name => style.getPropertyValue(name).trim();
    const map = L.map("map", { attributionControl: false, zoomControl: false, preferCanvas: true, maxZoom: 17 });
    L.control.zoom({ zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
    for (const kind in night.roads)
      L.polyline(night.roads[kind], { color: colour("--road"), weight: kind === "motorway" ? 3 : 1.5, interactive: false }).addTo(map);
    const way = L.polyline(night.way, { color: colour("--way"), weight: 4, interactive: false }).addTo(map);
    night.stops.forEach((stop, index) => L.marker(stop.at, {
      icon: L.divIcon({ className: "badge", html: String(index + 1), iconSize: [30, 30] }),
      title: `${index + 1} · ${stop.name}`, alt: `${index + 1} · ${stop.name}`,
    }).addTo(map));
    const box = way.getBounds();
    map.fitBounds(box.isValid() ? box : L.latLngBounds(night.stops.map(stop => stop.at)), { padding: [16, 16] });
    at("picture").hidden = true;
  }

  draw();
  drawMap();
  setInterval(() => {
    if (now() < night.expires) drawSign();
    else if (at("expired").hidden) draw();
  }, 30000);
})();
