"use strict";
// The report's behaviour: the map of puzzles (search, filter, sort), a page per puzzle, charts in the colours
// of light or dark. Whatever comes from a run is put in as text, never as markup.

let report, palette, byId;
const SYMBOLS = { solved: "✓", near: "≈", far: "·", error: "!" };
const ORDER = Object.keys(SYMBOLS);

/** An element with attributes and children; texts become text nodes. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const $ = (id) => document.getElementById(id);

/** What an element holds: JSON, compressed, in base64. */
function unpack(id) {
  const bytes = Uint8Array.from(atob($(id).textContent), (char) => char.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
}

const percent = (cells) => (cells < 0 ? "" : `${(cells / 10).toFixed(cells % 10 ? 1 : 0)} %`);

/** A puzzle's address: by its id where that can stand in an address as it is, else by its place. */
function address(puzzle) {
  return `#puzzle=${/^[\w-]+$/.test(puzzle.id) ? puzzle.id : `@${report.puzzles.indexOf(puzzle)}`}`;
}

// -- the map ---------------------------------------------------------------------------------------

const SORTS = {
  id: (puzzle) => puzzle.id,
  status: (puzzle) => [ORDER.indexOf(puzzle.status), -puzzle.nearness],
  nearness: (puzzle) => -puzzle.nearness,
  candidates: (puzzle) => -puzzle.candidates,
  slowest: (puzzle) => -puzzle.slowest_s,
};
const chosen = new Set();
const tiles = new Map();
let shown = [];

function compare(one, other) {
  for (const place of [].concat(one).keys()) {
    const [a, b] = [[].concat(one)[place], [].concat(other)[place]];
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

function matches(puzzle, words) {
  const said = [puzzle.id, puzzle.status, puzzle.best, puzzle.change].join(" ").toLowerCase();
  return words.every((word) => said.includes(word));
}

function tile(puzzle) {
  const fate = puzzle.status;
  const pair = puzzle.train[0];
  const picture = make("span", { class: "thumb" });
  if (pair) picture.append(drawGrid(pair.output, palette, "", { symbols: false, longest: 72, most: 14 }));
  const told = puzzle.change ? `${fate}, ${puzzle.change}` : fate;
  const name = `${puzzle.id}: ${told}${puzzle.nearness < 0 ? "" : `, ${percent(puzzle.nearness)} of cells`}`;
  const link = make("a", { class: `tile ${puzzle.status}`, href: address(puzzle), "aria-label": name, title: name },
    picture,
    make("span", { class: "id" }, puzzle.id),
    make("span", { class: "fate" }, make("span", {}, `${SYMBOLS[fate]} ${fate}`), make("span", {}, puzzle.nearness < 0 ? "" : `${Math.floor(puzzle.nearness / 10)} %`)));
  return make("li", {}, link);
}

function drawMap() {
  const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const key = SORTS[$("sort").value];
  shown = report.puzzles
    .filter((puzzle) => (!chosen.size || chosen.has(puzzle.status)) && matches(puzzle, words))
    .sort((one, other) => compare(key(one), key(other)) || compare(one.id, other.id));
  if ($("reverse").getAttribute("aria-pressed") === "true") shown.reverse();
  for (const puzzle of shown) if (!tiles.has(puzzle.id)) tiles.set(puzzle.id, tile(puzzle));
  $("map").replaceChildren(...shown.map((puzzle) => tiles.get(puzzle.id)));
  $("count").textContent = `${shown.length} of ${report.puzzles.length} puzzles`;
}

function press(button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", on);
  return on;
}

function setUpMap() {
  for (const chip of document.querySelectorAll(".chip")) {
    chip.addEventListener("click", () => {
      chosen[press(chip) ? "add" : "delete"](chip.dataset.status);
      drawMap();
    });
  }
  $("search").addEventListener("input", drawMap);
  $("sort").addEventListener("change", drawMap);
  $("reverse").addEventListener("click", () => { press($("reverse")); drawMap(); });
  $("map").addEventListener("keydown", moveInMap);
  drawMap();
}

/** Arrow keys move between tiles, up and down by rows. */
function moveInMap(event) {
  const links = [...$("map").querySelectorAll("a")];
  const here = links.indexOf(document.activeElement);
  const top = links[0]?.getBoundingClientRect().top;
  const row = links.filter((link) => link.getBoundingClientRect().top === top).length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row }[event.key];
  if (here < 0 || !step || !links[here + step]) return;
  event.preventDefault();
  links[here + step].focus();
}

// -- one puzzle ------------------------------------------------------------------------------------

function figure(text, said, options = {}, ...more) {
  return make("figure", {}, drawGrid(text, palette, `${said}, ${sizeOf(text)}`, options),
    make("figcaption", {}, make("b", {}, said), ` ${sizeOf(text)}`, ...more));
}

function pair(sample, place) {
  return make("div", { class: "pair" }, figure(sample.input, `Train ${place + 1}`), make("span", { class: "arrow" }, "→"),
    figure(sample.output, "Output"));
}

function attempt(text, place, question) {
  const said = `Attempt ${place + 1}`;
  if (!question.truth) return figure(text, said);
  if (question.right[place]) return figure(text, said, {}, " ", make("span", { class: "solved" }, "✓ right"));
  const marked = differing(text, question.truth);
  const sameSize = sizeOf(text) === sizeOf(question.truth);
  const told = sameSize ? `✗ ${marked.length} cells differ` : `✗ should be ${sizeOf(question.truth)}`;
  return figure(text, said, { marked }, " ", make("span", { class: "error" }, told));
}

function question(test, place) {
  const [asked, tried] = [make("div", { class: "pair" }), make("div", { class: "pair" })];
  if (test.input) asked.append(figure(test.input, `Test ${place + 1}`), make("span", { class: "arrow" }, "→"));
  if (test.truth) asked.append(figure(test.truth, "Truth"));
  else if (test.input) asked.append(make("p", { class: "dim" }, "truth unknown"));
  tried.append(...test.attempts.map((text, which) => attempt(text, which, test)));
  if (!test.attempts.length) tried.append(make("p", { class: "dim" }, "no attempt: no candidate returned a grid"));
  return make("div", { class: "question" }, asked, tried);
}

function table(head, rows) {
  const cells = (row, name) => row.map((held, place) => make(name, place && place < 2 ? {} : { class: "text" }, String(held)));
  return make("div", { class: "scroll" }, make("table", {},
    make("thead", {}, make("tr", {}, ...cells(head, "th"))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...cells(row, "td"))))));
}

