// What stands beside the list: the filter with its counts, the chart, and the record looked at.

const BUCKETS = 60;
const MOST_OF_A_FACET = { category: 12, modality: 3, actor: 10, country: 8 };
const FACET_LISTS = { category: "category", modality: "modality", actor: "actors", country: "country" };
const HOW_LONG = { 15: "15 min ago", 60: "1 h ago", 360: "6 h ago", 1440: "24 h ago" };

class Filters {
  constructor(store, onChange) {
    this.store = store;
    this.onChange = onChange;
    this.form = document.getElementById("filter");
    this.window = document.getElementById("window");
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", (event) => {
      if (event.target === this.window) this.chart();
      else this.apply(this.read());
    });
    for (const [facet, id] of Object.entries(FACET_LISTS)) {
      document.getElementById(id).addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (button) this.toggle(facet, button.dataset.value);
      });
    }
    document.getElementById("clear").addEventListener("click", () => this.apply({}));
    // A view can be kept or sent: its filter stands in the address.
    addEventListener("hashchange", () => this.fromAddress());
  }

  fromAddress() {
    this.apply(Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
  }

  read() {
    return {
      ...this.store.filter,
      text: document.getElementById("text").value,
      actor: document.getElementById("actor").value,
      kind: this.form.elements.kind.value,
    };
  }

  toggle(facet, value) {
    const { filter } = this.store;
    this.apply({ ...filter, [facet]: filter[facet] === value ? "" : value });
  }

  apply(filter) {
    this.store.setFilter(filter);
    const now = this.store.filter;
    for (const name of ["text", "actor"]) {
      const field = document.getElementById(name);
      if (field.value !== now[name]) field.value = now[name];
    }
    this.form.elements.kind.value = now.kind;
    document.getElementById("clear").hidden = !this.store.filtered;
    const set = Object.entries(now).filter(([, value]) => value);
    history.replaceState(null, "", set.length ? `#${new URLSearchParams(set)}` : location.pathname);
    this.draw();
    this.onChange();
  }

  draw() {
    const facets = this.store.facets();
    for (const [facet, id] of Object.entries(FACET_LISTS)) {
      const chosen = this.store.filter[facet];
      const entries = [...facets[facet].values()]
        .sort((one, other) => other.number - one.number || (one.value < other.value ? -1 : 1));
      const most = entries.length ? entries[0].number : 1;
      const listed = entries.slice(0, MOST_OF_A_FACET[facet]);
      if (chosen && facet !== "actor" && !listed.some(({ value }) => value === chosen)) {
        listed.push(facets[facet].get(chosen) || { value: chosen, words: chosen, number: 0 });
      }
      const focused = document.activeElement?.closest?.(`#${id} button`)?.dataset.value;
      const list = document.getElementById(id);
      list.replaceChildren(...listed.map(({ value, words, number }) => make(
        "li", {}, make(
          "button",
          { type: "button", "data-value": value, "aria-pressed": String(value === chosen), title: words },
          make("span", {}, facet === "category" ? short(words) : words), make("b", {}, number.toLocaleString()),
          bar(number / most),
        ),
      )));
      if (focused) [...list.querySelectorAll("button")].find((each) => each.dataset.value === focused)?.focus();
      list.closest("section").hidden = facet !== "actor" && listed.length === 0;
      if (facet === "actor") {
        document.getElementById("names").replaceChildren(
          ...entries.slice(0, 200).map(({ value }) => make("option", { value })),
        );
      }
    }
    this.chart();
  }

  chart() {
    const minutes = Number(this.window.value);
    const rates = this.store.rates(minutes, BUCKETS, Date.now());
    const most = Math.max(1, ...rates.map(({ threat, denial }) => threat + denial));
    const [width, height] = [240 / BUCKETS, 52];
    const bars = [drawn("path", { class: "base", d: `M0 ${height - 0.5}H240` })];
    rates.forEach((rate, place) => {
      let bottom = height - 1;
      for (const kind of ["threat", "denial"]) {
        if (!rate[kind]) continue;
        const tall = Math.max(1.5, (rate[kind] / most) * (height - 3));
        bottom -= tall;
        bars.push(drawn("rect", {
          class: kind, x: place * width + 0.4, y: bottom, width: width - 0.8, height: tall,
        }));
      }
    });
    document.getElementById("chart").replaceChildren(...bars);
    const total = (kind) => rates.reduce((sum, rate) => sum + rate[kind], 0).toLocaleString();
    document.getElementById("rates").replaceChildren(
      make("b", { class: "threat" }, total("threat")), " threats",
      make("b", { class: "denial" }, total("denial")), " denials",
    );
    document.getElementById("since").textContent = HOW_LONG[minutes];
  }
}

// Every category begins with the same word; what some say behind a colon is in the title.
const short = (category) => category.replace(/^threaten,? (with |to )?/i, "").replace(/:.*/, "");

