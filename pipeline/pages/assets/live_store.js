"use strict";
// The records that the page holds, and those of them that the filter lets through.

const KINDS_OF_FILTER = ["text", "kind", "category", "modality", "actor", "country"];

class Store {
  constructor(keep) {
    this.keep = keep;
    this.records = []; // in the order of arrival
    this.shown = []; // of these, what the filter lets through
    this.byId = new Map();
    this.denials = new Map(); // by the threat that they deny
    this.notes = new Map(); // by article, what the wire said of it later
    this.names = new Map(); // by actor's name, how many records
    this.dropped = 0;
    this.setFilter({});
  }

  // Takes records that arrived; gives how many of them are shown.
  add(arrived) {
    let shown = 0;
    for (const record of arrived) {
      if (this.byId.has(record.id)) continue;
      this.prepare(record);
      this.byId.set(record.id, record);
      this.records.push(record);
      for (const id of record.denies || []) {
        this.denials.set(id, [...(this.denials.get(id) || []), record.id]);
      }
      for (const name of record.names) this.names.set(name, (this.names.get(name) || 0) + 1);
      if (!this.failing(record)) {
        this.shown.push(record);
        shown += 1;
      }
    }
    if (this.records.length > this.keep) this.drop(this.records.length - this.keep);
    return shown;
  }

  drop(many) {
    const gone = new Set(this.records.splice(0, many));
    this.dropped += gone.size;
    let first = 0;
    while (first < this.shown.length && gone.has(this.shown[first])) first += 1;
    this.shown.splice(0, first);
    for (const record of gone) {
      this.byId.delete(record.id);
      for (const id of record.denies || []) {
        const left = this.denials.get(id).filter((each) => each !== record.id);
        if (left.length) this.denials.set(id, left);
        else this.denials.delete(id);
      }
      for (const name of record.names) {
        const left = this.names.get(name) - 1;
        if (left) this.names.set(name, left);
        else this.names.delete(name);
      }
    }
  }

  // What is looked at again and again is made once.
  prepare(record) {
    record.parties = [record.who, ...record.whom, record.by].filter(Boolean);
    record.names = [...new Set(record.parties.map((party) => party.name.toLowerCase()))];
    record.countries = [...new Set(record.parties.map((party) => party.country).filter(Boolean))];
    record.text = [
      ...record.names, record.what, record.condition, record.categoryName, record.source,
      record.article, ...record.evidence,
    ].join("\n").toLowerCase();
  }

  note(notes) {
    for (const note of notes) {
      this.notes.delete(note.article);
      this.notes.set(note.article, note);
      if (this.notes.size > 1000) this.notes.delete(this.notes.keys().next().value);
    }
  }

  // What became of the record's article since: "", "withdrawn" or "corrected".
  since(record) {
    const note = this.notes.get(record.article);
    if (!note) return "";
    if (note.withdrawn) return record.revision <= note.revision ? "withdrawn" : "";
    return record.revision < note.revision ? "corrected" : "";
  }

  setFilter(filter) {
    this.filter = Object.fromEntries(KINDS_OF_FILTER.map((kind) => [kind, filter[kind] || ""]));
    this.words = this.filter.text.toLowerCase().split(/\s+/).filter(Boolean);
    this.actor = this.filter.actor.trim().toLowerCase();
    // A name in full means that actor alone; a part of one all that have it.
    this.whole = this.names.has(this.actor);
    this.shown = this.records.filter((record) => !this.failing(record));
  }

  get filtered() {
    return KINDS_OF_FILTER.some((kind) => this.filter[kind]);
  }

  // Which parts of the filter the record fails: null for none, one's name, or "several".
  failing(record) {
    const { kind, category, modality, country } = this.filter;
    let found = null;
    const fails = (name) => { found = found ? "several" : name; };
    if (this.words.length && !this.words.every((word) => record.text.includes(word))) fails("text");
    if (kind && record.kind !== kind) fails("kind");
    if (category && record.category !== category) fails("category");
    if (modality && record.modality !== modality) fails("modality");
    if (country && !record.countries.includes(country)) fails("country");
    if (this.actor && !(this.whole
      ? record.names.includes(this.actor)
      : record.names.some((name) => name.includes(this.actor)))) fails("actor");
    return found;
  }

  // How many records each value would show, by facet: all other parts of the filter hold.
  facets() {
    const counts = { category: new Map(), modality: new Map(), actor: new Map(), country: new Map() };
    const count = (facet, value, words) => {
      const entry = counts[facet].get(value) || { value, words, number: 0 };
      entry.number += 1;
      counts[facet].set(value, entry);
    };
    for (const record of this.records) {
      const failing = this.failing(record);
      const counted = (facet) => failing === null || failing === facet;
      if (record.category && counted("category")) count("category", record.category, record.categoryName);
      if (record.modality && counted("modality")) count("modality", record.modality, record.modality);
      if (counted("country")) for (const country of record.countries) count("country", country, country);
      if (counted("actor")) {
        const seen = new Set();
        for (const { name } of record.parties) {
          if (!seen.has(name)) count("actor", name, name);
          seen.add(name);
        }
      }
    }
    return counts;
  }

  // How many threats and denials of those shown came in each of the buckets that end now.
  rates(minutes, buckets, now) {
    const width = (minutes * 60000) / buckets;
    const start = now - minutes * 60000;
    const rates = Array.from({ length: buckets }, () => ({ threat: 0, denial: 0 }));
    for (const record of this.shown) {
      const at = Math.floor((Math.min(record.at, now - 1) - start) / width);
      if (at >= 0) rates[at][record.kind] += 1;
    }
    return rates;
  }
}
