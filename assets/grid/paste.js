// Where the cells of a clipboard block land, and what is told about those that do not.

import { say } from "../autosave/told.js";

/** How many cells that do not land a sentence names; of more it says that there are others. */
const MOST_NAMED = 12;
const LONGEST_QUOTE = 20;

/** Return what pasting would do: changes, and the cells that cannot land. Blanks outside are nothing lost. */
export function plan(rows, selection, model) {
  const block = tiled(rows, selection);
  const start = selection.block[0][0];
  const told = { changes: [], outside: [], readOnly: [], merged: [], full: 0, rounded: [], nRows: block.length, nCols: 0 };
  block.forEach((row, down) => {
    told.nCols = Math.max(told.nCols, row.length);
    row.forEach((cell, right) => {
      const from = { row: down + 1, col: right + 1, text: cell.text };
      place(cell, model.at(start.row + down, start.col + right), told, model, from);
    });
  });
  return told;
}

function place(cell, target, told, model, from) {
  const cannot = cell.isMerged ? told.merged : target === undefined ? told.outside : model.whyNot(target) ? told.readOnly : null;
  if (cannot) {
    if (cell.isMerged || cell.text !== "") cannot.push(from);
  } else {
    told.changes.push({ key: target.key, text: cell.text });
    told.full += cell.isFull;
    const decimals = cell.text.split(".")[1]?.length ?? 0;
    if (cell.isRounded && cell.text && decimals < target.decimals) told.rounded.push(cell.text);
  }
}

/** Repeat the block over a selection that is a multiple of it, as spreadsheets do. */
function tiled(rows, selection) {
  const { block } = selection;
  const [height, width] = [block.length, block[0].length];
  const [nRows, nCols] = [rows.length, Math.max(...rows.map((row) => row.length))];
  if (height % nRows || width % nCols || (height === nRows && width === nCols)) return rows;
  return Array.from({ length: height }, (_, row) => Array.from({ length: width }, (__, col) => rows[row % nRows][col % nCols]));
}

export function fits(told) {
  return nLost(told) === 0;
}

function nLost(told) {
  return told.outside.length + told.readOnly.length + told.merged.length;
}

/** Return the sentences of the preview, one per kind of cell that does not land, each cell by its place in the block. */
export function previewLines(told, words) {
  const all = told.changes.length + nLost(told);
  const kinds = [
    [words.pasteOutside, told.outside],
    [words.pasteReadOnly, told.readOnly],
    [words.pasteMerged, told.merged],
  ];
  return [
    say(words.pasteLands, { landing: told.changes.length, all }),
    ...kinds
      .filter(([, cells]) => cells.length > 0)
      .map(([sentence, cells]) => say(words.pasteNamed, { what: say(sentence, { n: cells.length }), cells: named(cells, words) })),
  ];
}

function named(cells, words) {
  const shown = cells.slice(0, MOST_NAMED).map((one) => {
    const text = one.text.length > LONGEST_QUOTE ? `${one.text.slice(0, LONGEST_QUOTE)}…` : one.text;
    return say(text ? words.pasteCell : words.pasteBareCell, { ...one, text });
  });
  const told = shown.join(words.pasteAnd);
  return cells.length > MOST_NAMED ? say(words.pasteMore, { cells: told }) : told;
}

/** Return what is to be known after the block has landed. */
export function afterLines(told, words) {
  const lines = [];
  if (told.full) lines.push(say(words.pasteFull, { n: told.full }));
  if (told.rounded.length) lines.push(say(words.pasteRounded, { n: told.rounded.length, example: told.rounded[0] }));
  return lines;
}
