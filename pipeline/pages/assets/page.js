// Shows the fields of what is pointed at: by mouse, by touch or by keyboard. Without this script
// every mark is still a link to its card.
(() => {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const pop = document.getElementById("pop");
  const beside = matchMedia("(min-width: 60rem)");
  const phone = matchMedia("(max-width: 40rem)");
  let pinned = null;

  const byId = (id) => document.getElementById(id);
  const words = (text) => (text || "").split(" ").filter(Boolean);
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  const marked = (root, selector) => all(root, selector).filter((each) => each.closest("h2, .text"));
  const story = (element) => element.closest(".story");

  // The mark under an event: evidence or chip (data-r), or an actor (data-k), the innermost first.
  const markOf = (event) =>
    event.target instanceof Element ? event.target.closest("[data-k], [data-r]") : null;
  const idsOf = (mark) => words(mark.dataset.k || mark.dataset.r);

  function clear() {
    for (const element of all(document, ".on, .from, .to, .denies")) {
      element.classList.remove("on", "on-threat", "on-denial", "from", "to", "denies");
    }
    for (const wires of all(document, ".wires")) wires.remove();
    pop.hidden = true;
    pop.replaceChildren();
    pinned = null;
  }

  function nearest(elements, anchor) {
    const at = anchor.getBoundingClientRect();
    const far = (element) => {
      const box = element.getBoundingClientRect();
      // A name a line away says more than a pronoun here.
      const vague = element.classList.contains("pronoun") ? 900 : 0;
      return Math.abs(box.top - at.top) * 4 + Math.abs(box.left - at.left) + vague;
    };
    return elements.reduce((best, each) => (!best || far(each) < far(best) ? each : best), null);
  }

  function wire(svg, from, to, kind) {
    const frame = svg.parentElement.getBoundingClientRect();
    const [a, b] = [from.getClientRects()[0], to.getClientRects()[0]];
    if (!a || !b) return;
    const x1 = a.left + a.width / 2 - frame.left;
    const x2 = b.left + b.width / 2 - frame.left;
    const y1 = a.top - frame.top;
    const y2 = b.top - frame.top - 4;
    const lift = Math.min(y1, y2) - 14 - Math.min(26, Math.abs(x1 - x2) / 8);
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", kind);
    path.setAttribute("marker-end", `url(#tip-${kind})`);
    path.setAttribute("d", `M${x1} ${y1}C${x1} ${lift} ${x2} ${lift} ${x2} ${y2}`);
    svg.append(path);
  }

  function wires(root) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "wires");
    svg.setAttribute("aria-hidden", "true");
    for (const kind of ["threat", "denial"]) {
      const marker = document.createElementNS(SVG, "marker");
      for (const [name, value] of Object.entries({
        id: `tip-${kind}`, viewBox: "0 0 8 8", refX: 6, refY: 4, markerWidth: 5, markerHeight: 5,
        orient: "auto",
      })) marker.setAttribute(name, value);
      const tip = document.createElementNS(SVG, "path");
      tip.setAttribute("class", kind);
      tip.setAttribute("d", "M0 0 8 4 0 8Z");
      marker.append(tip);
      svg.append(marker);
    }
    root.append(svg);
    return svg;
  }

  // Lights up a record: its evidence, who is in it, and the lines between them.
  function lightRecord(card) {
    const kind = card.classList.contains("threat") ? "threat" : "denial";
    card.classList.add("on");
    const root = story(card);
    const evidence = all(root, `.ev[data-r~="${card.id}"]`);
    for (const words of evidence) words.classList.add("on", `on-${kind}`);
    const chip = marked(root, `.chip[data-r="${card.id}"]`)[0];
    if (!chip) return;
    const svg = root.querySelector(".wires") || wires(root);
    const mention = (key) => nearest(marked(root, `.actor[data-k="${key}"]`), chip);
    const who = card.dataset.who ? mention(card.dataset.who) : null;
    if (who) who.classList.add(kind === "threat" ? "from" : "denies");
    for (const key of words(card.dataset.whom)) {
      const whom = mention(key);
      if (!whom) continue;
      whom.classList.add("to");
      wire(svg, who || chip, whom, "threat");
    }
    if (kind === "denial") {
      for (const id of words(card.dataset.links)) {
        const denied = nearest(marked(root, `.chip[data-r="${id}"]`), chip);
        if (denied) wire(svg, chip, denied, "denial");
        byId(id).classList.add("on");
      }
    }
  }

  function lightActor(entry) {
    entry.classList.add("on");
    for (const mention of all(story(entry), `.actor[data-k="${entry.id}"]`)) {
      mention.classList.add("on");
    }
  }

  function copy(element) {
    const box = element.cloneNode(true);
    box.removeAttribute("id");
    box.removeAttribute("tabindex");
    box.classList.remove("on");
    if (!box.classList.contains("card")) box.className = "entry";
    const shell = document.createElement("div");
    shell.className = box.className;
    shell.append(...box.childNodes);
    return shell;
  }

  // Where cards stand beside the text, theirs comes into view and there is nothing to lay over it.
  function bring(card) {
    const column = card.parentElement;
    const [frame, box] = [column.getBoundingClientRect(), card.getBoundingClientRect()];
    const [top, bottom] = [Math.max(frame.top, 0), Math.min(frame.bottom, innerHeight)];
    if (box.top < top) column.scrollTop -= top - box.top + 12;
    else if (box.bottom > bottom) {
      column.scrollTop += Math.min(box.bottom - bottom + 12, Math.max(box.top - top - 12, 0));
    }
    const now = card.getBoundingClientRect();
    return now.top >= top && Math.min(now.bottom, now.top + 160) <= bottom;
  }

  function place(mark) {
    const box = mark.getClientRects()[0] || mark.getBoundingClientRect();
    // On a phone a sheet takes the half of the screen that the mark is not in (the style sheet's).
    pop.classList.toggle("above", box.top > innerHeight / 2);
    if (phone.matches) return;
    const [width, height] = [pop.offsetWidth, pop.offsetHeight];
    const left = Math.max(12, Math.min(box.left, innerWidth - width - 12));
    const below = box.bottom + 14;
    const top = below + height < innerHeight ? below : Math.max(12, box.top - height - 12);
    pop.style.left = `${left}px`;
    pop.style.top = `${top}px`;
  }

  function show(mark, pin) {
    clear();
    const targets = idsOf(mark).map(byId).filter(Boolean);
    for (const target of targets) {
      if (target.classList.contains("card")) lightRecord(target);
      else lightActor(target);
    }
    const shown = targets.filter(
      (target) => !(beside.matches && target.classList.contains("card") && bring(target)),
    );
    pop.replaceChildren(...shown.map(copy));
    pop.hidden = shown.length === 0;
    if (shown.length) place(mark);
    pinned = pin ? mark : null;
  }

  // A card itself needs no second showing of its fields, only the lines in the text.
  function point(card) {
    clear();
    lightRecord(card);
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse" || pinned) return;
    const mark = markOf(event);
    if (mark && !pop.contains(mark)) show(mark, false);
    else if (event.target instanceof Element && event.target.closest(".cards .card")) {
      point(event.target.closest(".card"));
    } else if (!pop.contains(event.target)) clear();
  });

  document.addEventListener("focusin", (event) => {
    const mark = markOf(event);
    if (mark && mark.matches(":focus-visible") && !pop.contains(mark)) show(mark, false);
  });

  document.addEventListener("click", (event) => {
    const mark = markOf(event);
    if (mark && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      if (pinned === mark) clear();
      else show(mark, true);
    } else if (!pop.contains(event.target)) clear();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clear();
  });
  // A phone resizes the window whenever its address bar comes or goes: that is no reason.
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth !== width) clear();
    width = innerWidth;
  });
  addEventListener("beforeprint", clear);

  // "#record=…" points at a record by its id: who links here need not know its place on the page.
  const [, wanted] = /^#record=([0-9a-f]+)$/.exec(location.hash) || [];
  const card = wanted && document.querySelector(`.cards .card[data-id="${wanted}"]`);
  if (card) {
    const chip = document.querySelector(`.chip[data-r="${card.id}"]`);
    if (chip) chip.scrollIntoView({ block: "center" });
    if (beside.matches) bring(card);
    point(card);
  }
})();
