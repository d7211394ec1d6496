// Where the cells of a clipboard block land, and what is told about those that do not.

import { say } from "../autosave/told.js";

/** Return what pasting would do: changes, and the counts of what cannot land. Blanks outside are nothing lost. */
export function plan(rows, selection, model) {
  const block = tiled(rows, selection);
  const start = selection.block[0][0];
  const told = { changes: [], outside: 0, readOnly: 0, merged: 0, full: 0, rounded: [], nRows: block.length, nCols: 0 };
  block.forEach((row, down) => {
    told.nCols = Math.max(told.nCols, row.length);
    row.forEach((cell, right) => place(cell, model.at(start.row + down, start.col + right), told, model));
  });
  return told;
}

function place(cell, target, told, model) {
  if (cell.isMerged) told.merged += 1;
  else if (target === undefined) told.outside += cell.text !== "";
  else if (model.whyNot(target)) told.readOnly += cell.text !== "";
  else {
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
  return told.outside + told.readOnly + told.merged === 0;
}

/** Return the sentences of the preview, one per kind of cell that does not land. */
export function previewLines(told, words) {
  const all = told.changes.length + told.outside + told.readOnly + told.merged;
  const kinds = [
    [words.pasteOutside, told.outside],
    [words.pasteReadOnly, told.readOnly],
    [words.pasteMerged, told.merged],
  ];
  return [
    say(words.pasteLands, { landing: told.changes.length, all }),
    ...kinds.filter(([, n]) => n > 0).map(([sentence, n]) => say(sentence, { n })),
  ];
}

/** Return what is to be known after the block has landed. */
export function afterLines(told, words) {
  const lines = [];
  if (told.full) lines.push(say(words.pasteFull, { n: told.full }));
  if (told.rounded.length) lines.push(say(words.pasteRounded, { n: told.rounded.length, example: told.rounded[0] }));
  return lines;
}
