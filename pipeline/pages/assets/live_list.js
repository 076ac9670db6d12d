// The list of records: of thousands only those in sight are in the document.

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 8; // rows beyond the edges, for a quick scroll

// An element; what goes in as text stays text.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

function drawn(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const arrow = (kind) => drawn(
  "svg", { class: "arrow", viewBox: "0 0 40 12", width: 40, height: 12, "aria-hidden": "true" },
  ...(kind === "threat"
    ? [drawn("path", { d: "M1 6H37M32 1.5 38 6l-6 4.5" })]
    : [drawn("path", { d: "M1 6H36", "stroke-dasharray": "4 3" }), drawn("path", { d: "M37 1V11" })]),
);

const person = (party) => make("span", { class: `actor ${party.style}` }, party.name);

function flow(record) {
  const words = make("span", { class: "flow" }, person(record.who));
  if (record.kind === "denial") {
    words.append(make("span", { class: "relation" }, "denies"));
    return words;
  }
  words.append(make("span", { class: "relation" }, make("span", { class: "aloud" }, "threatens"), arrow("threat")));
  if (!record.whom.length) words.append(make("span", { class: "open" }, "no one named"));
  words.append(...record.whom.map(person));
  return words;
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const WHOLE = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "medium", hourCycle: "h23" });

function moment(at) {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return make("time", {}, "–");
  const today = time.toDateString() === new Date().toDateString();
  return make(
    "time", { datetime: time.toISOString(), title: WHOLE.format(time) },
    CLOCK.format(time), today ? "" : make("small", {}, DAY.format(time)),
  );
}

class List {
  constructor(store, onSelect) {
    this.store = store;
    this.onSelect = onSelect;
    this.frame = document.getElementById("list");
    this.rows = document.getElementById("rows");
    this.newer = document.getElementById("newer");
    this.nodes = new Map(); // by record id
    this.selected = null; // a record's id
    this.unseen = 0;
    this.paused = false;
    this.frame.addEventListener("scroll", () => {
      if (this.frame.scrollTop < 2 && !this.paused) this.unseen = 0;
      this.soon();
    }, { passive: true });
    this.frame.addEventListener("click", (event) => {
      const row = event.target.closest(".row");
      if (row) this.select(row.dataset.id);
    });
    this.newer.addEventListener("click", () => this.toNewest());
    new ResizeObserver(() => this.soon()).observe(this.frame);
  }

  get height() {
    return parseFloat(getComputedStyle(this.frame).getPropertyValue("--row"));
  }

  // So many came on top: what is being read stays where it is.
  came(many) {
    if (!many) return;
    if (this.paused || this.frame.scrollTop >= 2) {
      this.unseen += many;
      this.rows.style.height = `${this.store.shown.length * this.height}px`;
      this.frame.scrollTop += many * this.height;
    }
    this.soon();
  }

  toNewest() {
    this.unseen = 0;
    this.frame.scrollTop = 0;
    this.soon();
  }

  pause(paused) {
    this.paused = paused;
    if (!paused) this.toNewest();
  }

  soon() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      this.draw();
    });
  }

  // Everything anew: what the rows show may have changed.
  redraw() {
    this.nodes.clear();
    this.rows.replaceChildren();
    this.draw();
  }

  draw() {
    const { shown } = this.store;
    const height = this.height;
    this.rows.style.height = `${shown.length * height}px`;
    const first = Math.max(0, Math.floor(this.frame.scrollTop / height) - MARGIN);
    const last = Math.min(shown.length, Math.ceil((this.frame.scrollTop + this.frame.clientHeight) / height) + MARGIN);
    const kept = new Map();
    for (let place = first; place < last; place += 1) {
      const record = shown[shown.length - 1 - place];
      const node = this.nodes.get(record.id) || this.row(record);
      node.style.transform = `translateY(${place * height}px)`;
      node.setAttribute("aria-posinset", place + 1);
      node.setAttribute("aria-setsize", shown.length);
      node.setAttribute("aria-selected", record.id === this.selected);
      node.classList.toggle("on", record.id === this.selected);
      kept.set(record.id, node);
    }
    for (const [id, node] of this.nodes) if (!kept.has(id)) node.remove();
    this.nodes = kept;
    // In the document they stand in the order in which they are seen and read aloud.
    let next = this.rows.firstChild;
    for (const node of kept.values()) {
      if (node === next) next = next.nextSibling;
      else this.rows.insertBefore(node, next);
    }
    const chosen = kept.get(this.selected);
    if (chosen) this.frame.setAttribute("aria-activedescendant", chosen.id);
    else this.frame.removeAttribute("aria-activedescendant");
    this.newer.hidden = !this.unseen;
    this.newer.textContent = `↑ ${this.unseen.toLocaleString()} newer`;
  }

  row(record) {
    const since = this.store.since(record);
    const tags = make("span", { class: "tags" });
    if (since) tags.append(make("b", { class: "since" }, since));
    if (record.modality === "alleged") tags.append(make("b", { class: "hedged" }, "alleged"));
    if (record.quoted) tags.append(make("span", {}, "in quotes"));
    const about = record.kind === "threat" ? record.categoryName : `denies ${record.denial}: “${record.evidence[0]}”`;
    return make(
      "div", { class: `row ${record.kind} ${since}`, role: "option", id: `row-${record.id}`, "data-id": record.id },
      moment(record.at),
      make("div", { class: "line1" }, flow(record), tags),
      make("p", { class: "line2", dir: "auto" }, record.what, record.condition ? make("em", {}, ` ${record.condition}`) : ""),
      make("p", { class: "line3" }, make("span", {}, about), record.source ? make("span", {}, record.source) : ""),
    );
  }

  select(id) {
    this.selected = id;
    this.soon();
    this.onSelect(id ? this.store.byId.get(id) : null);
  }

  // Moves the choice by so many rows, and into sight.
  move(by) {
    const { shown } = this.store;
    if (!shown.length) return;
    const now = this.selected === null ? -1 : shown.findIndex((record) => record.id === this.selected);
    const place = now < 0 ? Math.floor(this.frame.scrollTop / this.height) : shown.length - 1 - now + by;
    const next = Math.max(0, Math.min(place, shown.length - 1));
    const [top, height] = [next * this.height, this.height];
    if (top < this.frame.scrollTop) this.frame.scrollTop = top;
    else if (top + height > this.frame.scrollTop + this.frame.clientHeight) {
      this.frame.scrollTop = top + height - this.frame.clientHeight;
    }
    this.select(shown[shown.length - 1 - next].id);
  }
}