function program(told, place, puzzle) {
  const exact = puzzle.samples ? `${told.exact} of ${puzzle.samples} exact` : `${told.exact} exact`;
  const summary = make("summary", {}, make("span", { class: "name" }, `${place + 1}. ${told.name}`),
    make("span", { class: "dim" }, told.origin), make("span", {}, exact), make("span", {}, percent(told.cells)),
    make("span", { class: "dim" }, `${told.steps} step${told.steps === 1 ? "" : "s"}`));
  const inside = make("div", { class: "inside" }, make("pre", { tabindex: 0 }, make("code", {}, told.source)));
  if (told.differs.length) inside.append(table(["differ", "of 1000", "detail"], told.differs));
  const details = make("details", { class: "program" }, summary, inside);
  details.open = place === 0;
  return details;
}

function facts(puzzle) {
  const outcomes = Object.entries(puzzle.outcomes).map(([kind, count]) => `${count} ${kind.replaceAll("_", " ")}`);
  const told = [
    ["best", puzzle.best || "none"], ["train", puzzle.samples ? `${puzzle.exact} of ${puzzle.samples} exact` : ""],
    ["cells right", percent(puzzle.nearness)], ["candidates", puzzle.candidates ? `${puzzle.candidates}, ${puzzle.unique} unique` : ""],
    ["outcomes", outcomes.join(", ")], ["slowest candidate", puzzle.slowest_s ? `${puzzle.slowest_s} s` : ""],
  ];
  return make("p", { class: "facts" }, ...told.filter(([, held]) => held).map(([name, held]) => make("span", {}, `${name} `, make("b", {}, held))));
}

function part(title, ...children) {
  return make("section", {}, make("h2", {}, title), ...children);
}

