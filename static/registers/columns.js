// The order of the columns: buttons that move a row up or down, in place of the numbers that stand there without them.
const rows = document.querySelector(".registers-rows");

const shown = () => [...rows.children].filter((row) => !row.hidden && !row.querySelector('[name$="-DELETE"]:checked'));

function number() {
  const all = shown();
  all.forEach((row, at) => {
    row.querySelector('[name$="-ORDER"]').value = at + 1;
    row.querySelector('[data-columns-move="up"]').disabled = at === 0;
    row.querySelector('[data-columns-move="down"]').disabled = at === all.length - 1;
  });
}

function equip() {
  rows.querySelectorAll("[data-columns-move]").forEach((button) => { button.hidden = false; });
  rows.querySelectorAll(".registers-row__order").forEach((order) => { order.hidden = true; });
  number();
}

rows?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-columns-move]");
  if (!button) return;
  const row = button.closest(".registers-row");
  const all = shown();
  const at = all.indexOf(row);
  if (button.dataset.columnsMove === "up" && at > 0) all[at - 1].before(row);
  if (button.dataset.columnsMove === "down" && at < all.length - 1) all[at + 1].after(row);
  number();
  // At the end of its way the button is disabled and would lose the focus.
  (button.disabled ? row.querySelector("[data-columns-move]:not(:disabled)") : button)?.focus();
});
if (rows) {
  new MutationObserver(equip).observe(rows, { childList: true });
  rows.closest("form").addEventListener("submit", number);
  equip();
}
