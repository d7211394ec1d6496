// From the clipboard of Excel, WPS and LibreOffice to rows of texts. No number is judged here: the texts go to the
// server's grammar. Where the HTML flavour carries the full value of a cell that is shown rounded, that is taken.
//
// A cell is {text, isMerged, isFull, isRounded, shown}: part of a merged cell (it has no text of its own), taken from
// the full value, shown by a number format that may hide digits.

const SHOWN = /^([+-]?\d*\.?\d*)([万亿]?)$/;
const UNITS = { "": 1, 万: 1e4, 亿: 1e8 };
const FULL = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** Return the rows on the clipboard, null where there is nothing to paste. */
export function read(data) {
  const html = data.getData("text/html");
  const rows = (html && fromHtml(html)) || fromText(data.getData("text/plain"));
  return rows === null || rows.length === 0 ? null : rows;
}

// HTML -------------------------------------------------------------------------------------------

function fromHtml(html) {
  const page = new DOMParser().parseFromString(withoutStyles(html), "text/html");
  const table = page.querySelector("table");
  if (table === null) return null;
  const formats = formatsIn(page);
  const rows = [];
  const trs = [...table.rows].filter((tr) => !/display:\s*none/i.test(tr.dataset.style ?? ""));
  trs.forEach((tr, row) => {
    rows[row] ??= [];
    let col = 0;
    for (const td of tr.cells) {
      while (rows[row][col] !== undefined) col += 1;
      spread(rows, row, col, td, cellOf(td, formats), trs.length);
    }
  });
  const width = Math.max(...rows.map((row) => row.length));
  return trimmed(rows.map((row) => Array.from({ length: width }, (_, col) => row[col] ?? plainCell(""))));
}

/** Return the page with its styles under other names: a browser holds even those of a page never shown against the policy. */
function withoutStyles(html) {
  return html
    .replace(/<style\b[^>]*>/gi, '<script type="text/plain">')
    .replace(/<\/style\s*>/gi, "</script>")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));
}

function spread(rows, top, left, td, cell, nRows) {
  for (let row = top; row < Math.min(top + td.rowSpan, nRows); row += 1) {
    rows[row] ??= [];
    for (let col = left; col < left + td.colSpan; col += 1) {
      rows[row][col] = row === top && col === left ? cell : { ...plainCell(""), isMerged: true };
    }
  }
}

/** Return the number formats that Excel and WPS name in the style sheet, by class. */
function formatsIn(page) {
  const formats = new Map();
  for (const style of page.querySelectorAll("script")) {
    for (const [, name, body] of style.textContent.matchAll(/\.([\w-]+)\s*\{([^}]*)\}/g)) {
      const format = body.match(/mso-number-format:\s*("(?:\\.|[^"])*"|[^;]+)/);
      if (format) formats.set(name, format[1]);
    }
  }
  return formats;
}

function cellOf(td, formats) {
  td.querySelectorAll("br").forEach((br) => br.replaceWith("\n"));
  const shown = td.textContent.replace(/\u00a0/g, " ").replace(/[ \t]*\r?\n[ \t]*/g, "\n").trim();
  const full = fullText(shown, td.getAttribute("sdval") ?? td.getAttribute("x:num") ?? "");
  if (full !== null && full !== shown.replaceAll(",", "")) return { ...plainCell(full), isFull: true, shown };
  const hasFull = full !== null || td.hasAttribute("x:num") || td.hasAttribute("sdval");
  return { ...plainCell(shown), isRounded: !hasFull && isFixed(formatOf(td, formats)) };
}

function formatOf(td, formats) {
  const own = (td.dataset.style ?? "").match(/mso-number-format:\s*([^;]+)/)?.[1];
  return own ?? formats.get(td.className) ?? td.getAttribute("sdnum")?.split(";").at(-1) ?? "";
}

/** Say whether a number format fixes the decimals that are shown. */
function isFixed(format) {
  return /0/.test(format) && !/general|@|[ymdh]/i.test(format);
}

/**
 * Return the full value as plain digits where the shown text is nothing but that value rounded, else null: a date's
 * day count or a percentage is not what the person sees. Words such as 万 stay for the server to speak about.
 */
function fullText(shown, full) {
  const match = shown.replace(/[,，\s¥￥]/g, "").match(SHOWN);
  if (match === null || !/\d/.test(match[1]) || !FULL.test(full)) return null;
  const [, digits, word] = match;
  const value = Number(full) / UNITS[word];
  const decimals = digits.split(".")[1]?.length ?? 0;
  const isShownRounded = Math.abs(value - Number(digits)) <= 0.5 * 10 ** -decimals * (1 + 1e-9);
  return isShownRounded ? plainDigits(value) + word : null;
}

/** Write a double with the 15 digits that count, without exponent. */
function plainDigits(value) {
  return value.toLocaleString("en-US", { useGrouping: false, maximumSignificantDigits: 15 });
}

// Text -------------------------------------------------------------------------------------------

function fromText(text) {
  if (text === "") return null;
  const rows = [[]];
  let rest = text.replace(/\r\n?/g, "\n");
  while (true) {
    const quoted = rest.match(/^"((?:[^"]|"")*)"(?=\t|\n|$)/);
    const field = quoted ? quoted[0] : rest.match(/^[^\t\n]*/)[0];
    rows.at(-1).push(plainCell((quoted ? quoted[1].replaceAll('""', '"') : field).trim()));
    const end = rest[field.length];
    rest = rest.slice(field.length + 1);
    if (end === undefined) break;
    if (end === "\n") rows.push([]);
  }
  return trimmed(rows);
}

function plainCell(text) {
  return { text, isMerged: false, isFull: false, isRounded: false, shown: text };
}

/** Drop the empty row that programs put behind the last. */
function trimmed(rows) {
  while (rows.length > 1 && rows.at(-1).every((cell) => cell.text === "" && !cell.isMerged)) rows.pop();
  return rows;
}

// Out --------------------------------------------------------------------------------------------

/** Put a block of texts on the clipboard so that every program takes it up as cells. */
export function write(data, rows) {
  data.setData("text/plain", rows.map((row) => row.join("\t")).join("\n"));
  const table = document.createElement("table");
  for (const row of rows) {
    const tr = table.insertRow();
    for (const text of row) tr.insertCell().textContent = text;
  }
  data.setData("text/html", table.outerHTML);
}