function drawPuzzle(puzzle) {
  const place = shown.indexOf(puzzle);
  const [before, after] = [shown[place - 1], place < 0 ? undefined : shown[place + 1]];
  const nav = make("nav", { class: "nav", "aria-label": "puzzles" }, make("a", { href: "#map", id: "back" }, "← all puzzles"));
  if (before) nav.append(make("a", { href: address(before), rel: "prev" }, `‹ ${before.id}`));
  if (after) nav.append(make("a", { href: address(after), rel: "next" }, `${after.id} ›`));
  const head = make("section", {},
    make("div", { class: "head" }, make("h2", { id: "which", tabindex: -1 }, `Puzzle ${puzzle.id}`), make("span", { class: `badge ${puzzle.status}` }, `${SYMBOLS[puzzle.status]} ${puzzle.status}`)),
    facts(puzzle));
  if (puzzle.change) head.append(make("p", {}, make("span", { class: "badge" }, puzzle.change), " since the run it is compared with"));
  if (puzzle.note) head.append(make("p", { class: puzzle.status === "error" ? "error" : "dim" }, puzzle.note));
  const parts = [nav, head];
  if (puzzle.train.length) parts.push(part("Train", make("div", { class: "pairs" }, ...puzzle.train.map(pair))));
  if (puzzle.test.length) {
    const legend = make("p", { class: "dim" }, "Outlined cells differ from the truth.");
    parts.push(part("Test", make("div", { class: "pairs" }, ...puzzle.test.map(question)), ...(puzzle.test.some((test) => test.right.includes(false)) ? [legend] : [])));
  }
  if (puzzle.programs.length) parts.push(part("Best programs", ...puzzle.programs.map((told, which) => program(told, which, puzzle))));
  if (puzzle.refused.length) parts.push(part("Refused", make("ul", {}, ...puzzle.refused.map((line) => make("li", {}, line)))));
  $("puzzle").replaceChildren(...parts);
}

// -- where we are ----------------------------------------------------------------------------------

let last = null;

function puzzleAsked() {
  const [name, value] = location.hash.slice(1).split("=");
  if (name !== "puzzle" || !value) return undefined;
  return value.startsWith("@") ? report.puzzles[value.slice(1)] : byId.get(value);
}

function route() {
  const puzzle = puzzleAsked();
  $("overview").hidden = Boolean(puzzle);
  $("puzzle").hidden = !puzzle;
  if (puzzle) {
    drawPuzzle(puzzle);
    window.scrollTo(0, 0);
    $("which").focus({ preventScroll: true });
  } else if (last) {
    $("puzzle").replaceChildren();
    const link = tiles.get(last.id)?.querySelector("a");
    link?.scrollIntoView({ block: "center", behavior: "instant" });
    link?.focus({ preventScroll: true });
  }
  last = puzzle;
}

function onKey(event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const typing = event.target.matches("input, select");
  if (event.key === "Escape" && last) location.hash = "map";
  else if (event.key === "Escape" && typing) { $("search").value = ""; drawMap(); }
  else if (typing) return;
  else if (event.key === "/" && !last) { event.preventDefault(); $("search").focus(); }
  else if (event.key === "s") $("symbols").click();
  else if (last && event.key === "ArrowLeft") document.querySelector("a[rel=prev]")?.click();
  else if (last && event.key === "ArrowRight") document.querySelector("a[rel=next]")?.click();
}

// -- charts ----------------------------------------------------------------------------------------

const dark = matchMedia("(prefers-color-scheme: dark)");

/** Charts are drawn on canvas, which knows nothing of style sheets: their inks are set by hand. */
function dress() {
  const style = getComputedStyle(document.documentElement);
  const [ink, dim, line] = ["--ink", "--dim", "--line"].map((name) => style.getPropertyValue(name).trim());
  const inks = {
    axis_label_text_color: dim, major_label_text_color: ink, label_text_color: ink, title_text_color: ink,
    axis_line_color: line, major_tick_line_color: line, grid_line_color: line,
  };
  for (const chart of Bokeh.documents) {
    for (const model of chart.all_models) {
      const known = Object.entries(inks).filter(([name]) => name in model.properties);
      model.setv(Object.fromEntries(known));
    }
  }
  document.body.dataset.charts = dark.matches ? "dark" : "light";
}

async function drawCharts(charts) {
  await Promise.all(Object.entries(charts).map(([place, item]) => Bokeh.embed.embed_item(item, place)));
  dress();
  dark.addEventListener("change", dress);
}

function setUpSymbols() {
  const show = () => document.body.classList.toggle("symbols-on", $("symbols").checked);
  $("symbols").addEventListener("change", show);
  show();
}

async function begin() {
  const looks = await unpack("looks");
  report = await unpack("report");
  palette = looks.palette;
  byId = new Map(report.puzzles.map((puzzle) => [puzzle.id, puzzle]));
  for (const link of document.querySelectorAll("a[data-place]")) link.href = address(report.puzzles[link.dataset.place]);
  document.addEventListener("keydown", onKey);
  window.addEventListener("hashchange", route);
  setUpSymbols();
  setUpMap();
  route();
  await drawCharts(looks.charts);
}

begin();
