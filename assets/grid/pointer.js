// The mouse: click, drag, double click. The wheel only scrolls.

export function watchPointer(table, sheet) {
  const { selection, editor } = sheet;
  let isDragging = false;

  const cellAt = (target) => target.closest?.("td")?.cell;

  table.addEventListener("pointerdown", (event) => {
    const cell = cellAt(event.target);
    if (cell === undefined || event.button !== 0 || cell === editor.cell) return;
    event.preventDefault();
    editor.close({ isKept: true });
    selection.go(cell.row, cell.col, { extend: event.shiftKey });
    sheet.isReleased = false;
    isDragging = true;
  });
  table.addEventListener("pointerover", (event) => {
    const cell = cellAt(event.target);
    if (isDragging && cell !== undefined) selection.go(cell.row, cell.col, { extend: true, focus: false });
  });
  window.addEventListener("pointerup", () => { isDragging = false; });
  table.addEventListener("dblclick", (event) => {
    if (cellAt(event.target) === selection.active) sheet.edit();
  });
}