function bar(share) {
  const svg = drawn("svg", { class: "bar", viewBox: "0 0 100 1", preserveAspectRatio: "none", "aria-hidden": "true" });
  svg.append(drawn("rect", { width: Math.max(1, share * 100), height: 1 }));
  return svg;
}

class Detail {
  constructor(store, { onActor, onRecord, onArticle, onClose }) {
    this.store = store;
    this.on = { onActor, onRecord, onArticle, onClose };
    this.frame = document.getElementById("detail");
    this.record = null;
    this.frame.addEventListener("click", (event) => {
      const { actor, record, open, close } = event.target.closest("button")?.dataset || {};
      if (actor !== undefined) onActor(actor);
      else if (record !== undefined) onRecord(record);
      else if (open !== undefined) onArticle(this.record);
      else if (close !== undefined) onClose();
    });
  }

  show(record) {
    this.record = record;
    this.frame.hidden = !record;
    document.body.classList.toggle("looking", Boolean(record));
    this.told = null;
    this.refresh();
    this.frame.scrollTop = 0;
  }

  // What is looked at may have been denied, corrected or withdrawn meanwhile.
  refresh() {
    const { record, frame } = this;
    if (!record) return;
    const told = [this.store.since(record), ...(this.store.denials.get(record.id) || [])].join();
    if (told === this.told) return;
    this.told = told;
    const focused = frame.contains(document.activeElement);
    frame.replaceChildren(...this.parts(record));
    if (focused) list.frame.focus();
  }

  // The card as the page of an article has it, with buttons for links.
  parts(record) {
    const since = this.store.since(record);
    const told = [record.modality, record.by && `says ${record.by.name}`, record.quoted && "in quotes"].filter(Boolean);
    const row = (name, ...value) => make("div", {}, make("dt", {}, name), make("dd", {}, ...value));
    const fields = make("dl", {});
    if (told.length) {
      fields.append(row("Told as", make("span", { class: record.modality === "alleged" ? "hedged" : "" }, told.join(", "))));
    }
    if (record.kind === "threat") fields.append(row("Category", `${record.category} ${record.categoryName}`));
    else fields.append(row("Denies", record.denial), row("Cue", `“${record.cue}”`));
    const meter = drawn("svg", { class: "meter", viewBox: "0 0 100 6", width: 72, height: 6, preserveAspectRatio: "none", "aria-hidden": "true" });
    meter.append(
      drawn("rect", { class: "all", width: 100, height: 6, rx: 3 }),
      drawn("rect", { class: "part", width: Math.round(record.confidence * 100), height: 6, rx: 3 }),
    );
    fields.append(
      row("Confidence", meter, ` ${record.confidence.toFixed(2)}`),
      row("Evidence", ...record.evidence.map((text) => make("q", { dir: "auto" }, text))),
    );
    const published = record.published && new Date(record.published);
    return [
      make("p", { class: "top" }, make("b", {}, record.kind === "threat" ? "Threat" : "Denial"), make("button", { type: "button", "data-close": true, "aria-label": "Close" }, "✕")),
      since ? make("p", { class: "notice" }, since === "withdrawn" ? "The wire has withdrawn the article." : "The wire has corrected the article since.") : "",
      make(
        "section", { class: `card ${record.kind}` },
        make("h3", {}, flow(record)),
        make("p", { class: "what", dir: "auto" }, record.what, record.condition ? make("em", {}, ` ${record.condition}`) : ""),
        this.links(record),
        fields,
      ),
      make("p", { class: "open-article" }, make("button", { type: "button", class: "main", "data-open": true }, "Open the article")),
      make(
        "dl", { class: "origin" },
        record.source ? row("Source", record.source) : "",
        published && !Number.isNaN(published.getTime()) ? row("Published", WHOLE.format(published)) : "",
        row("Written", WHOLE.format(new Date(record.at))),
        row("Article", record.article, record.revision ? `, revision ${record.revision}` : ""),
      ),
      make("h3", {}, "Only what concerns"),
      make("p", { class: "only" }, ...[...new Map(record.parties.map((party) => [party.name, party])).values()].map(
        (party) => make("button", { type: "button", class: `actor ${party.style}`, "data-actor": party.name }, party.name),
      )),
    ].filter(Boolean);
  }

  links(record) {
    const line = (id, words) => make("li", {}, arrow("denial"), make("button", { type: "button", "data-record": id }, words));
    const found = record.kind === "threat"
      ? (this.store.denials.get(record.id) || []).map((id) => this.store.byId.get(id)).filter(Boolean)
        .map((denial) => line(denial.id, `denied by ${denial.who.name}`))
      : record.denies.map((id) => this.store.byId.get(id)).filter(Boolean)
        .map((threat) => line(threat.id, `${threat.who.name}: ${threat.what}`));
    return found.length ? make("ul", { class: "links denial" }, ...found) : "";
  }
}
