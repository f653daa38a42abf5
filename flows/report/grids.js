"use strict";
// Grids as SVG, drawn from texts: a digit per cell, "/" between rows. One path per colour, so that a page
// of thumbnails stays light. Whoever calls gives the palette: `line` is the colour between cells, `cells` has
// hex, ink and symbol of each number.

const SVG = "http://www.w3.org/2000/svg";
const CELL = 10;

function svgElement(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (parent) parent.append(element);
  return element;
}

function rowsOf(text) {
  return text.split("/");
}

function sizeOf(text) {
  const rows = rowsOf(text);
  return `${rows.length} × ${rows[0].length}`;
}

/** The cells of a grid that are not those of another one, as [row, column]. */
function differing(text, truth) {
  const wanted = rowsOf(truth);
  const found = [];
  rowsOf(text).forEach((row, y) => [...row].forEach((digit, x) => {
    if (!wanted[y] || wanted[y][x] !== digit) found.push([y, x]);
  }));
  return found;
}

/** A picture of a grid. Cells that `marked` names are outlined in black and white, which shows on any colour. */
function drawGrid(text, palette, label, { marked = [], symbols = true, longest = 260, most = 26 } = {}) {
  const rows = rowsOf(text);
  const [height, width] = [rows.length, rows[0].length];
  const cell = Math.max(4, Math.min(most, longest / Math.max(height, width)));
  const svg = svgElement("svg", {
    class: "grid", role: "img", "aria-label": label, width: Math.round(width * cell), height: Math.round(height * cell),
    viewBox: `-0.5 -0.5 ${width * CELL + 1} ${height * CELL + 1}`,
  });
  svgElement("rect", { x: -0.5, y: -0.5, width: width * CELL + 1, height: height * CELL + 1, fill: palette.line }, svg);
  const paths = new Map();
  rows.forEach((row, y) => [...row].forEach((digit, x) => {
    paths.set(digit, (paths.get(digit) || "") + square(x, y, 0.4));
  }));
  for (const [digit, path] of paths) svgElement("path", { d: path, fill: palette.cells[digit].hex }, svg);
  if (marked.length) {
    const ring = (inset) => marked.map(([y, x]) => square(x, y, inset)).join("");
    svgElement("path", { d: ring(0.9), fill: "none", stroke: "#000000", "stroke-width": 1, class: "marked" }, svg);
    svgElement("path", { d: ring(1.7), fill: "none", stroke: "#ffffff", "stroke-width": 1 }, svg);
  }
  if (symbols) drawSymbols(rows, palette, svg);
  return svg;
}

/** The path of a cell's square, drawn in from its edges. */
function square(x, y, inset) {
  const side = (CELL - 2 * inset).toFixed(1);
  return `M${(x * CELL + inset).toFixed(1)} ${(y * CELL + inset).toFixed(1)}h${side}v${side}h-${side}z`;
}

function drawSymbols(rows, palette, svg) {
  const group = svgElement("g", { class: "symbols", "aria-hidden": "true" }, svg);
  rows.forEach((row, y) => [...row].forEach((digit, x) => {
    const { ink, symbol } = palette.cells[digit];
    const at = { x: x * CELL + CELL / 2, y: y * CELL + CELL / 2 + 0.4, fill: ink };
    svgElement("text", at, group).textContent = symbol;
  }));
}
