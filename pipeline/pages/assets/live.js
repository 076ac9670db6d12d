// The stream of records, the keys, and what ties the parts together.

const SILENCE_MS = 35000; // the server says every ten seconds that it lives
const AGAIN_MS = [1000, 2000, 5000, 10000];
const byId = (id) => document.getElementById(id);

const store = new Store(Number(document.body.dataset.keep));
const list = new List(store, (record) => detail.show(record));
const detail = new Detail(store, {
  onActor: (name) => filters.apply({ actor: name }),
  onRecord: (id) => list.select(id),
  onArticle: openArticle,
  onClose: () => list.select(null),
});
const filters = new Filters(store, () => {
  list.unseen = 0;
  list.frame.scrollTop = 0;
  list.soon();
  summary();
});

// ---- What the page says of itself

const state = { connected: false, away: null, missed: false };

function summary() {
  const [held, shown] = [store.records.length, store.shown.length];
  byId("shown").textContent = store.filtered
    ? `${shown.toLocaleString()} of ${held.toLocaleString()} records`
    : `${held.toLocaleString()} record${held === 1 ? "" : "s"}`;
  byId("counts").textContent = store.dropped
    ? `the newest ${store.keep.toLocaleString()}; ${store.dropped.toLocaleString()} older dropped`
    : "";
  byId("state").className = `state ${!state.connected ? "lost" : state.away ? "away" : "well"}`;
  byId("state").lastElementChild.textContent = !state.connected
    ? "connecting …" : state.away ? "waiting for Kafka" : list.paused ? "live, held" : "live";
  byId("state").title = state.away || "";
  const notice = byId("notice");
  notice.hidden = !state.missed && held > 0;
  notice.textContent = state.missed
    ? "Some records came and went while this page was away; they are still on Kafka."
    : state.connected ? "Nothing yet. Records appear here as they are written." : "";
}

let due = null;

// Counts and chart follow once a second at most, however many records come.
function later() {
  if (due) return;
  due = setTimeout(() => {
    due = null;
    filters.draw();
    detail.refresh();
  }, 1000);
}

// ---- The stream

let last = ""; // the id of the last event: how far we have read
let source = null;
let heard = 0;
let tries = 0;

function connect() {
  heard = Date.now();
  source = new EventSource(`events?after=${encodeURIComponent(last)}`);
  const on = (name, act) => source.addEventListener(name, (event) => {
    heard = Date.now();
    tries = 0;
    state.connected = true;
    act(event.data && JSON.parse(event.data), event);
    summary();
  });
  on("open", () => {});
  on("beat", () => {});
  on("state", ({ away }) => { state.away = away; });
  on("records", ({ records, missed }, event) => {
    last = event.lastEventId;
    state.missed ||= missed;
    list.came(store.add(records));
    later();
  });
  on("notes", (notes) => {
    store.note(notes);
    list.redraw();
  });
  source.onerror = () => {
    state.connected = false;
    summary();
    // Else the browser tries again by itself.
    if (source.readyState === EventSource.CLOSED) again();
  };
}

function again() {
  source.close();
  setTimeout(connect, AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]);
  tries += 1;
  heard = Infinity; // not before it is connected
}

setInterval(() => {
  if (Date.now() - heard > SILENCE_MS) {
    state.connected = false;
    summary();
    again();
  }
  filters.chart();
}, 5000);

// ---- Article, help, pause

function openArticle(record) {
  if (!record) return;
  const address = `article/${record.id}`;
  byId("article-of").textContent = `${record.source || "Article"} ${record.article}`;
  byId("article-alone").href = `${address}#record=${record.id}`;
  byId("article-loading").hidden = false;
  byId("article-page").src = `${address}#record=${record.id}`;
  byId("article").showModal();
}

byId("article-page").addEventListener("load", () => { byId("article-loading").hidden = true; });
byId("article").addEventListener("close", () => { byId("article-page").removeAttribute("src"); });
for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
  });
}
byId("keys").addEventListener("click", () => byId("help").showModal());
byId("pause").addEventListener("click", pause);

function pause() {
  list.pause(!list.paused);
  byId("pause").setAttribute("aria-pressed", String(list.paused));
  byId("pause").textContent = list.paused ? "Go on" : "Pause";
  summary();
}

// ---- Keys

const KEYS = {
  j: () => list.move(1),
  ArrowDown: () => list.move(1),
  k: () => list.move(-1),
  ArrowUp: () => list.move(-1),
  PageDown: () => list.move(10),
  PageUp: () => list.move(-10),
  Enter: () => openArticle(detail.record),
  g: () => list.toNewest(),
  p: pause,
  "/": () => { facets.open = true; byId("text").focus(); },
  t: () => filters.toggle("kind", "threat"),
  d: () => filters.toggle("kind", "denial"),
  x: () => filters.apply({}),
  "?": () => byId("help").showModal(),
  Escape: () => list.select(null),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const field = event.target.closest("input, select");
  if (field && field.type !== "radio") {
    if (event.key === "Escape") list.frame.focus();
    return;
  }
  // A button that has the focus is pressed by Enter, and arrows move among radio buttons.
  if (event.key === "Enter" && event.target.closest("button, a, summary")) return;
  if (field && event.key.startsWith("Arrow")) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// The filter stands open beside the list where there is room for it.
const facets = byId("facets");
const wide = matchMedia("(min-width: 60rem)");
const arrange = () => { facets.open = wide.matches; };
wide.addEventListener("change", arrange);
arrange();

filters.fromAddress();
connect();
